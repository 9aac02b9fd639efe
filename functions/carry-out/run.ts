import { isSnapshotAction } from '../../shared/core/action.ts';
import { type Change, callsAPerson } from '../../shared/core/change.ts';
import { isOffHours, nameOfPart, type Plan, partsOf, planForPart } from '../../shared/core/plan.ts';
import type { ActingMode } from '../../shared/ports-acting.ts';
import { announce } from './announce.ts';
import { askNobody, awaitAnswers, type Decided, numbersIn, TURNS, type Turn } from './approval.ts';
import { type Durable, EVERY_ONE, patiently, reasonOf, type Serdes } from './durable.ts';
import type { CarryOutEvent } from './event.ts';
import type { Hands } from './hands.ts';
import { book, proposalOf } from './item.ts';
import { keepWatching } from './keep-watching.ts';
import { carryOutOne } from './one.ts';
import { endSharingsLeft } from './sharing.ts';
import { awaitEnds, numbersBefore, stepOf } from './steps.ts';
import { type Told, tellTroubles } from './troubles.ts';
import { waitsForWindow } from './window.ts';

/** What the execution returns: how each action ended, by its id. */
export type Report = { readonly plan: string; readonly outcomes: Readonly<Record<string, string>> };

/** Some actions failed or are stuck, or something could not be written or said. It makes the execution itself fail. */
class ChangesFailedError extends Error {
  override readonly name = 'ChangesFailedError';
  constructor(changes: readonly Change[], troubles: readonly string[]) {
    const failed = changes.map(({ id, outcome, because }) => `${id} ${outcome}: ${because}`);
    super(`a person is needed: ${[...failed, ...troubles].join('; ')}`);
  }
}

/** One plan, from its claim to the last outcome. */
export const carryOut = (hands: Hands) => {
  const planOf = remembered(hands);
  return async (part: CarryOutEvent, durable: Durable): Promise<Report> => {
    const { plan: planId } = part;
    const name = nameOfPart(part);
    const execution = durable.executionContext.durableExecutionArn;
    const claimed = await durable.step('claim', () => claim(hands, name, execution), patiently);
    if (!claimed.ours) return { plan: planId, outcomes: {} };

    const whole = await durable.step('plan', () => planOf(planId), { ...patiently, serdes: byItsId(planOf) });
    const plan = planForPart(whole, part);
    const isFirst = part.part === undefined || part.part === 1;
    const isOfSnapshots = plan.act.some(({ action }) => isSnapshotAction(action));
    const left = isFirst && isOfSnapshots ? await endSharingsLeft(hands, durable, plan) : [];
    const turns = TURNS.filter((turn) => numbersIn(plan, turn).length > 0);
    if (turns.length === 0) return { plan: planId, outcomes: {} };
    // Each has its own time, and none waits for the others.
    const groups = await durable.map(
      'modes',
      turns,
      (child, turn) => carryOutTurn(hands, child, { name, plan, whole, turn, claimedAt: claimed.at }),
      { maxConcurrency: turns.length, ...EVERY_ONE },
    );
    return reportOn(plan, [
      ...groups.getResults(),
      { changes: [], troubles: [...left, ...groups.getErrors().map((error) => reasonOf(error))] },
    ]);
  };
};

/** A plan is frozen, so what one replay has read serves the next ones in the same execution environment. */
function remembered({ ledger }: Hands): (id: string) => Promise<Plan> {
  const plans = new Map<string, Plan>();
  return async (id) => {
    const plan = plans.get(id) ?? (await ledger.plan(id));
    plans.set(id, plan);
    return plan;
  };
}

/**
 * A plan may be too large for the result of a step: its id is remembered, and every replay reads the plan again. A read that
 * fails then ends the invocation and not the execution, because it is the SDK that asks: Lambda invokes it again.
 */
const byItsId = (planOf: (id: string) => Promise<Plan>): Serdes<Plan> => ({
  serialize: async (plan) => plan?.id,
  deserialize: async (id) => (id === undefined ? undefined : planOf(id)),
});

/** Makes the plan, or its part, this execution's own, if it is nobody's. */
async function claim({ ledger, clock }: Hands, name: string, execution: string) {
  const now = clock();
  return { ours: await ledger.claimPlan(name, execution, now), at: now.toISOString() };
}

interface Waiting {
  /** What was claimed. */
  readonly name: string;
  /** As this execution sees it. */
  readonly plan: Plan;
  readonly whole: Plan;
  readonly turn: Turn;
  readonly claimedAt: string;
}

/** The actions of one turn, as they ended, and what went wrong beside them. */
interface Group {
  readonly changes: readonly Change[];
  readonly troubles: readonly string[];
  /** The ids of those that went wrong for a reason which people were told of before. */
  readonly known?: readonly string[];
}

/**
 * Waits for the answers of one turn and carries its actions out. What waits for a maintenance window, perhaps for days, holds
 * nothing else up.
 */
async function carryOutTurn(hands: Hands, durable: Durable, waiting: Waiting): Promise<Group> {
  const { name, plan, whole, turn, claimedAt } = waiting;
  const decided =
    turn === 'at once'
      ? await askNobody(hands, durable, plan)
      : await awaitAnswers(hands, durable, { name, plan, turn, claimedAt });
  const unclosed = turn !== 'at once' && decided.waited ? await close(hands, durable, { name, mode: turn }) : [];
  const groups = await carryOutGroups(hands, durable, { name, plan, whole, turn, decided });
  return {
    known: groups.flatMap(({ known = [] }) => known),
    changes: groups.flatMap(({ changes }) => changes),
    troubles: [...unclosed, ...groups.flatMap(({ troubles }) => troubles)],
  };
}

