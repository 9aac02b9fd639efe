import { type Leaf, rankCauses } from '../../shared/core/spend/cause.ts';
import { addDays } from '../../shared/core/spend/day.ts';
import type { Case, SpendData } from './data.ts';
import { median, rounded } from './scoring.ts';

/** How often the right leaf is the first named, and among the first three. */
export interface RankFigures {
  readonly top1: number;
  readonly top3: number;
  /** How far the dollars named for it are off the injected ones, over the days of the case. */
  readonly medianError: number;
}

export interface RootCauseFigures {
  readonly sku: Readonly<Record<string, RankFigures>>;
  readonly org: RankFigures;
}

interface Ranked {
  /** 0 is the first; -1 when it is not named. */
  readonly rank: number;
  readonly error: number;
}

/** The cases of the bill by their kind, and those of the portfolios together. */
export function scoreRootCauses(data: SpendData): RootCauseFigures {
  const isSku = ({ table }: Case) => table === 'sku';
  const byKind = Map.groupBy(data.cases.filter(isSku), ({ kind }) => kind);
  const rankAll = (cases: readonly Case[]) => figuresOf(cases.map((one) => rank(one, data)));
  return {
    sku: Object.fromEntries([...byKind].map(([kind, cases]) => [kind, rankAll(cases)])),
    org: rankAll(data.cases.filter((one) => !isSku(one))),
  };
}

/** What is known on the last day of the case, of which its first day is known, as the anomaly's is. */
function rank(one: Case, data: SpendData): Ranked {
  const { start, leaves } = tableOf(one, data);
  const span = { from: addDays(start, one.day), to: addDays(start, one.day + one.dur), direction: 'up' } as const;
  const causes = rankCauses(leaves, span);
  const at = causes.findIndex(({ keys }) => keys[0] === one.leaf);
  const injected = one.excess.reduce((total, dollars) => total + dollars, 0);
  return { rank: at, error: Math.abs((causes[at]?.amount ?? 0) - injected) / injected };
}

function tableOf({ table, leaf, day, dur, excess }: Case, { tables, series }: SpendData) {
  const found = tables[table];
  if (!found) throw new Error(`no table ${table}`);
  const valuesOf = (id: string) => series.find((one) => one.id === id)?.values ?? [];
  const { start, leaves, values } =
    'members' in found
      ? { start: '2000-01-01', leaves: found.members, values: found.members.map(valuesOf) }
      : { start: found.start, leaves: found.leaves, values: found.values };
  const known = day + dur;
  const all: [string, readonly number[]][] = leaves.map((name, index) => [name, values[index] ?? []]);
  if (!leaves.includes(leaf)) all.push([leaf, new Array<number>(known).fill(0)]);
  const asLeaf = ([name, past]: [string, readonly number[]]): Leaf => ({
    keys: [name],
    costs: {
      firstDay: start,
      amounts: past.slice(0, known).map((amount, at) => amount + (name === leaf ? (excess[at - day] ?? 0) : 0)),
    },
  });
  return { start, leaves: all.map(asLeaf) };
}

function figuresOf(ranked: readonly Ranked[]): RankFigures {
  const share = (isGood: (rank: number) => boolean) =>
    rounded(ranked.filter(({ rank }) => rank >= 0 && isGood(rank)).length / ranked.length, 4);
  return {
    top1: share((rank) => rank === 0),
    top3: share((rank) => rank < 3),
    medianError: rounded(median(ranked.map(({ error }) => error)), 4),
  };
}
