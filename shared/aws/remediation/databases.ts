import { type Evidence, known, unknown } from '../../core/evidence.ts';
import type { DatabaseFacts, Prices } from '../../core/facts.ts';
import type { Arn } from '../../core/identity.ts';
import type { PriceQuery } from '../../core/price-query.ts';
import type { AlarmedDatabase, AlarmedResource, StorageChanges } from '../../core/remediation/runbook.ts';
import type { HourlySeries } from '../../core/sizing/demand.ts';
import { storagePriceQueries } from '../../core/storage-price.ts';
import type { FoundDatabase, Looked, ReplicaName, Wanted } from '../../ports-remediation.ts';
import type { MetricQuery } from '../cloudwatch.ts';
import { storageChanges } from '../rds-events.ts';
import { readable } from '../retention/unreadable.ts';
import type { Deciding, Looking } from './look.ts';
import { beginOf, type Measured } from './measured.ts';
import { stepsUp, withPrice } from './steps-up.ts';

export interface WantedDatabase extends Wanted {
  readonly found: FoundDatabase;
}

/** What a verdict hangs on beside the evidence: the free storage hour by hour. */
export const storageQueries = (wanted: WantedDatabase, now: Date): MetricQuery[] =>
  mayGrow(wanted) ? [freeStorageQuery(wanted, now)] : [];

/** What grows by itself, or as a whole, is not grown: nothing is asked. */
const mayGrow = ({ runbook, found: { facts } }: WantedDatabase): boolean =>
  runbook === 'database-storage-low' && facts.form === 'instance' && !facts.memberOf;

const mayStepUp = ({ runbook, found: { facts } }: WantedDatabase): boolean =>
  ['database-saturated', 'credits-exhausted'].includes(runbook) && facts.form === 'instance' && !facts.memberOf;

const freeStorageQuery = (wanted: WantedDatabase, now: Date): MetricQuery => ({
  namespace: 'AWS/RDS',
  name: 'FreeStorageSpace',
  dimensions: [{ Name: 'DBInstanceIdentifier', Value: wanted.found.facts.name }],
  statistic: 'Minimum',
  period: 'hour',
  from: beginOf(wanted, now),
});

const SHOWING_LAG: readonly Wanted['runbook'][] = ['replica-lag', 'database-saturated'];

/** Of each replica; one in another region is measured there. */
export function lagQueries(
  wanted: WantedDatabase,
  now: Date,
): { readonly replica: ReplicaName; readonly query?: MetricQuery }[] {
  const { runbook, found } = wanted;
  if (!SHOWING_LAG.includes(runbook)) return [];
  return found.replicas.map((replica) => {
    if (replica.region && replica.region !== found.facts.scope.region) return { replica };
    const query: MetricQuery = {
      namespace: 'AWS/RDS',
      name: found.facts.engine.startsWith('aurora') ? 'AuroraReplicaLag' : 'ReplicaLag',
      dimensions: [{ Name: 'DBInstanceIdentifier', Value: replica.name }],
      statistic: 'Maximum',
      period: 'five minutes',
      from: beginOf(wanted, now),
    };
    return { replica, query };
  });
}

/** Each database with what its runbook decides by. */
export async function alarmedDatabases(
  looking: Deciding,
  wanted: readonly WantedDatabase[],
  measured: Measured,
): Promise<ReadonlyMap<Wanted, AlarmedDatabase>> {
  const { now } = looking;
  const growing = wanted.filter(mayGrow).map(({ found }) => found.facts);
  const stepping = wanted.filter(mayStepUp).map(({ found }) => found.facts);
  const [changes, steps] = await Promise.all([
    changesOf(looking, growing),
    stepsUp(looking.market.types, stepping, looking),
  ]);
  return new Map(
    wanted.map((one): [Wanted, AlarmedDatabase] => {
      const { facts, growsItselfTo, counted } = one.found;
      const changed = changes.known ? changes.value.get(facts.name) : undefined;
      const alarmed: AlarmedDatabase = {
        type: 'database',
        facts,
        ...(changed ? { storageChanges: changed } : {}),
        ...(growsItselfTo === undefined ? {} : { growsItselfTo }),
        replicas: [],
        freeStorageHours: mayGrow(one) ? freeStorage(one, changes, { measured, now }) : NOT_ASKED,
        classUp: mayStepUp(one) ? (steps.get(facts.identity.arn)?.step ?? NOT_ASKED) : NOT_ASKED,
        performanceInsights: counted ? 'on' : 'off',
      };
      return [one, alarmed];
    }),
  );
}