interface Chosen extends Pick<Waiting, 'name' | 'plan' | 'whole' | 'turn'> {
  readonly decided: Decided;
}

async function carryOutGroups(hands: Hands, durable: Durable, chosen: Chosen): Promise<Group[]> {
  const { turn, decided } = chosen;
  const parts = [...Map.groupBy(decided.permissions, (one) => waitsFor(chosen, one)).values()];
  if (parts.length <= 1) return [await carryOutGroup(hands, durable, chosen)];
  const groups = await durable.map(
    `groups ${turn}`,
    parts,
    (child, permissions) => carryOutGroup(hands, child, { ...chosen, decided: { ...decided, permissions } }),
    { maxConcurrency: parts.length, ...EVERY_ONE },
  );
  return [...groups.getResults(), { changes: [], troubles: groups.getErrors().map(reasonOf) }];
}

/** What an action waits for: its own maintenance window, or the steps before it. Who waits for the same goes together. */
function waitsFor({ plan, whole }: Chosen, { number, permission }: Decided['permissions'][number]): string {
  if (!permission.granted) return 'nothing';
  if (waitsForWindow({ plan, number })) return `window ${number}`;
  return stepOf(whole, number) ?? 'nothing';
}

/** Carries actions out, says at once how they ended, and keeps an eye on them. */
async function carryOutGroup(hands: Hands, durable: Durable, chosen: Chosen): Promise<Group> {
  const { plan, decided } = chosen;
  const { changes, troubles } = await carryOutAll(hands, durable, chosen);
  const { terms } = decided;
  const { known, unsaid } = await say(hands, durable, { ...chosen, changes });
  const followed = await keepWatching(hands, durable, { plan, changes, terms });
  const last = new Map(followed.map(({ change }) => [change.id, change]));
  return {
    changes: changes.map((change) => last.get(change.id) ?? change),
    troubles: [...troubles, ...unsaid, ...followed.flatMap((one) => one.troubles)],
    known,
  };
}

/**
 * A night's snapshots are told by the next night, all together; at once only what went wrong. Of what a schedule wants,
 * off-hours tells what is news.
 */
async function say(
  hands: Hands,
  durable: Durable,
  { name, plan, changes, decided: { terms } }: Chosen & { readonly changes: readonly Change[] },
): Promise<Told> {
  if (isOffHours(plan)) return { known: [], unsaid: [] };
  if (changes.every(({ proposal }) => isSnapshotAction(proposal.action)))
    return tellTroubles(hands, durable, { name, plan, changes, terms });
  const news = { name: 'announce', plan, changes, timezone: terms.timezone };
  return { known: [], unsaid: await announce(hands, durable, news) };
}

async function close(
  hands: Hands,
  durable: Durable,
  { name, mode }: { name: string; mode: ActingMode },
): Promise<string[]> {
  try {
    await durable.step('close', () => hands.ledger.closePlan(name, mode), patiently);
    return [];
  } catch (error) {
    return [`${name} not closed: ${reasonOf(error)}`];
  }
}

async function carryOutAll(
  hands: Hands,
  durable: Durable,
  { plan, whole, turn, decided: { permissions, terms } }: Chosen,
): Promise<Group> {
  const waiting = permissions.find(({ permission }) => permission.granted);
  const numbers = waiting ? numbersBefore(whole, waiting.number) : [];
  const warning = await awaitEnds(hands, durable, { plan: whole, numbers });
  const results = await durable.map(
    `actions ${turn}`,
    [...permissions],
    async (child, { number, permission }) => {
      if (permission.granted) {
        const item = { plan, number, approvedBy: permission.by, ...(warning ? { warning } : {}) };
        return carryOutOne(hands, child, { item, terms });
      }
      const { outcome, because } = permission;
      return book(hands, child, { item: { plan, number, approvedBy: '' }, ending: { outcome, because } });
    },
    { maxConcurrency: atOnce(plan, { permissions, terms }), ...EVERY_ONE },
  );
  return {
    changes: results.getResults(),
    troubles: results.getErrors().map((error) => `not even written down: ${reasonOf(error)}`),
  };
}

/** AWS makes them, for hours, and no service is the less for it; but a region takes so many copies of an account at a time. */
const SNAPSHOTS_AT_ONCE = 20;

/**
 * How many of them at once: the parts of a plan share what it may, and each does one at least. What a schedule wants in one step
 * it wants now.
 */
function atOnce(plan: Plan, { permissions, terms }: Pick<Decided, 'permissions' | 'terms'>): number {
  const isOfSnapshots = permissions.every(({ number }) => isSnapshotAction(proposalOf({ plan, number }).action));
  if (isOffHours(plan)) return Math.max(1, permissions.length);
  return Math.ceil((isOfSnapshots ? SNAPSHOTS_AT_ONCE : terms.parallel) / partsOf(plan).length);
}

/**
 * What a schedule wants and cannot be done now, off-hours proposes again, and tells people of with its reason: once, and not by
 * an alarm besides. What nobody could write down it cannot know.
 * @throws {ChangesFailedError} when a person is needed who does not know yet: everybody else is served by now
 */
function reportOn(plan: Plan, groups: readonly Group[]): Report {
  const changes = groups.flatMap((group) => group.changes);
  const troubles = groups.flatMap((group) => group.troubles);
  const known = new Set(groups.flatMap((group) => group.known ?? []));
  const bad = changes.filter((change) => callsAPerson(change) && !isOffHours(plan) && !known.has(change.id));
  if (bad.length > 0 || troubles.length > 0) throw new ChangesFailedError(bad, troubles);
  return { plan: plan.id, outcomes: Object.fromEntries(changes.map(({ id, outcome }) => [id, outcome])) };
}
