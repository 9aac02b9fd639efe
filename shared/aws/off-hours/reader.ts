import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { RDSClient } from '@aws-sdk/client-rds';
import { known } from '../../core/evidence.ts';
import type { Scope } from '../../core/identity.ts';
import { byScope, type ScheduledResource } from '../../core/off-hours/resource.ts';
import type { ScheduledReader } from '../../ports-off-hours.ts';
import type { CredentialsOf } from '../assumed-role.ts';
import { AccessDeniedError, isDenied } from '../errors.ts';
import { PATIENT } from '../patient.ts';
import { firstStart } from '../rds-events.ts';
import { readable } from '../retention/unreadable.ts';
import { using } from '../using.ts';
import { alarmNames } from './alarms.ts';
import { databases } from './databases.ts';
import { groups } from './groups.ts';
import { instances } from './instances.ts';
import type { ClientConfig, Kind, Patience } from './kind.ts';
import { GROUP_TAG, groupCosts, type Prices, withPrices } from './prices.ts';
import { services } from './services.ts';
import { warehouses } from './warehouses.ts';

const KINDS = {
  instance: instances,
  database: databases,
  'auto-scaling-group': groups,
  service: services,
  warehouse: warehouses,
} as const satisfies Record<ScheduledResource['type'], Kind>;

const TYPES = Object.keys(KINDS) as ScheduledResource['type'][];

/** For whoever acts: one resource just before it is touched. */
export function findsScheduled(
  credentialsOf: CredentialsOf,
  patience: Patience = PATIENT,
): Pick<ScheduledReader, 'find'> {
  const configFor = configs(credentialsOf, patience);
  return {
    find: async (scope, type, identity) => {
      const config = await configFor(scope);
      return unlessDenied(`look at the ${type} in ${scope.region}`, () => KINDS[type].find(config, scope, identity));
    },
  };
}

/**
 * What is under schedules, as the look role of each account shows it. 1,500 instances, 300 databases, 150 groups and 50 services
 * of one cluster are 17 calls.
 * @param patience for how long AWS is asked before it counts as silent
 */
export function awsScheduled(
  credentialsOf: CredentialsOf,
  prices: Prices,
  patience: Patience = PATIENT,
): ScheduledReader {
  const configFor = configs(credentialsOf, patience);
  return {
    ...findsScheduled(credentialsOf, patience),
    scheduled: async (scope) => {
      const config = await readable('the account', () => configFor(scope));
      const lists = await Promise.all(
        TYPES.map(async (what) => ({
          what,
          list: config.known ? await readable(`the ${what}s`, () => KINDS[what].list(config.value, scope)) : config,
        })),
      );
      return {
        resources: withoutMembers(lists.flatMap(({ list }) => (list.known ? list.value : []))),
        unreadable: lists.flatMap(({ what, list }) => (list.known ? [] : [{ ...scope, what, why: list.why }])),
      };
    },
    startedSince: async ({ scope, identity }, since) => {
      const start = await readable('the events of databases', async () =>
        using({ client: new RDSClient(await configFor(scope)) }, ({ client }) =>
          firstStart(client, identity.arn, since),
        ),
      );
      if (!start.known) return { power: 'unknown', why: start.why };
      return { power: 'running', ...(start.value?.by === 'AWS' ? { startedBy: 'AWS' } : {}) };
    },
    priced: async (resources, now) => {
      const ofGroups = await Promise.all(
        byScope(resources.filter(({ type }) => type === 'auto-scaling-group')).map(({ scope, found }) =>
          groupCosts(() => configFor(scope), scope, found),
        ),
      );
      return withPrices(resources, new Map(ofGroups.flatMap((one) => [...one])), (lines) => prices(lines, now));
    },
    alarmsOf: async (scope, resources) => {
      if (resources.length === 0) return known(new Map());
      return readable(`alarms in ${scope.region}`, async () =>
        using({ client: new CloudWatchClient(await configFor(scope)) }, ({ client }) => alarmNames(client, resources)),
      );
    },
  };
}

/** A group may hand its tags on to its instances: they go with the group. */
function withoutMembers(inScope: readonly ScheduledResource[]): ScheduledResource[] {
  const named = new Set(inScope.flatMap(({ type, name }) => (type === 'auto-scaling-group' ? [name] : [])));
  return inScope.filter(({ type, tags }) => type !== 'instance' || !named.has(tags[GROUP_TAG] ?? ''));
}

const configs =
  (credentialsOf: CredentialsOf, patience: Patience) =>
  async ({ account, region }: Scope): Promise<ClientConfig> => ({
    region,
    credentials: await credentialsOf(account),
    ...patience,
  });

async function unlessDenied<T>(what: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (isDenied(error)) throw new AccessDeniedError(`may not ${what}`, error);
    throw error;
  }
}
