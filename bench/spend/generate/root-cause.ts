import { createRandom, type Random } from '../../../sandbox/random.ts';
import type { BaseSeries, Case, Table } from '../data.ts';
import { makeSeries, round } from './series.ts';

const SKU_LEAVES = 27;
const SKU_DAYS = 188;
const TOP_LEAVES = 5;
const PORTFOLIOS = 10;
const MEMBERS = 12;
const CASES = 200;

/** The first day of a case: later than the model needs, and before the end. */
const EARLIEST_DAY = 63;
const LATEST_FROM_END = 5;

/** Times the total of the table. */
const SIZES = [0.1, 0.2, 0.5, 1, 2];

export interface RootCauseData {
  readonly tables: Readonly<Record<string, Table>>;
  readonly cases: readonly Case[];
}

/** A bill by its parts, of which a few are most of it, and portfolios of the series; an excess in one of each. */
export function makeRootCauses(series: readonly BaseSeries[], seed: number): RootCauseData {
  const random = createRandom(seed);
  const parts = makeSeries({ count: SKU_LEAVES, days: SKU_DAYS, seed });
  const [{ start = '' } = {}] = parts;
  const sku = {
    start,
    leaves: parts.map((_, index) => `made|usage-${index}`),
    values: parts.map(({ values }, index) => values.map((one) => round(one / (1 + index)))),
  };
  const portfolios = Array.from({ length: PORTFOLIOS }, (_, index): [string, Table] => [
    `org${index}`,
    { members: Array.from({ length: MEMBERS }, (_, one) => series[(index * 5 + one * 7) % series.length]!.id) },
  ]);
  const valuesOf = (id: string) => series.find((one) => one.id === id)!.values;
  return {
    tables: { sku, ...Object.fromEntries(portfolios) },
    cases: [
      ...Array.from({ length: CASES }, (_, index) => skuCase(sku, index, random)),
      ...Array.from({ length: CASES }, (_, index) => {
        const [table, { members }] = portfolios[index % PORTFOLIOS] as [string, { members: readonly string[] }];
        const leaf = members[Math.floor(members.length * random())]!;
        return caseOf({ table, leaf, kind: 'org', values: members.map(valuesOf) }, random);
      }),
    ],
  };
}

interface Sku {
  readonly leaves: readonly string[];
  readonly values: readonly (readonly number[])[];
}

const KINDS = ['top', 'mid', 'new'] as const;

function skuCase({ leaves, values }: Sku, index: number, random: Random): Case {
  const kind = KINDS[index % KINDS.length]!;
  const totals = values.map((days) => days.reduce((total, one) => total + one, 0));
  const bySize = leaves.toSorted((a, b) => totals[leaves.indexOf(b)]! - totals[leaves.indexOf(a)]!);
  const among = { top: bySize.slice(0, TOP_LEAVES), mid: bySize.slice(TOP_LEAVES), new: [`made|new-${index}`] }[kind];
  return caseOf({ table: 'sku', leaf: among[Math.floor(among.length * random())]!, kind, values }, random);
}

interface Place extends Pick<Case, 'table' | 'leaf' | 'kind'> {
  readonly values: readonly (readonly number[])[];
}

function caseOf({ values, ...place }: Place, random: Random): Case {
  const days = Math.min(...values.map(({ length }) => length));
  const day = EARLIEST_DAY + Math.floor((days - EARLIEST_DAY - LATEST_FROM_END) * random());
  const dur = random() < 0.5 ? 1 : 3;
  const rel = SIZES[Math.floor(SIZES.length * random())]!;
  const total = values.reduce((sum, one) => sum + one[day]!, 0);
  return { ...place, day, dur, rel, excess: new Array<number>(dur).fill(round(rel * total)) };
}
