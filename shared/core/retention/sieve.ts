import type { Scope } from '../identity.ts';
import type { Policy } from '../policy.ts';
import type { Day } from '../spend/series.ts';
import type { BackedUpDatabase, Form, ManualCount, Snapshot } from './facts.ts';
import { momentAt } from './homes.ts';
import { purposeOf } from './marks.ts';
import { contains, type Period, wantedPeriods } from './periods.ts';
import { stateOf } from './shelf.ts';
import { termsOf } from './terms.ts';

/** What all snapshots of one scope go through, one by one. */
export interface Sieve {
  add(snapshot: Snapshot): void;
  /** Of what went through so far. */
  sifted(): Sifted;
}

export interface Sifted {
  readonly snapshots: readonly Snapshot[];
  readonly manual: readonly ManualCount[];
}

export interface Sifting {
  readonly databases: readonly BackedUpDatabase[];
  readonly policy: Policy;
  readonly now: Date;
}

/**
 * Keeps of a scope's snapshots those that planning looks at, and counts the manual ones: plan, calendar and protections come
 * out as from all of them, and what is remembered grows with the databases.
 *
 * Lamplighter's own are kept, as many as the tiers want, and what is on its way. What AWS, people and other tools took matters
 * only when it is good and its database is still there. Of a database one is kept for each role: the newest, the newest of each
 * type, the newest whose restore worked, and the first automated one of each period that the policy wants. Each of them once
 * for every key, for which of the keys may still be used is asked afterwards.
 */
export function sieves({ databases, policy, now }: Sifting): (scope: Scope) => Sieve {
  const { dayOf, today } = momentAt(now, policy.timezone);
  const periods = new Map(databases.map((one) => [one.identity.id, periodsOf(one, policy, today)]));
  return (scope) => {
    const whole: Snapshot[] = [];
    const chosen = new Map<string, Map<string, Snapshot>>();
    const manual: Record<Form, number> = { instance: 0, cluster: 0 };
    return {
      add: (snapshot) => {
        const { type, form, of = '', takenAt } = snapshot;
        if (type === 'manual') manual[form] += 1;
        const state = stateOf(snapshot);
        if (purposeOf(snapshot) || state === 'coming') return void whole.push(snapshot);
        const wanted = periods.get(of);
        if (!wanted || state !== 'good' || type === 'shared' || type === 'public') return;
        const isFirstOf = type === 'automated' && takenAt ? wanted.filter(holds(dayOf(takenAt))) : [];
        const roles = chosen.get(of) ?? new Map<string, Snapshot>();
        chosen.set(of, roles);
        const untagged = { ...snapshot, tags: NO_TAGS };
        for (const role of newestOf(snapshot)) keepIf(later, roles, { role, snapshot: untagged });
        for (const { tier, from } of isFirstOf) keepIf(earlier, roles, { role: `${tier} ${from}`, snapshot: untagged });
      },
      sifted: () => ({
        snapshots: [...whole, ...new Set([...chosen.values()].flatMap((roles) => [...roles.values()]))],
        manual: FORMS.map((form) => ({ ...scope, form, count: manual[form] })),
      }),
    };
  };
}

/** Tags are asked of Lamplighter's own only, and are the larger part of a snapshot. */
const NO_TAGS = {};

const FORMS = ['instance', 'cluster'] as const satisfies readonly Form[];

function periodsOf(database: BackedUpDatabase, { snapshots }: Policy, today: Day): readonly Period[] {
  const terms = termsOf(database, snapshots);
  return typeof terms === 'string' ? [] : wantedPeriods(terms.tiers, today);
}

const holds = (day: Day) => (period: Period) => contains(period, day);

/** Of what it may be the newest. */
const newestOf = ({ type, proof }: Snapshot): string[] => ['any', type, ...(proof ? ['proven'] : [])];

interface Candidate {
  readonly role: string;
  readonly snapshot: Snapshot;
}

function keepIf(isBetter: typeof later, roles: Map<string, Snapshot>, { role, snapshot }: Candidate): void {
  const place = `${role} ${snapshot.key?.arn}`;
  const standing = roles.get(place);
  if (!standing || isBetter(snapshot, standing)) roles.set(place, snapshot);
}

/** By the time of its data; one that has none is the earliest. */
const earlier = (a: Snapshot, b: Snapshot): boolean => {
  const [before, after] = [a, b].map(({ takenAt }) => takenAt?.getTime() ?? 0) as [number, number];
  return before < after || (before === after && a.arn < b.arn);
};
const later = (a: Snapshot, b: Snapshot): boolean => earlier(b, a);
