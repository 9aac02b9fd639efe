import { describeDone } from '../action.ts';
import { hashOf } from '../canonical.ts';
import { type Change, type ChangeState, needsAPerson } from '../change.ts';
import type { Proposal } from '../plan.ts';
import { databaseIn } from './night.ts';

/** What is done of snapshots and ended alike, for one reason. */
export interface SameEnding {
  readonly outcome: ChangeState;
  /** In the words of the first of them. */
  readonly because: string;
  readonly changes: readonly Change[];
}

/** What somebody has to know before the next night: it has failed, or there is something to say of it although it has not. */
export const isTrouble = ({ outcome, warning }: Change): boolean => needsAPerson(outcome) || warning !== undefined;

/** The same for all that ended alike for one reason, whatever their snapshots and databases are called. */
export const endingOf = (change: Change): string =>
  hashOf([
    change.outcome,
    namesOf(change.proposal).reduce((words, name) => words.replaceAll(name, '*'), wordsOf(change)),
  ]);

/** The most frequent first. */
export function endingsOf(changes: readonly Change[]): SameEnding[] {
  return [...Map.groupBy(changes, endingOf).values()]
    .map((same) => ({ outcome: (same[0] as Change).outcome, because: wordsOf(same[0] as Change), changes: same }))
    .sort((a, b) => b.changes.length - a.changes.length);
}

function wordsOf({ outcome, because, warning }: Change): string {
  if (warning === undefined) return because;
  return needsAPerson(outcome) ? `${because}; ${warning}` : warning;
}

/** The longest first: a snapshot's name has its database's in it. */
function namesOf({ action, resource }: Proposal): string[] {
  const arns = [resource.arn, ...('source' in action ? [action.source.arn] : [])];
  const names = arns.flatMap((arn) => [arn, arn.split(':').slice(6).join(':')]);
  return [...names, databaseNameIn({ resource })].filter(Boolean).sort((a, b) => b.length - a.length);
}

export const databaseNameIn = ({ resource }: Pick<Proposal, 'resource'>): string =>
  resource.what.replace(/^a snapshot of /, '');

/** So many databases are named. */
const NAMED = 5;

/** `37 databases (orders, carts, billing, ... and 32 more): AWS refused: ...` */
export function describeEnding({ because, changes }: SameEnding): string {
  const databases = new Map(
    changes.map(({ proposal }) => [databaseIn(proposal.action) ?? proposal.resource.arn, databaseNameIn(proposal)]),
  );
  const names = [...databases.values()];
  const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  const count = `${names.length} ${names.length === 1 ? 'database' : 'databases'}`;
  return `${count} (${names.slice(0, NAMED).join(', ')}${rest}): ${because}`;
}

/** `12 taken, 3 copied, 9 deleted` */
export function describeKept(changes: readonly Change[]): string {
  const kept = changes.filter(({ outcome }) => outcome === 'kept');
  const done = Map.groupBy(kept, ({ proposal }) => describeDone(proposal.action));
  return [...done].map(([what, same]) => `${same.length} ${what}`).join(', ');
}

/** Of what was made: how large the databases are together, and what took longest. */
export function describeMade(changes: readonly Change[]): string[] {
  const made = changes.filter((one) => one.outcome === 'kept' && one.made);
  if (made.length === 0) return [];
  const gib = made.reduce((sum, one) => sum + (one.made?.sizeGiB ?? 0), 0);
  const minutesOf = ({ appliedAt = '', finishedAt }: Change) =>
    Math.ceil((Date.parse(finishedAt) - Date.parse(appliedAt)) / 60_000);
  const [slowest] = made.filter(({ appliedAt }) => appliedAt).sort((a, b) => minutesOf(b) - minutesOf(a));
  const longest = slowest
    ? `; the slowest was that of ${databaseNameIn(slowest.proposal)}, within ${minutesOf(slowest)} minutes`
    : '';
  return [`What was made is available: of databases of ${gib} GiB${longest}.`];
}
