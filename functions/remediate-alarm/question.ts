import type { Scope } from '../../shared/core/identity.ts';
import type { Alarm } from '../../shared/core/remediation/alarm.ts';
import { eachAccount } from '../../shared/runtime/each-account.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import { logReport } from './arrive.ts';
import type { Asking } from './asking.ts';
import type { Question } from './event.ts';
import { type Sources, sourcesOf } from './gather.ts';
import type { Looking, Ports } from './handle.ts';
import { look } from './look.ts';
import { accountsTable } from './report.ts';
import { unlessDenied } from './reread.ts';
import { run } from './run.ts';

/** What a person asks, as of now. */
export interface Inquiry {
  readonly question: Question;
  readonly asking: Asking;
  readonly holder: string;
}

/** One alarm, now: or only what would be done about it, or about everything that is on. */
export async function answerQuestion(ports: Ports & Looking, inquiry: Inquiry) {
  const { question } = inquiry;
  const asking: Asking = question.alarm === undefined ? inquiry.asking : { ...inquiry.asking, asked: true };
  const sources = sourcesOf(ports, asking);
  const accounts = question.alarm === undefined ? await alarmsOn(sources, inquiry) : [await named(sources, inquiry)];
  const reports = await eachAccount(accounts, async ({ account, alarms, unreadable }) => {
    const kept = await ports.ledger.kept(account);
    if (question.mode) {
      const { answer } = await look(sources, asking, { account, alarms }, kept);
      const report = await answer();
      return { ...report, ...(unreadable.length > 0 ? { unreadable } : {}) };
    }
    const { report, said } = await run({ ...ports, holder: inquiry.holder }, { account, opened: kept }, (before) =>
      look(sources, asking, { account, alarms }, before),
    );
    logReport(report, said);
    return { ...report, said };
  });
  return question.format === 'table' ? accountsTable(reports) : reports;
}

interface AccountAlarms {
  readonly account: string;
  readonly alarms: readonly Alarm[];
  /** Places that could not be read, and why. */
  readonly unreadable: readonly string[];
}

/** The policy's places, as far as they are asked about. @throws {InvalidEventError} for one that is not among them */
export function placesOf({ question: { account, region }, asking: { scopes } }: Pick<Inquiry, 'question' | 'asking'>) {
  const places: Scope[] = scopes.flatMap((one) => one.regions.map((name) => ({ account: one.account, region: name })));
  const inAccount = places.filter((one) => one.account === (account ?? one.account));
  const wanted = inAccount.filter((one) => one.region === (region ?? one.region));
  if (wanted.length > 0) return wanted;
  const allowed = (values: readonly string[]) => [...new Set(values)].join(', ');
  throw new InvalidEventError('remediate-alarm', [
    inAccount.length === 0
      ? `account: one of the policy's, ${allowed(places.map((one) => one.account))}`
      : `region: one of the policy's, ${allowed(inAccount.map((one) => one.region))}`,
  ]);
}

async function inPlaces(
  inquiry: Inquiry,
  read: (scope: Scope) => Promise<readonly Alarm[]>,
): Promise<readonly AccountAlarms[]> {
  const found = await Promise.all(
    placesOf(inquiry).map(async (scope) => ({ scope, read: await unlessDenied(() => read(scope)) })),
  );
  return [...Map.groupBy(found, ({ scope }) => scope.account)].map(([account, some]) => ({
    account,
    alarms: some.flatMap((one) => (one.read.known ? one.read.value : [])),
    unreadable: some.flatMap(({ scope, read: one }) => (one.known ? [] : [`${scope.region}: unknown, ${one.why}`])),
  }));
}

const alarmsOn = ({ alarms }: Sources, inquiry: Inquiry) => inPlaces(inquiry, (scope) => alarms.alarmsOn(scope));

/** @throws {InvalidEventError} when none, or more than one, has this name */
async function named({ alarms: reader }: Sources, inquiry: Inquiry): Promise<AccountAlarms> {
  const { alarm: name = '' } = inquiry.question;
  const found = await inPlaces(inquiry, (scope) => reader.alarms(scope, [name]));
  const alarms = found.flatMap((one) => one.alarms);
  const [first, ...others] = alarms;
  const one = found.find(({ account }) => account === first?.scope.account);
  if (first && one && others.length === 0) return one;
  const unread = found.flatMap(({ account, unreadable }) => unreadable.map((text) => `; ${account} ${text}`)).join('');
  const where = alarms.map(({ scope }) => `${scope.region} of ${scope.account}`).join(', ');
  throw new InvalidEventError('remediate-alarm', [
    first ? `region: which one; the alarm is in ${where}` : `alarm: no alarm that could be read has this name${unread}`,
  ]);
}
