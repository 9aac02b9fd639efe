import pLimit from 'p-limit';
import { NO_HOLIDAYS } from '../../shared/core/calendar/holidays.ts';
import type { Scope } from '../../shared/core/identity.ts';
import { type Policy, parsePolicy } from '../../shared/core/policy.ts';
import type { Announcer, Starter } from '../../shared/ports.ts';
import type { OffHoursLedger, ScheduledReader } from '../../shared/ports-off-hours.ts';
import { check, type Needs } from '../../shared/runtime/check.ts';
import type { Tick } from '../../shared/runtime/define-function.ts';
import { eachAccount } from '../../shared/runtime/each-account.ts';
import { InvalidEventError } from '../../shared/runtime/errors.ts';
import { log } from '../../shared/runtime/log.ts';
import { isLate, type OffHoursEvent, refuseTimes } from './event.ts';
import type { Sources } from './gather.ts';
import { type AccountScopes, type Asking, answerLook, answerPreview, look } from './look.ts';
import { answerPast } from './past.ts';
import { accountReport, accountsTable } from './report.ts';
import { type Delivery, run } from './run.ts';

/** What off-hours is made of; each is one deployment's, over many ticks. */
export interface Ports {
  readonly ledger: OffHoursLedger;
  readonly clock: () => Date;
  /** Asked for at once and awaited when it is needed: its code is loaded while the ledger answers. */
  readonly looking: () => Promise<Looking>;
}

/** What looks at accounts, tells of them, and hands plans over. */
export interface Looking {
  readonly reader: ScheduledReader;
  readonly announcer: Announcer;
  readonly starter: Starter;
  /** What `check` tries. */
  readonly needs: Needs;
}

/**
 * A tick without more is recorded, handed over and told. What is narrowed (`account`, `region`, `resource`), only asked for
 * (`mode: report`), of the past (`from`, `to`) or to come (`preview`) is answered to the caller and leaves no trace.
 */
export const handle = (ports: Ports) => async (event: OffHoursEvent, tick: Tick) => {
  if (event.check) {
    const { needs } = await ports.looking();
    return check(needs, { own: tick.own, now: tick.time, scopes: event.scopes });
  }
  refuseTimes(event, ports.clock());
  const [stored, looking] = await Promise.all([ports.ledger.currentPolicy(), ports.looking()]);
  const policy = stored?.policy ?? parsePolicy({});
  const { holidays = NO_HOLIDAYS } = stored ?? {};
  const asking: Asking = { event, policy, holidays, now: tick.time, accounts: accountsOf(policy, tick.own) };
  const sources: Sources = { ledger: ports.ledger, reader: looking.reader, limit: pLimit(policy.concurrency) };
  refuseForeign(asking);
  const { from, to } = event;
  if (event.preview) return answerPreview(asking);
  if (from && to) return answerPast(ports.ledger, asking, { from, to });
  if (event.mode || event.account || event.region || event.resource) return answerLook(sources, ports.ledger, asking);
  if (isLate(event, ports.clock())) return tooLate(asking);
  return runAll({ ...ports, ...looking, holder: tick.requestId }, sources, asking);
};

async function runAll(delivery: Delivery, sources: Sources, asking: Asking) {
  const { accounts, event, now } = asking;
  const outcomes = await eachAccount(accounts, async ({ account, scopes }) => {
    const { report, said } = await run(delivery, { account, now }, async (before) => {
      const { decision, record } = await look(sources, asking, { account, scopes, before });
      return { report: accountReport(decision, record), record };
    });
    const counts = { act: report?.act.length, deferred: report?.deferred.length, left: report?.left.length };
    log.info('tick', { account, plan: report?.plan, said, ...counts });
    return { account, report, said };
  });
  const reports = outcomes.flatMap(({ report }) => report ?? []);
  if (event.format === 'table') return accountsTable(reports, asking.policy.timezone);
  return outcomes.map(({ account, report, said }) => ({ account, time: now.toISOString(), ...report, said }));
}

/** Whoever acted on it would act on what was wanted then. */
function tooLate({ accounts, now }: Asking) {
  log.warn('late', { time: now.toISOString() });
  return accounts.map(({ account }) => ({ account, time: now.toISOString(), said: 'late' as const }));
}

/** The places of the policy, without any the function's own. */
function accountsOf({ scopes: named }: Policy, own: Scope): AccountScopes[] {
  if (named.length === 0) return [{ account: own.account, scopes: [{ account: own.account, region: own.region }] }];
  return named.map(({ account, regions }) => ({ account, scopes: regions.map((region) => ({ account, region })) }));
}

/** @throws {InvalidEventError} for an account or a region that the policy does not know */
function refuseForeign({ event, accounts }: Asking): void {
  const wanted = accounts.filter(({ account }) => account === (event.account ?? account));
  const regions = [...new Set(wanted.flatMap(({ scopes }) => scopes.map(({ region }) => region as string)))];
  const problems = [
    ...(wanted.length === 0
      ? [`account: one of the policy's, ${accounts.map(({ account }) => account).join(', ')}`]
      : []),
    ...(event.region && !regions.includes(event.region) ? [`region: one of the policy's, ${regions.join(', ')}`] : []),
  ];
  if (problems.length > 0) throw new InvalidEventError('off-hours', problems);
}
