import { holidaysEnd } from '../calendar/check.ts';
import type { HolidayBook } from '../calendar/holidays.ts';
import type { KeepOn } from '../calendar/keep-on.ts';
import { stepsOf } from '../calendar/order.ts';
import type { UnreadableScope } from '../facts.ts';
import { type Arn, parseArn } from '../identity.ts';
import type { Policy } from '../policy.ts';
import type { Veto } from '../rules/exempt.ts';
import { DAY_MS } from '../time.ts';
import { type Capacity, isSuspended } from './action.ts';
import { isStoppedByUs, isWanted, type Judging, judge, type LeftAlone, type Wanted } from './judge.ts';
import { byIdentity, isOwed, memoryKey, type Remembered, withHeldBack, withoutTrouble } from './memory.ts';
import { isCurrent } from './resolve.ts';
import type { ScheduledResource } from './resource.ts';
import { type ScheduleInForce, schedulesInForce } from './schedules.ts';

/** What was read of one account for one tick. */
export interface ScheduledFacts {
  readonly account: string;
  readonly resources: readonly ScheduledResource[];
  readonly unreadable: readonly UnreadableScope[];
  /** Of what off-hours had stopped and what is not listed any more: what is there without the tag, by {@link memoryKey}. */
  readonly untagged: ReadonlySet<string>;
}

/** What is decided under. */
export interface Deciding {
  readonly policy: Policy;
  readonly holidays: HolidayBook;
  readonly now: Date;
  readonly vetoes: readonly Veto[];
  /** What people have answered: keep it on until. */
  readonly overrides: ReadonlyMap<Arn, KeepOn>;
}

/** An act, and its place among those of its plan. */
export interface Step extends Wanted {
  /** From 1, among the acts of its schedule that go the same way. */
  readonly step: number;
}

/** An act that waits for the next tick. */
export interface Deferred extends Wanted {
  readonly deferredBecause: string;
}

/** What somebody should mend. */
export interface Problem {
  /** The same from tick to tick, for as long as it is the same problem. */
  readonly key: string;
  readonly text: string;
}

/** What one tick wants of one account. */
export interface Decision {
  readonly account: string;
  readonly now: Date;
  /** In their steps. */
  readonly acts: readonly Step[];
  readonly deferred: readonly Deferred[];
  readonly left: readonly LeftAlone[];
  /** What is remembered before any of the acts is planned. */
  readonly memories: readonly Remembered[];
  readonly problems: readonly Problem[];
  readonly unreadable: readonly UnreadableScope[];
  readonly schedules: ReadonlyMap<string, ScheduleInForce>;
}

export const judgingOf = ({ policy, holidays, now, vetoes, overrides }: Deciding): Judging => ({
  policy,
  now,
  vetoes,
  overrides,
  schedules: schedulesInForce(policy, holidays, now),
});

/**
 * What there is, what is remembered of it, and what the policy and people say, to what is to be done now. Total.
 * @param memories with what has become of what was pending
 */
export function decide(facts: ScheduledFacts, memories: readonly Remembered[], deciding: Deciding): Decision {
  const { account, resources, unreadable } = facts;
  const { now } = deciding;
  const judging = judgingOf(deciding);
  const known = byIdentity(memories);
  const judged = resources.map((resource) => judge(resource, found(known.get(memoryKey(resource.identity))), judging));
  const wanted = judged.filter(isWanted);
  const left = judged.filter((one): one is LeftAlone => !isWanted(one));
  const { acts, deferred } = inSteps(wanted, left, now);
  const missing = missingOf(facts, memories, now);
  const kept = judged.flatMap(({ remembered }) => remembered ?? []);
  const waiting = deferred.map(({ act, deferredBecause, remembered }) =>
    withHeldBack(remembered, { act, because: deferredBecause }, now),
  );
  return {
    account,
    now,
    acts,
    deferred,
    left,
    memories: eachOnce([...kept, ...waiting, ...missing]),
    problems: problemsIn({ judged, missing, unreadable }, judging, deciding),
    unreadable,
    schedules: judging.schedules,
  };
}

function found(one: Remembered | undefined): Remembered | undefined {
  if (!one?.gone) return one;
  const { gone: _gone, ...there } = one;
  return there;
}

/** Of several memories of one resource the last. */
const eachOnce = (memories: readonly Remembered[]): Remembered[] => [...byIdentity(memories).values()];

/** Each schedule for itself, stops and starts apart: the steps, the caps, and what has to wait for what is under way. */
function inSteps(
  wanted: readonly Wanted[],
  left: readonly LeftAlone[],
  now: Date,
): Pick<Decision, 'acts' | 'deferred'> {
  const acts: Step[] = [];
  const deferred: Deferred[] = [];
  const lines = Map.groupBy(wanted, ({ schedule, act, mode }) => `${schedule.name} ${act} ${mode}`);
  for (const line of lines.values()) {
    const { within, beyond } = lineOf(line, underWay(line, left, now));
    acts.push(...within);
    deferred.push(...beyond);
  }
  return { acts: acts.sort(inOrder), deferred };
}

