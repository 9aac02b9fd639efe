import type { Mode } from '../policy.ts';
import type { SnapshotAction } from './action.ts';
import { type DayRange, dueAtHome, type Taking } from './due.ts';
import { keyOf } from './facts.ts';
import type { Home } from './homes.ts';
import { databaseTags, retentionTags, snapshotNameOf } from './marks.ts';
import { describePeriods, TIERS } from './periods.ts';
import type { LeftOut, PlannedSnapshot, PlanPart } from './planned.ts';
import type { Rooms } from './quota.ts';
import { freeName, type Moment } from './shelf.ts';

export interface TakeTerms {
  readonly rooms: Rooms;
  readonly moment: Moment;
  readonly mode: Mode;
  /** Within which a copy has to be there. */
  readonly copyHours: number;
  readonly fill?: DayRange;
}

interface Candidate {
  readonly home: Home;
  readonly taking: Taking;
}

/** What is taken at home. Where room is scarce, databases with nothing go first, then the longest tiers. */
export function takings(homes: readonly Home[], terms: TakeTerms): PlanPart {
  const { rooms, moment, mode, fill } = terms;
  const leave: LeftOut[] = [];
  const candidates: Candidate[] = [];
  for (const home of homes) {
    const due = dueAtHome(home, moment, fill);
    candidates.push(...due.takings.map((taking) => ({ home, taking })));
    leave.push(
      ...due.notHad.map(({ serves, because }) =>
        left(home, serves.length > 0 ? `${describePeriods(serves)}: ${because}` : because),
      ),
    );
  }
  const act = candidates.sort(byNeed).flatMap(({ home, taking }): PlannedSnapshot[] => {
    const { name, scope, form } = home.database;
    const room = rooms.take(scope, form);
    if (!room) {
      leave.push(left(home, `${taking.because}, but ${rooms.describe(scope, form)}`));
      return [];
    }
    const action = { ...actionOf(home, taking, terms), ...room };
    return [{ action, databaseName: name, mode, because: taking.because }];
  });
  return { act, leave };
}

function byNeed(a: Candidate, b: Candidate): number {
  return hasNone(b) - hasNone(a) || longest(b) - longest(a) || (keyFor(a) < keyFor(b) ? -1 : 1);
}

const hasNone = ({ home }: Candidate): number => (home.shelf.held.length === 0 ? 1 : 0);
const longest = ({ taking }: Candidate): number =>
  Math.max(-1, ...taking.serves.map(({ tier }) => TIERS.indexOf(tier)));
const keyFor = ({ home, taking }: Candidate): string =>
  `${home.database.identity.arn} ${taking.source?.snapshot.arn ?? ''}`;

function actionOf({ database, shelf }: Home, { source }: Taking, { moment, copyHours }: TakeTerms): SnapshotAction {
  const { identity, form, scope } = database;
  if (!source) {
    return {
      kind: 'create-snapshot',
      form,
      scope,
      name: snapshotNameOf(database, moment.now, ['create']),
      database: identity,
      tags: databaseTags(database),
      expect: { statuses: form === 'instance' ? ['available', 'storage-optimization'] : ['available'] },
    };
  }
  return {
    kind: 'copy-snapshot',
    purpose: 'retention',
    form,
    scope,
    name: freeName(shelf, (tries) => snapshotNameOf(database, source.takenAt, ['retention', keyOf(scope), tries])),
    databaseId: identity.id,
    source: { arn: source.snapshot.arn, scope, takenAt: source.takenAt.toISOString() },
    tags: retentionTags(database, source.takenAt),
    withinHours: copyHours,
  };
}

const left = ({ database }: Home, because: string): LeftOut => ({
  databaseName: database.name,
  scope: database.scope,
  because,
});
