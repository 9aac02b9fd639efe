import type { Arn } from '../../shared/core/identity.ts';
import type { Alarm, AlarmChange } from '../../shared/core/remediation/alarm.ts';
import type { GuardContext } from '../../shared/core/remediation/guards.ts';
import {
  type AlarmMemory,
  forgetting,
  NOTHING_REMEMBERED,
  overAt,
  type Remediation,
  type RemediationMemory,
  withChange,
} from '../../shared/core/remediation/memory.ts';
import { remediationMessage } from '../../shared/core/remediation/message.ts';
import type { Telling } from '../../shared/core/remediation/told.ts';
import type { RemediationRecord } from '../../shared/ports-remediation.ts';
import type { Asking } from './asking.ts';
import { type Deciding, type Decision, decide } from './decide.ts';
import { withEvidence } from './evidence.ts';
import { gather, type Sources } from './gather.ts';
import { withHappenings } from './happenings.ts';
import { arnOfTurn, endsIn, keyOfArn } from './own.ts';
import { type Answered, vetoesOf } from './people.ts';
import { type AccountReport, accountReport } from './report.ts';
import { asRead, type Reread, reread } from './reread.ts';
import type { Found } from './run.ts';

/** Alarms of one account: as events told of them, or as they were read because somebody asks about them. */
export type Alarmed = { readonly account: string } & (
  | { readonly changes: readonly AlarmChange[]; readonly answered?: Answered }
  | { readonly alarms: readonly Alarm[] }
);

/** Reads and decides, from what is remembered. Nothing is written. */
export async function look(
  sources: Sources,
  asking: Asking,
  alarmed: Alarmed,
  before: RemediationRecord | undefined,
): Promise<Found<AccountReport>> {
  const { policy, now } = asking;
  const { account } = alarmed;
  const remembered = forgetting(before?.memory ?? NOTHING_REMEMBERED, policy.remediation, now);
  const { seen, memory } = await seeing(sources, asking, { alarmed, memory: remembered });
  const context: GuardContext = { ...asking, memory };
  const incidents = await gather(sources, seen, context);
  const answered = 'answered' in alarmed ? alarmed.answered : undefined;
  const vetoes = await vetoesOf(sources, incidents, { answered, now });
  const deciding: Deciding = { ...context, account, vetoes, after: before?.time };
  const decision = decide(incidents, deciding);
  return foundOf(decision, { sources, deciding, idle: before?.idle });
}

interface Seeing {
  readonly alarmed: Alarmed;
  readonly memory: RemediationMemory;
}

async function seeing(sources: Sources, asking: Asking, { alarmed, memory: before }: Seeing): Promise<Reread> {
  const { alarms: reader } = sources;
  if ('changes' in alarmed) {
    const memory = alarmed.changes.reduce(withChange, before);
    return reread(reader, alarmed.changes, { ...asking, memory });
  }
  const memory = await askedAgain(sources, asking.now, { memory: before, asked: alarmed.alarms });
  return { seen: await asRead(reader, alarmed.alarms, { ...asking, memory }), memory };
}

/** What was only told of may be asked about again; what a plan answers stays answered until that is over, however it ended. */
async function askedAgain(sources: Sources, now: Date, { memory, asked }: Asked): Promise<RemediationMemory> {
  const isAsked = ({ arn }: Pick<Alarm, 'arn'>) => asked.some((alarm) => alarm.arn === arn);
  const answers = memory.alarms.filter(isAsked).flatMap((one) => one.answers);
  const turns = memory.remediations.filter(({ plan }) => answers.some((one) => one.plan === plan));
  const open = await Promise.all(turns.map((turn) => sources.limit(() => isOpen(sources, turn, now))));
  const plans = new Set(turns.filter((_, index) => open[index]).map(({ plan }) => plan));
  const again = (one: AlarmMemory) => ({ ...one, answers: one.answers.filter(({ plan }) => plan && plans.has(plan)) });
  return { ...memory, alarms: memory.alarms.map((one) => (isAsked(one) ? again(one) : one)) };
}

interface Asked {
  readonly memory: RemediationMemory;
  readonly asked: readonly Alarm[];
}

/** Whether a runbook's turn is not over, as far as anybody knows. */
async function isOpen({ ledger }: Pick<Sources, 'ledger'>, turn: Remediation, now: Date): Promise<boolean> {
  if (Date.parse(overAt(turn)) <= now.getTime()) return false;
  return endsIn([turn], await ledger.changesOf(arnOfTurn(turn))).length === 0;
}

interface Finding {
  readonly sources: Sources;
  readonly deciding: Deciding;
  /** What was kept of idle alarms before. */
  readonly idle: readonly Arn[] | undefined;
}

/** What there is to keep, and to say: at first without the evidence and what happened in the hour before, which take time to find. */
function foundOf(decision: Decision, { sources, deciding, idle }: Finding): Found<AccountReport> {
  const { account, now, policy, after } = deciding;
  const { plans, incidents, memory } = decision;
  const telling: Telling = { account, now, policy, incidents };
  const isNews = incidents.length > 0;
  const reportOf = (told: Decision['incidents']) => accountReport(account, now, { ...decision, incidents: told });
  return {
    report: reportOf(incidents),
    record: {
      account,
      time: latest(now.toISOString(), after, plans.at(-1)?.time),
      memory,
      plans,
      idle: idleAfter(decision, idle),
      messages: isNews ? [remediationMessage(telling)] : [],
    },
    answer: async () => reportOf(await withEvidence(sources, incidents, deciding)),
    tell: async () => {
      const shown = await withEvidence(sources, incidents, deciding);
      const told = isNews ? await withHappenings(sources, shown, now) : [];
      return { report: reportOf(shown), messages: isNews ? [remediationMessage({ ...telling, incidents: told })] : [] };
    },
  };
}

/** Of ISO times. */
const latest = (...times: readonly (string | undefined)[]): string =>
  times.reduce<string>((a, b = '') => (a < b ? b : a), '');

/** What right-size judges first, for as long as its alarm is remembered. */
function idleAfter({ incidents, memory }: Decision, before: readonly Arn[] = []): Arn[] {
  const turns = memory.remediations.filter(({ runbook }) => runbook === 'idle-alarm').map(({ resource }) => resource);
  const found = incidents.flatMap(({ parts }) => parts.flatMap(({ resource }) => resource?.arn ?? []));
  return [...new Set([...before, ...found])].filter((arn) => turns.includes(keyOfArn(arn)));
}
