import { hashOf } from '../canonical.ts';
import { type Arn, parseArn } from '../identity.ts';
import type { Plan, Proposal } from '../plan.ts';
import type { Policy } from '../policy.ts';
import { parseHours } from '../quantity.ts';
import type { Decision, Problem } from './decide.ts';
import type { LeftAlone } from './judge.ts';
import type { Act, Remembered } from './memory.ts';
import { isCurrent } from './resolve.ts';

/** What people have been told of an account and know, so that they are not told it again. Times are ISO times. */
export interface Said {
  /** When what somebody should mend was last said, by its key. */
  readonly problems: Readonly<Record<string, string>>;
  /** What is not as its schedule wants it, until all of it is. */
  readonly late: Readonly<Record<Arn, LateSaid>>;
  /** What would have been stopped, as a digest, and when that was last said. */
  readonly reported?: { readonly digest: string; readonly at: string };
}

interface LateSaid {
  readonly name: string;
  /** Every reason that was given. */
  readonly reasons: readonly string[];
  /** It was said once more, louder. */
  readonly escalated?: true;
}

export const NOTHING_SAID: Said = { problems: {}, late: {} };

/** Something that its schedule wants, and that is not so although it is time. */
export interface Late {
  readonly arn: Arn;
  readonly name: string;
  readonly region: string;
  readonly act: Act;
  /** ISO time. */
  readonly since: string;
  readonly because: string;
  readonly tries: number;
  /** When it is tried again, if not at the next tick. */
  readonly notBefore?: string;
  readonly isEscalated: boolean;
}

/** What people are told of one tick. */
export interface News {
  /** Everything that is late, when something about it is new. */
  readonly late: readonly Late[];
  /** The names of what is not late any more, when nothing is. */
  readonly over: readonly string[];
  /** What waits for an approval, or would be done. */
  readonly asked: readonly Proposal[];
  readonly reported: readonly Proposal[];
  readonly problems: readonly Problem[];
  /** What is under a schedule since this tick. */
  readonly newcomers: readonly LeftAlone[];
}

/**
 * After so long people are told. What is under way has so long for each step of its plan, and nobody waits for a stop. Of a start
 * they are told once more, louder.
 */
const LATE_MINUTES = { failed: 10, starting: 10, stopping: 60, escalated: 60 } as const;

const MINUTE_MS = 60_000;

interface Telling {
  readonly decision: Decision;
  readonly plan: Plan | undefined;
  /** With what the plan is at. */
  readonly memories: readonly Remembered[];
  readonly policy: Policy;
}

/** What of a tick is news, and what is known to people from then on. */
export function newsOf(telling: Telling, before: Said): { news: News; said: Said } {
  const { decision, plan, memories, policy } = telling;
  const { now } = decision;
  const isDue = (saidAt: string | undefined) =>
    saidAt === undefined ||
    now.getTime() - Date.parse(saidAt) >= parseHours(policy.defaults.remindAfter) * 60 * MINUTE_MS;
  const { problems } = decision;
  const fresh = problems.filter(({ key }) => isDue(before.problems[key]));
  const inMode = (mode: Proposal['mode']) => plan?.act.filter((one) => one.mode === mode) ?? [];
  const { news: report, said: reported } = reportOf(inMode('report'), before.reported, { now, isDue });
  const lateness = latenessOf(memories, before.late, now);
  return {
    news: {
      ...lateness.news,
      asked: inMode('approve'),
      reported: report,
      problems: fresh,
      newcomers: decision.left.filter(({ isNew }) => isNew),
    },
    said: {
      problems: {
        ...Object.fromEntries(problems.map(({ key }) => [key, before.problems[key] ?? ''])),
        ...Object.fromEntries(fresh.map(({ key }) => [key, now.toISOString()])),
      },
      late: lateness.said,
      ...(reported ? { reported } : {}),
    },
  };
}

