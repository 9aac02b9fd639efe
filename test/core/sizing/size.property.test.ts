import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Evidence, known, unknown } from '../../../shared/core/evidence.ts';
import type { DailySeries } from '../../../shared/core/facts.ts';
import { money } from '../../../shared/core/money.ts';
import { whyIncompatible } from '../../../shared/core/sizing/compatible.ts';
import {
  type DemandSummary,
  type HourlySeries,
  type MetricDemand,
  unknownDemand,
} from '../../../shared/core/sizing/demand.ts';
import type { InstanceTypeFacts } from '../../../shared/core/sizing/instance-type.ts';
import { type SizingVerdict, sizeOf } from '../../../shared/core/sizing/size.ts';
import { always, DAYS, days, HOURS, hours, large, machine, policy, UNTIL, x2large } from './specimen.ts';

/** Mostly calm, seldom full, with some high values anywhere. */
const anyLoad = (length: number, most: number): fc.Arbitrary<number[]> =>
  fc
    .tuple(
      fc.oneof(
        { weight: 9, arbitrary: fc.double({ min: 0, max: most / 10, noNaN: true }) },
        { weight: 1, arbitrary: fc.double({ min: most / 2, max: most, noNaN: true }) },
      ),
      fc.array(fc.tuple(fc.nat(length - 1), fc.double({ min: 0, max: most, noNaN: true })), { maxLength: 8 }),
    )
    .map(([usual, peaks]) => {
      const values = new Array<number>(length).fill(usual);
      for (const [at, value] of peaks) values[at] = value;
      return values;
    });

const anyMetric = (most: number): fc.Arbitrary<MetricDemand> =>
  fc
    .record({
      p99: anyLoad(DAYS, most),
      'p99.5': anyLoad(DAYS, most),
      'p99.9': anyLoad(DAYS, most),
      Maximum: anyLoad(DAYS, most),
      Average: anyLoad(HOURS, most),
      peaks: anyLoad(HOURS, most),
    })
    .map(({ Average, peaks, ...daily }) => ({
      daily: {
        p99: days(daily.p99),
        'p99.5': days(daily['p99.5']),
        'p99.9': days(daily['p99.9']),
        Maximum: days(daily.Maximum),
      },
      hourly: { Average: hours(Average), Maximum: hours(peaks) },
    }));

const anyDemand: fc.Arbitrary<DemandSummary> = fc.record({
  until: fc.constant(UNTIL),
  cpuPercent: anyMetric(100),
  memoryPercent: anyMetric(100),
  networkBytesPerSecond: anyMetric(3e8),
  storageBytesPerSecond: anyMetric(1.5e8),
  storageOperationsPerSecond: anyMetric(6000),
});

const anyBandwidth = (most: number) =>
  fc.record({ baseline: fc.integer({ min: 0, max: most }), burst: fc.integer({ min: 0, max: most }) });

const anyType: fc.Arbitrary<Omit<InstanceTypeFacts, 'name'>> = fc
  .record({
    vcpus: fc.constantFrom(2, 4, 4, 8, 16, 32),
    memoryMib: fc.constantFrom(4096, 16_384, 32_768, 131_072),
    burstable: fc.boolean(),
    clockGhz: fc.constantFrom(2.5, 3.1, 3.5),
    architectures: fc.constantFrom(['x86_64'], ['x86_64'], ['arm64']),
    networkBytes: anyBandwidth(1e9),
    storageBytes: anyBandwidth(5e8),
    storageOperations: anyBandwidth(20_000),
    pricePerVcpu: fc.option(fc.integer({ min: 20, max: 60 }), { freq: 8 }),
  })
  .map(({ pricePerVcpu, ...facts }) => ({
    ...large,
    ...facts,
    hourlyPrice:
      pricePerVcpu === null ? unknown('no list price') : known(money('USD', (facts.vcpus * pricePerVcpu) / 1000)),
  }));

const NAMES = ['m5.large', 'c6i.large', 'r5.large', 't3.2xlarge', 'm6i.xlarge', 'm4.large', 't3.large', 'c5.xlarge'];

const anyCatalogue: fc.Arbitrary<InstanceTypeFacts[]> = fc
  .array(anyType, { minLength: 3, maxLength: NAMES.length })
  .map((types) => types.map((type, index) => ({ ...type, name: NAMES[index] ?? '' })));

const judge = (demand: DemandSummary, offered: readonly InstanceTypeFacts[]): SizingVerdict =>
  sizeOf({ machine, demand, policy }, offered);

/** What the machine costs an hour after the verdict; without end where nothing is enough. */
function priceAfter(verdict: SizingVerdict): number {
  if (verdict.verdict === 'keep') return priceOf(x2large);
  if (verdict.verdict === 'shrink') return priceOf(verdict.to);
  return verdict.to.known ? priceOf(verdict.to.value) : Number.POSITIVE_INFINITY;
}

const priceOf = ({ hourlyPrice }: InstanceTypeFacts): number =>
  hourlyPrice.known ? hourlyPrice.value.amount : Number.NaN;

