import type { Sandbox } from '../sandbox.ts';
import { buildDatabase } from './databases.ts';
import { Dice } from './dice.ts';
import { buildInstance } from './instances.ts';
import type { Site } from './site.ts';
import { type Exemption, GroundTruth, type Label } from './truth.ts';

export interface FleetOptions {
  /** Decides everything: names, ids, places, metrics. Default: 1. */
  readonly seed?: number;
  /** Default: one account, 111111111111. */
  readonly accounts?: readonly [string, ...string[]];
  /** Default: ap-northeast-2. */
  readonly regions?: readonly [string, ...string[]];
  /** How many, over all accounts and regions. Default: 100. */
  readonly instances?: number;
  /** How many databases and clusters; members and replicas come on top. Default: 40. */
  readonly databases?: number;
  /** The share that does nothing and should be stopped. Default: 0.2. */
  readonly idleShare?: number;
  /** The share that does nothing and is to be left alone, spread evenly over all the reasons. Default: 0.25. */
  readonly exemptShare?: number;
  /** What the roles `lamplighter-look` and `lamplighter-act` of every account ask for. Default: lamplighter. */
  readonly externalId?: string;
}

const OF_INSTANCES: readonly Exemption[] = [
  'protected',
  'too-young',
  'metric-gap',
  'saves-too-little',
  'stopped',
  'spot',
  'instance-store',
  'stop-protected',
  'auto-scaling',
  'controller',
];

const OF_DATABASES: readonly Exemption[] = [
  'protected',
  'too-young',
  'metric-gap',
  'not-available',
  'replication',
  'sql-server-multi-az',
  'multi-az-cluster',
  'global-database',
  'other-service',
  'pending-modifications',
  'held-connection',
];

/**
 * Fills the sandbox with a fleet, and says what is what. What is neither idle nor exempt is used: 70 % of it busy, 20 %
 * spiky, 10 % by one job a month. The same options give the same fleet at the same sandbox time.
 */
export function seedFleet(sandbox: Pick<Sandbox, 'estate'>, options: FleetOptions = {}): GroundTruth {
  const { accounts = ['111111111111'], externalId = 'lamplighter' } = options;
  for (const id of accounts) {
    for (const role of ['lamplighter-look', 'lamplighter-act']) sandbox.estate.account(id).role(role, { externalId });
  }
  const truth = new GroundTruth();
  const { instances = 100, databases = 40 } = options;
  for (const site of sites(sandbox, options, { what: 'instance', count: instances, exemptions: OF_INSTANCES })) {
    truth.add(buildInstance(site));
  }
  for (const site of sites(sandbox, options, { what: 'database', count: databases, exemptions: OF_DATABASES })) {
    for (const one of buildDatabase(site)) truth.add(one);
  }
  return truth;
}

interface Wanted {
  readonly what: string;
  readonly count: number;
  readonly exemptions: readonly Exemption[];
}

function* sites({ estate }: Pick<Sandbox, 'estate'>, options: FleetOptions, wanted: Wanted): Generator<Site> {
  const { seed = 1, accounts = ['111111111111'], regions = ['ap-northeast-2'] } = options;
  const labels = new Dice(seed, wanted.what).shuffled(labelsOf(options, wanted));
  for (const [index, label] of labels.entries()) {
    const dice = new Dice(seed, `${wanted.what} ${index}`);
    const region = estate.account(dice.pick(accounts)).region(dice.pick(regions));
    yield { region, dice, number: index + 1, label };
  }
}

function labelsOf({ idleShare = 0.2, exemptShare = 0.25 }: FleetOptions, { count, exemptions }: Wanted): Label[] {
  const idle = Math.round(count * idleShare);
  const exempt = Math.min(count - idle, Math.round(count * exemptShare));
  const used = count - idle - exempt;
  const [batch, spiky] = [Math.round(used * 0.1), Math.round(used * 0.2)];
  const times = (n: number, label: Label): Label[] => Array.from({ length: n }, () => label);
  return [
    ...times(idle, 'idle'),
    ...Array.from({ length: exempt }, (_, n): Label => `exempt:${exemptions[n % exemptions.length] ?? 'protected'}`),
    ...times(batch, 'batch'),
    ...times(spiky, 'spiky'),
    ...times(used - batch - spiky, 'busy'),
  ];
}