export const isNews = ({ late, over, asked, reported, problems, newcomers }: News): boolean =>
  [late, over, asked, reported, problems, newcomers].some((list) => list.length > 0);

/** The same every evening is said once, and again when it is time to remind. */
function reportOf(
  act: readonly Proposal[],
  before: Said['reported'],
  { now, isDue }: { now: Date; isDue: (saidAt: string | undefined) => boolean },
): { news: readonly Proposal[]; said: Said['reported'] } {
  if (act.length === 0) return { news: [], said: before };
  const digest = hashOf(act.map(({ resource }) => resource.arn).sort());
  if (before?.digest === digest && !isDue(before.at)) return { news: [], said: before };
  return { news: act, said: { digest, at: now.toISOString() } };
}

/**
 * What is late is told as one, when something is late for the first time, for another reason, or for so long that it is said
 * louder, once; and then when all of it is over.
 */
function latenessOf(memories: readonly Remembered[], before: Said['late'], now: Date) {
  const late = memories.flatMap((one) => lateOf(one, now) ?? []).sort(worstFirst);
  const isFresh = (one: Late) => {
    const said = before[one.arn];
    return !said?.reasons.includes(one.because) || (one.isEscalated && !said.escalated);
  };
  if (late.some(isFresh)) return { news: { late, over: [] }, said: sayLate(late, before) };
  const names = Object.values(before).map(({ name }) => name);
  const isOver = late.length === 0 && names.length > 0;
  return { news: { late: [], over: isOver ? names.sort() : [] }, said: isOver ? {} : before };
}

const worstFirst = (a: Late, b: Late): number =>
  Number(b.act === 'start') - Number(a.act === 'start') || (a.since < b.since ? -1 : a.since > b.since ? 1 : 0);

function sayLate(late: readonly Late[], before: Said['late']): Said['late'] {
  const entries = late.map(({ arn, name, because, isEscalated }): [Arn, LateSaid] => {
    const { reasons = [], escalated } = before[arn] ?? {};
    const all = reasons.includes(because) ? reasons : [...reasons, because];
    return [arn, { name, reasons: all, ...(isEscalated || escalated ? { escalated: true } : {}) }];
  });
  return Object.fromEntries(entries);
}

function lateOf(one: Remembered, now: Date): Late | undefined {
  const due = dueOf(one, now);
  if (!due || one.gone) return undefined;
  const minutes = (now.getTime() - Date.parse(due.since)) / MINUTE_MS;
  if (minutes < due.after) return undefined;
  const { arn } = one.identity;
  return {
    arn,
    name: one.name,
    region: parseArn(arn)?.region ?? '',
    act: due.act,
    since: due.since,
    because: due.because,
    tries: due.tries,
    ...(due.notBefore ? { notBefore: due.notBefore } : {}),
    isEscalated: due.act === 'start' && minutes >= LATE_MINUTES.escalated,
  };
}

type Due = Pick<Late, 'act' | 'since' | 'because' | 'tries' | 'notBefore'> & { readonly after: number };

/** What has failed, or is under way for too long. For what people have said no to, or are asked about, nobody waits. */
function dueOf(one: Remembered, now: Date): Due | undefined {
  const { trouble, pending } = one;
  if (trouble?.vetoed) return undefined;
  if (trouble) {
    const { act, since, because, tries, notBefore } = trouble;
    const after = tries > 0 ? LATE_MINUTES.failed : SLOW_MINUTES[act];
    return { act, since, because, tries, after, ...(notBefore ? { notBefore } : {}) };
  }
  if (pending?.mode !== 'auto' || !isCurrent(pending, now)) return undefined;
  const { act, since, planId, step } = pending;
  const because = `asked for by the plan ${planId}, and not done yet`;
  return { act, since, because, tries: 0, after: SLOW_MINUTES[act] * step };
}

const SLOW_MINUTES: Readonly<Record<Act, number>> = { start: LATE_MINUTES.starting, stop: LATE_MINUTES.stopping };