const inOrder = (a: Step, b: Step): number =>
  a.step - b.step || compare(a.resource.identity.arn, b.resource.identity.arn);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** For so long a step waits for one that an earlier plan has begun. */
const WAITS_MS = 30 * 60_000;

/** What earlier plans do for the same schedule, in the same direction. */
function underWay([first]: readonly Wanted[], left: readonly LeftAlone[], now: Date): ScheduledResource[] {
  if (!first) return [];
  return left
    .filter(({ schedule, remembered }) => {
      const { pending } = remembered ?? {};
      if (schedule !== first.schedule.name || pending?.act !== first.act || pending.mode !== 'auto') return false;
      return isCurrent(pending, now) && now.getTime() - Date.parse(pending.since) < WAITS_MS;
    })
    .map(({ resource }) => resource);
}

interface Line {
  readonly within: readonly Step[];
  readonly beyond: readonly Deferred[];
}

function lineOf(line: readonly Wanted[], earlier: readonly ScheduledResource[]): Line {
  const [first] = line;
  if (!first) return { within: [], beyond: [] };
  const { act, schedule, mode } = first;
  const wantedOf = new Map(line.map((one) => [one.resource, one]));
  const within: Step[] = [];
  const beyond: Deferred[] = [];
  let waitsFor: string | undefined;
  let step = 0;
  const sorted = [...line.map(({ resource }) => resource)].sort((a, b) => compare(a.identity.arn, b.identity.arn));
  for (const group of stepsOf([...sorted, ...earlier], schedule.order, act)) {
    const now = group.flatMap((resource) => wantedOf.get(resource) ?? []);
    const isFull = act === 'stop' && mode !== 'report';
    const room = waitsFor ? 0 : isFull ? schedule.stopAtMost - within.length : now.length;
    if (now.length > 0) step += 1;
    within.push(...now.slice(0, room).map((one) => ({ ...one, step })));
    const why = waitsFor
      ? `it waits for ${waitsFor}, which comes before it`
      : `at most ${schedule.stopAtMost} of the schedule ${schedule.name} are stopped in one plan`;
    beyond.push(...now.slice(room).map((one) => ({ ...one, deferredBecause: why })));
    waitsFor ??= group.find((resource) => !wantedOf.has(resource))?.name;
  }
  return { within, beyond };
}

/** So long it is remembered what is not there any more, and so long what only a person can give back. */
const GONE_DAYS = { free: 7, owed: 35 } as const;

/** What is remembered and was not found: of what could not be read nobody knows. */
function missingOf({ resources, unreadable, untagged }: ScheduledFacts, memories: readonly Remembered[], now: Date) {
  const found = new Set(resources.map(({ identity }) => memoryKey(identity)));
  return memories
    .filter(({ identity }) => !found.has(memoryKey(identity)))
    .flatMap((one): Remembered[] => {
      if (isUnread(one, unreadable)) return [one];
      const isUntagged = one.gone?.untagged ?? untagged.has(memoryKey(one.identity));
      const isAsked = one.gone?.asked ?? isOwed(one);
      const since = one.gone?.since ?? now.toISOString();
      const days = isUntagged || one.muted ? GONE_DAYS.owed : GONE_DAYS.free;
      if (now.getTime() - Date.parse(since) >= days * DAY_MS) return [];
      const [asked, still] = [isAsked ? { asked: true as const } : {}, isUntagged ? { untagged: true as const } : {}];
      return [{ ...withoutTrouble(one), gone: { since, ...asked, ...still } }];
    });
}

/** Whether nobody could see it, were it there. */
function isUnread({ identity, type }: Remembered, unreadable: readonly UnreadableScope[]): boolean {
  const { region } = parseArn(identity.arn) ?? {};
  return unreadable.some((one) => one.what === type && one.region === region);
}

/** What something is owed to and what is not listed any more, and nobody has asked yet: has it gone, or only its tag? */
export function lostFrom(
  { resources, unreadable }: Omit<ScheduledFacts, 'untagged'>,
  memories: readonly Remembered[],
): Remembered[] {
  const found = new Set(resources.map(({ identity }) => memoryKey(identity)));
  return memories.filter(
    (one) => isOwed(one) && !one.gone?.asked && !found.has(memoryKey(one.identity)) && !isUnread(one, unreadable),
  );
}

interface Seen {
  readonly judged: readonly (Wanted | LeftAlone)[];
  readonly missing: readonly Remembered[];
  readonly unreadable: readonly UnreadableScope[];
}

