import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import type { AlarmedResource } from '../../core/remediation/runbook.ts';
import type { Looked, Wanted } from '../../ports-remediation.ts';
import type { ClientConfig } from '../off-hours/kind.ts';
import type { Prices } from '../off-hours/prices.ts';
import type { Offers } from '../offers.ts';
import { using } from '../using.ts';
import { alarmedDatabases, databaseQueries, type WantedDatabase } from './databases.ts';
import { alarmedInstances, type WantedInstance } from './instances.ts';
import { evidenceOf, evidenceQueries, measure } from './measured.ts';

/** What AWS sells, and at which price. */
export interface Market {
  readonly prices: Prices;
  readonly offers: Offers;
}

/** One look at what is wanted in one scope. */
export interface Looking {
  readonly clients: { readonly cloudwatch: CloudWatchClient; readonly ec2: EC2Client; readonly rds: RDSClient };
  readonly market: Market;
  readonly now: Date;
}

/** What the runbooks ask for, in the order asked. */
export const lookAt = (
  { config, market, now }: { readonly config: ClientConfig } & Pick<Looking, 'market' | 'now'>,
  wanted: readonly Wanted[],
): Promise<Looked[]> => {
  const clients = {
    cloudwatch: new CloudWatchClient(config),
    ec2: new EC2Client(config),
    rds: new RDSClient(config),
  };
  return using(clients, () => look({ clients, market, now }, wanted));
};

async function look(looking: Looking, wanted: readonly Wanted[]): Promise<Looked[]> {
  const { clients, now } = looking;
  const [databases, instances] = [wanted.filter(isOfDatabase), wanted.filter(isOfInstance)];
  const queries = [
    ...wanted.flatMap((one) => evidenceQueries(one, now)),
    ...databases.flatMap((one) => databaseQueries(one, now)),
  ];
  const [measured, ofInstances] = await Promise.all([
    measure(clients.cloudwatch, queries, now),
    alarmedInstances(looking, instances),
  ]);
  const ofDatabases = await alarmedDatabases(looking, databases, measured);
  const resources = new Map<Wanted, AlarmedResource>([...ofDatabases, ...ofInstances]);
  return wanted.flatMap((one) => {
    const resource = resources.get(one);
    return resource ? [{ resource, metrics: evidenceOf(one, measured, now) }] : [];
  });
}

const isOfDatabase = (wanted: Wanted): wanted is WantedDatabase => wanted.found.type === 'database';
const isOfInstance = (wanted: Wanted): wanted is WantedInstance => wanted.found.type === 'instance';