/** Each database with what only people ask for: how far replicas are behind, and what it would cost. */
export async function shownDatabases(
  looking: Looking,
  looked: readonly (Wanted & Looked)[],
  measured: Measured,
): Promise<ReadonlyMap<AlarmedResource, AlarmedDatabase>> {
  const { now, market } = looking;
  const databases = looked.flatMap(({ resource, found, ...one }) =>
    resource.type === 'database' && found.type === 'database' ? [{ ...one, found, resource }] : [],
  );
  const growing = databases.filter(mayGrow).map(({ resource }) => resource.facts);
  const stepping = databases.filter(({ resource }) => resource.classUp.known).map(({ resource }) => resource.facts);
  const [prices, steps] = await Promise.all([
    storagePrices(looking, growing),
    stepsUp(market.offers, stepping, looking),
  ]);
  return new Map(
    databases.map(({ resource, ...one }): [AlarmedResource, AlarmedDatabase] => {
      const { facts, classUp } = resource;
      const { arn } = facts.identity;
      const shown = {
        facts: withPrices(facts, prices.get(arn)),
        replicas: lagsOf(one, { measured, now }),
        classUp: withPrice(classUp, steps.get(arn)),
      };
      return [resource, { ...resource, ...shown }];
    }),
  );
}

const NOT_ASKED = unknown('its runbook does not ask for it');

/** When the storage of each was changed, by its name. */
const changesOf = async (
  { clients }: Deciding,
  databases: readonly DatabaseFacts[],
): Promise<Evidence<ReadonlyMap<string, StorageChanges>>> =>
  databases.length === 0
    ? known(new Map())
    : readable('the events of databases', () =>
        storageChanges(
          clients.rds,
          databases.map(({ name }) => name),
        ),
      );

/** What was measured before a change was measured of storage of another size: without knowing of any it says nothing. */
function freeStorage(
  wanted: WantedDatabase,
  changes: Evidence<unknown>,
  { measured, now }: { readonly measured: Measured; readonly now: Date },
): Evidence<HourlySeries> {
  if (!changes.known) return unknown(`when it was last changed is unknown: ${changes.why}`);
  const series = measured(freeStorageQuery(wanted, now));
  return series.known ? known({ firstHour: series.value.from, values: series.value.values }) : series;
}

const lagsOf = (
  wanted: WantedDatabase,
  { measured, now }: { readonly measured: Measured; readonly now: Date },
): AlarmedDatabase['replicas'] =>
  lagQueries(wanted, now).map(({ replica: { name, region }, query }) => ({
    name,
    lagSeconds: query ? lagIn(query, measured) : unknown(`it is measured in ${region}`),
  }));

/** The last that was measured. Of Aurora it is in milliseconds. */
function lagIn(query: MetricQuery, measured: Measured): Evidence<number> {
  const series = measured(query);
  if (!series.known) return series;
  const last = series.value.values.findLast((value) => value !== undefined);
  if (last === undefined) return unknown('it was not measured in these hours');
  return known(query.name === 'AuroraReplicaLag' ? last / 1000 : last);
}

/** The list price of a further GiB of what each has. */
async function storagePrices(
  { market, now }: Looking,
  databases: readonly DatabaseFacts[],
): Promise<ReadonlyMap<Arn, Evidence<Prices>>> {
  const lines = databases.flatMap(priceLine);
  const distinct = new Map(lines.map(({ query }) => [JSON.stringify(query), query]));
  if (distinct.size === 0) return new Map();
  const prices = await readable('the price list', () => market.prices([...distinct.values()], now));
  return new Map(
    lines.map(({ arn, name, query }) => {
      if (!prices.known) return [arn, prices];
      const price = prices.value.get(distinct.get(JSON.stringify(query)) ?? query) ?? unknown('it was not answered');
      return [arn, price.known ? known({ [name]: price.value }) : price];
    }),
  );
}

interface PriceLine {
  readonly arn: Arn;
  readonly name: string;
  readonly query: PriceQuery;
}

/** None for storage that has no plain price. */
function priceLine(facts: DatabaseFacts): PriceLine[] {
  const name = `${facts.storage.storageType} GiB`;
  const queries = storagePriceQueries(facts);
  const query = queries.known ? queries.value[name] : undefined;
  return query ? [{ arn: facts.identity.arn, name, query }] : [];
}

const withPrices = (facts: DatabaseFacts, prices: Evidence<Prices> | undefined): DatabaseFacts => ({
  ...facts,
  evidence: { ...facts.evidence, ...(prices ? { prices } : {}) },
});