const METRICS = [
  'cpuPercent',
  'memoryPercent',
  'networkBytesPerSecond',
  'storageBytesPerSecond',
  'storageOperationsPerSecond',
] as const;

interface Raise {
  readonly metric: (typeof METRICS)[number];
  readonly at: number;
  readonly by: number;
}

const anyRaises: fc.Arbitrary<Raise[]> = fc.array(
  fc.record({
    metric: fc.constantFrom(...METRICS),
    at: fc.nat(HOURS - 1),
    by: fc.double({ min: 1, max: 10, noNaN: true }),
  }),
  { minLength: 1, maxLength: 20 },
);

/** The same demand with some values of all statistics of some metrics raised. */
function raised(demand: DemandSummary, raises: readonly Raise[]): DemandSummary {
  const higher = { ...demand };
  for (const { metric, ...raise } of raises) higher[metric] = raisedMetric(higher[metric], raise);
  return higher;
}

function raisedMetric({ daily, hourly }: MetricDemand, raise: Omit<Raise, 'metric'>): MetricDemand {
  const higher = <T extends DailySeries | HourlySeries>(evidence: Evidence<T>): Evidence<T> =>
    evidence.known ? known({ ...evidence.value, values: raisedValues(evidence.value.values, raise) }) : evidence;
  return {
    daily: {
      p99: higher(daily.p99),
      'p99.5': higher(daily['p99.5']),
      'p99.9': higher(daily['p99.9']),
      Maximum: higher(daily.Maximum),
    },
    hourly: { Average: higher(hourly.Average), Maximum: higher(hourly.Maximum) },
  };
}

const raisedValues = (values: DailySeries['values'], { at, by }: Omit<Raise, 'metric'>): DailySeries['values'] =>
  values.with(at % values.length, (values[at % values.length] ?? 0) * by + by);

it('more demand never leads to a cheaper type', () => {
  fc.assert(
    fc.property(anyDemand, anyCatalogue, anyRaises, (demand, offered, raises) => {
      const before = priceAfter(judge(demand, offered));
      const after = priceAfter(judge(raised(demand, raises), offered));
      expect(after).toBeGreaterThanOrEqual(before);
    }),
    { numRuns: 300 },
  );
});

it('what is unknown never leads to a smaller type that is carried out', () => {
  fc.assert(
    fc.property(anyDemand, anyCatalogue, fc.constantFrom(...METRICS), (demand, offered, metric) => {
      const verdict = judge({ ...demand, [metric]: unknownDemand('Forbidden') }, offered);
      if (verdict.verdict !== 'shrink' || verdict.unproven.length > 0) return;
      const { to } = verdict;
      const kept = {
        cpuPercent: false,
        memoryPercent: to.memoryMib >= x2large.memoryMib,
        networkBytesPerSecond: isAtLeast(to.networkBytes, x2large.networkBytes),
        storageBytesPerSecond: isAtLeast(to.storageBytes, x2large.storageBytes),
        storageOperationsPerSecond: isAtLeast(to.storageOperations, x2large.storageOperations),
      };
      expect(kept[metric]).toBe(true);
    }),
    { numRuns: 300 },
  );
});

const isAtLeast = (one: InstanceTypeFacts['networkBytes'], other: InstanceTypeFacts['networkBytes']): boolean =>
  one !== undefined && other !== undefined && one.baseline >= other.baseline && one.burst >= other.burst;

it('a shrink is cheaper, offered, compatible and large enough for what was asked most of the time', () => {
  fc.assert(
    fc.property(anyDemand, anyCatalogue, (demand, offered) => {
      const verdict = judge(demand, offered);
      if (verdict.verdict !== 'shrink') return;
      const { to } = verdict;
      expect(offered).toContain(to);
      expect(whyIncompatible(to, machine, policy)).toBeUndefined();
      expect(priceAfter(verdict)).toBeLessThan(0.4);
      const p99 = demand.cpuPercent.daily.p99;
      const second = p99.known ? (p99.value.values as number[]).toSorted((a, b) => b - a)[1]! : Number.NaN;
      expect(to.vcpus).toBeGreaterThanOrEqual((second / 90) * x2large.vcpus);
    }),
    { numRuns: 300 },
  );
});

it('growing takes nothing away', () => {
  fc.assert(
    fc.property(anyDemand, anyCatalogue, (demand, offered) => {
      const verdict = judge({ ...demand, memoryPercent: always(96) }, offered);
      if (verdict.verdict !== 'grow' || !verdict.to.known) return;
      const { vcpus, memoryMib } = verdict.to.value;
      expect(vcpus).toBeGreaterThanOrEqual(x2large.vcpus);
      expect(memoryMib).toBeGreaterThanOrEqual(x2large.memoryMib);
      expect(vcpus + memoryMib).toBeGreaterThan(x2large.vcpus + x2large.memoryMib);
    }),
    { numRuns: 300 },
  );
});

it('the order of the catalogue does not matter', () => {
  fc.assert(
    fc.property(anyDemand, anyCatalogue, (demand, offered) => {
      expect(judge(demand, offered.toReversed())).toEqual(judge(demand, offered));
    }),
  );
});
