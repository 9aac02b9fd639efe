import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { EC2Client } from '@aws-sdk/client-ec2';
import { RDSClient } from '@aws-sdk/client-rds';
import type { AlarmedResource } from '../../core/remediation/runbook.ts';
import type { Looked, Wanted } from '../../ports-remediation.ts';
import type { ClientConfig } from '../off-hours/kind.ts';
import type { Prices } from '../off-hours/prices.ts';
import type { Offers } from '../offers.ts';
import { using } from '../using.ts';
import { alarmedDatabases, lagQueries, shownDatabases, storageQueries, type WantedDatabase } from './databases.ts';
import { alarmedInstances, shownInstances, type WantedInstance } from './instances.ts';
import { decidesByMetrics, evidenceOf, evidenceQueries, measure } from './measured.ts';

/** What AWS sells, without prices and with them, and what else costs. */
export interface Market {
  readonly types: Offers;
  readonly offers: Offers;
  readonly prices: Prices;
}

/** One look, in one scope, at what is decided by. */
export interface Deciding {
  readonly clients: { readonly cloudwatch: CloudWatchClient; readonly ec2: EC2Client; readonly rds: RDSClient };
  readonly market: Pick<Market, 'types'>;
  readonly now: Date;
}

/** The same at what people are shown, too. */
export interface Looking extends Deciding {
  readonly market: Market;
}

type Place<Look extends Deciding> = { readonly config: ClientConfig } & Omit<Look, 'clients'>;

/** What the runbooks decide by, in the order asked. */
export const lookAt = ({ config, ...place }: Place<Deciding>, wanted: readonly Wanted[]): Promise<Looked[]> =>
  withClients(config, (clients) => look({ ...place, clients }, wanted));

/** The same with what only people ask for. */
export const evidenceIn = ({ config, ...place }: Place<Looking>, looked: readonly Seen[]): Promise<Looked[]> =>
  withClients(config, (clients) => show({ ...place, clients }, looked));

const withClients = <T>(config: ClientConfig, work: (clients: Looking['clients']) => Promise<T>): Promise<T> =>
  using({ cloudwatch: new CloudWatchClient(config), ec2: new EC2Client(config), rds: new RDSClient(config) }, work);

async function look(looking: Deciding, wanted: readonly Wanted[]): Promise<Looked[]> {
  const { clients, now } = looking;
  const [databases, instances] = [wanted.filter(isOfDatabase), wanted.filter(isOfInstance)];
  const measured = wanted.filter(decidesByMetrics);
  const queries = [
    ...measured.flatMap((one) => evidenceQueries(one, now)),
    ...databases.flatMap((one) => storageQueries(one, now)),
  ];
  const [answers, ofInstances] = await Promise.all([
    measure(clients.cloudwatch, queries, now),
    alarmedInstances(looking, instances),
  ]);
  const ofDatabases = await alarmedDatabases(looking, databases, answers);
  const resources = new Map<Wanted, AlarmedResource>([...ofDatabases, ...ofInstances]);
  return wanted.flatMap((one) => {
    const resource = resources.get(one);
    return resource ? [{ resource, metrics: measured.includes(one) ? evidenceOf(one, answers, now) : [] }] : [];
  });
}

/** What was wanted, as it was when it was decided about. */
type Seen = Wanted & Looked;

async function show(looking: Looking, looked: readonly Seen[]): Promise<Looked[]> {
  const { clients, now } = looking;
  const unmeasured = looked.filter((one) => !decidesByMetrics(one));
  const queries = [
    ...unmeasured.flatMap((one) => evidenceQueries(one, now)),
    ...looked.filter(isOfDatabase).flatMap((one) => lagQueries(one, now).flatMap(({ query }) => query ?? [])),
  ];
  const resources = looked.map(({ resource }) => resource);
  const [answers, instances] = await Promise.all([
    measure(clients.cloudwatch, queries, now),
    shownInstances(looking, resources),
  ]);
  const databases = await shownDatabases(looking, looked, answers);
  return looked.map(({ metrics, ...one }) => ({
    resource: databases.get(one.resource) ?? instances.get(one.resource) ?? one.resource,
    metrics: decidesByMetrics(one) ? metrics : evidenceOf(one, answers, now),
  }));
}

const isOfDatabase = <T extends Wanted>(wanted: T): wanted is T & WantedDatabase => wanted.found.type === 'database';
const isOfInstance = (wanted: Wanted): wanted is WantedInstance => wanted.found.type === 'instance';