function problemsIn({ judged, missing, unreadable }: Seen, { schedules }: Judging, deciding: Deciding): Problem[] {
  const used = new Set(judged.flatMap((one) => (isWanted(one) ? [] : (one.schedule ?? []))));
  const isBroken = [...schedules.values()].some(({ broken }) => broken);
  const end = isBroken ? undefined : holidaysEnd(deciding.policy, deciding.holidays, deciding.now);
  return [
    ...[...schedules.values()].flatMap(({ name, broken }): Problem[] => {
      if (!broken || !used.has(name)) return [];
      const text = `the schedule ${name}: ${broken.why}. Nothing under it is stopped or started.${staying(judged, name)}`;
      return [{ key: `schedule ${name} ${broken.where}`, text }];
    }),
    ...unreadable.map(({ region, what, why }): Problem => {
      const text = `the ${what}s in ${region}: ${why}. None of them is stopped or started.`;
      return { key: `unreadable ${region} ${what}`, text };
    }),
    ...judged.flatMap(problemOf),
    ...missing.flatMap(owedProblem),
    ...(end ? [{ key: end, text: end }] : []),
  ];
}

/** Who reads it in the morning has to know what does not run. */
function staying(judged: readonly (Wanted | LeftAlone)[], name: string): string {
  const names = judged.flatMap((one) =>
    !isWanted(one) && one.schedule === name && isStoppedByUs(one.resource, one.remembered) ? one.resource.name : [],
  );
  const rest = names.length - NAMED;
  if (names.length === 0) return '';
  return ` What off-hours has stopped stays stopped: ${names.slice(0, NAMED).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}

const NAMED = 10;

const problemOf = ({ resource: { name, scope, identity }, problem }: Wanted | LeftAlone): Problem[] =>
  problem ? [{ key: `${identity.arn} ${problem}`, text: `${name} in ${scope.region}: ${problem}` }] : [];

/** What nobody but a person can give back any more: a start and sizes to what has no tag, alarms to whatever is there now. */
function owedProblem({ name, identity: { arn }, gone, stoppedByUs, muted, capacity }: Remembered): Problem[] {
  const region = parseArn(arn)?.region ?? '';
  const names = muted?.map(quoted).join(' ');
  const said = [
    ...(gone?.untagged && stoppedByUs
      ? ['its tag was taken away while off-hours had it stopped: nobody starts it any more but you']
      : []),
    ...(gone?.untagged && capacity ? [`its sizes were ${sizesInWords(capacity)}`] : []),
    ...(gone && names
      ? [
          `${gone.untagged ? '' : 'it is gone, or another one has its name, and '}its alarms are muted: ` +
            `aws cloudwatch enable-alarm-actions --region ${region} --alarm-names ${names}`,
        ]
      : []),
  ];
  return said.length > 0 ? [{ key: `${arn} untagged`, text: `${name} in ${region}: ${said.join('; ')}` }] : [];
}

/** For a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function sizesInWords(capacity: Capacity): string {
  const { desired } = capacity;
  if ('min' in capacity) return `${desired} (${capacity.min} to ${capacity.max})`;
  const tasks = `${desired} ${desired === 1 ? 'task' : 'tasks'}`;
  return capacity.scaling && !isSuspended(capacity.scaling) ? `${tasks}, and its scaling was not suspended` : tasks;
}

/** What is to be stopped, and not without its alarms. */
export const mutedBy = ({ acts }: Decision): ScheduledResource[] =>
  acts.filter(({ act, schedule }) => act === 'stop' && schedule.mutesAlarms).map(({ resource }) => resource);

/** The same without the stops whose alarms could not be read: they would wake somebody. @param unread why, by resource */
export function withoutUnmutable(decision: Decision, unread: ReadonlyMap<Arn, string>): Decision {
  if (unread.size === 0) return decision;
  const isLeft = ({ resource }: Step) => unread.has(resource.identity.arn);
  const left = decision.acts.filter(isLeft).map(({ resource, schedule, act, ...one }) => {
    const because = `its alarms cannot be muted: ${unread.get(resource.identity.arn)}`;
    const remembered = withHeldBack(one.remembered, { act, because }, decision.now);
    return { resource, schedule: schedule.name, because, unknown: true as const, problem: because, remembered };
  });
  return {
    ...decision,
    acts: decision.acts.filter((one) => !isLeft(one)),
    left: [...decision.left, ...left],
    memories: eachOnce([...decision.memories, ...left.map(({ remembered }) => remembered)]),
    problems: [...decision.problems, ...left.flatMap(problemOf)],
  };
}

/** The same with what is stopped as it was found with its price. */
export function withPrices(decision: Decision, priced: readonly ScheduledResource[]): Decision {
  const found = new Map(priced.map((one) => [memoryKey(one.identity), one]));
  const acts = decision.acts.map((one) => ({
    ...one,
    resource: found.get(memoryKey(one.resource.identity)) ?? one.resource,
  }));
  return { ...decision, acts };
}
