import fc from 'fast-check';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import type { AccountFacts, DatabaseFacts, Facts, InstanceFacts } from '../../shared/core/facts.ts';
import { money } from '../../shared/core/money.ts';
import { daily, idleCluster, idleDatabase, idleInstance, numbered, withEvidence } from '../support/facts-specimen.ts';
import { ACCOUNT } from '../support/plan-specimen.ts';

/** Prices that often tie, and some that are too small to bother anybody. */
const anyPrice: fc.Arbitrary<Evidence<ReturnType<typeof money>>> = fc.oneof(
  fc.constantFrom(0.001, 0.118, 0.118, 0.251, 1.2, 17).map((hourly) => known(money('USD', hourly))),
  fc.constant(unknown('no list price')),
);

const anyFlag: fc.Arbitrary<Evidence<boolean>> = fc.constantFrom(
  known(false),
  known(false),
  known(false),
  known(true),
  unknown('AccessDenied'),
);

/** Mostly idle, now and then busy, unknown or with a gap. */
const anySeries = (busy: number) =>
  fc.constantFrom(
    ...new Array(6).fill(daily(0)),
    daily(busy),
    daily([busy, ...new Array(35).fill(0)]),
    daily([...new Array(20).fill(0), undefined, ...new Array(15).fill(0)]),
    unknown('Forbidden'),
  );

const NOTHING = [{}, {}, {}, {}];

const anyInstance: fc.Arbitrary<InstanceFacts> = fc
  .record({
    spoiled: fc.constantFrom<Partial<InstanceFacts>>(
      ...NOTHING,
      { state: 'stopped' },
      { tags: { 'lamplighter:protect': '' } },
      { autoScalingGroup: 'web' },
      { launchedAt: new Date('2026-11-20T00:00:00Z') },
      { tags: {} },
    ),
    evidence: fc.record({
      peakCpuPercent: anySeries(80),
      networkBytes: anySeries(9e9),
      instanceStore: anyFlag,
      volumes: fc.constantFrom(known([]), unknown('Forbidden')),
      stopProtection: anyFlag,
      hourlyPrice: anyPrice,
    }),
  })
  .map(({ spoiled, evidence }) => withEvidence({ ...idleInstance, ...spoiled }, evidence));

const anyDatabase: fc.Arbitrary<DatabaseFacts> = fc
  .record({
    specimen: fc.constantFrom(idleDatabase, idleDatabase, idleCluster),
    spoiled: fc.constantFrom<Partial<DatabaseFacts>>(
      ...NOTHING,
      { status: 'stopped' },
      { memberOf: 'carts' },
      { pendingModifications: ['Iops'] },
      { engine: 'docdb' },
      { replication: ['the source of orders-r1'] },
    ),
    evidence: fc.record({ peakConnections: anySeries(12), peakIops: anySeries(900), hourlyPrice: anyPrice }),
  })
  .map(({ specimen, spoiled, evidence }) => withEvidence({ ...specimen, ...spoiled }, evidence));

/** An account of many resources of every kind, everything read. */
export const anyFleet: fc.Arbitrary<AccountFacts> = fc
  .array(fc.oneof(anyInstance, anyDatabase), { maxLength: 60, size: 'max' })
  .map((resources) => accountOf(resources.map((facts, index) => numbered<Facts>(facts, index))));

export const accountOf = (resources: readonly Facts[]): AccountFacts => ({
  account: ACCOUNT,
  regions: ['ap-northeast-2'],
  resources,
  unreadable: [],
});

/** The same account with only some of the evidence read: `keep` decides for each resource and kind. */
export function partlyRead(account: AccountFacts, keep: (facts: Facts, kind: string) => boolean): AccountFacts {
  const resources = account.resources.map((facts) => {
    const evidence = Object.fromEntries(Object.entries(facts.evidence).filter(([kind]) => keep(facts, kind)));
    return { ...facts, evidence } as Facts;
  });
  return { ...account, resources };
}
