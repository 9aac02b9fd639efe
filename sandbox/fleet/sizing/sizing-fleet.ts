import { DAY } from '../../clock.ts';
import type { Sandbox } from '../../sandbox.ts';
import { Dice } from '../dice.ts';
import { buildDatabase } from './databases.ts';
import { saleDaysBefore } from './demand.ts';
import { buildInstance } from './instances.ts';
import type { Plot } from './plot.ts';
import { buildSnapshot } from './snapshots.ts';
import { SizingFleet, type SizingLabel, type SnapshotLabel, type VolumeLabel } from './truth.ts';
import { buildVolume } from './volumes.ts';

export interface SizingFleetOptions {
  /** Decides everything: names, ids, types, metrics. Default: 1. */
  readonly seed?: number;
  /** Default: 111111111111. */
  readonly account?: string;
  /** Default: ap-northeast-2. */
  readonly region?: string;
  /** Of the instances, which take turns. Default: all but `steady`. */
  readonly labels?: readonly SizingLabel[];
  /** How many of each kind; the labels take turns. Defaults: 44, 18, 28, 12. */
  readonly instances?: number;
  readonly databases?: number;
  readonly volumes?: number;
  readonly snapshots?: number;
  /** What the roles `lamplighter-look` and `lamplighter-act` of the account ask for. Default: lamplighter. */
  readonly externalId?: string;
}

const OF_BOTH: readonly SizingLabel[] = [
  'oversized',
  'right-sized',
  'undersized',
  'memory-bound',
  'growing',
  'sale-day',
  'oversized',
  'memory-short',
  'bursty',
];
const OF_INSTANCES: readonly SizingLabel[] = [...OF_BOTH, 'memory-unknown', 'out-of-credits', 'long-stopped'];
const OF_VOLUMES: readonly VolumeLabel[] = [
  'unattached',
  'gp2',
  'gp3',
  'gp2-fast',
  'just-detached',
  'iops-unused',
  'iops-used',
];
const OF_SNAPSHOTS: readonly SnapshotLabel[] = ['orphan', 'of-image', 'of-volume'];

/**
 * Fills one account and region with machines, volumes and snapshots of every size of wrong, and says what is what. Their
 * metrics reach 410 days back and follow what is done: a machine of half the size is twice as busy, from the moment of
 * its change on. The same options give the same fleet at the same sandbox time.
 */
export function seedSizingFleet(sandbox: Pick<Sandbox, 'estate'>, options: SizingFleetOptions = {}): SizingFleet {
  const { account = '111111111111', externalId = 'lamplighter' } = options;
  const { instances = 44, databases = 18, volumes = 28, snapshots = 12, labels = OF_INSTANCES } = options;
  for (const role of ['lamplighter-look', 'lamplighter-act'])
    sandbox.estate.account(account).role(role, { externalId });
  const today = Math.floor(sandbox.estate.clock.now().getTime() / DAY);
  const fleet = new SizingFleet(saleDaysBefore(today));
  const plots = <Label>(what: string, count: number, kinds: readonly Label[]) =>
    plotsOf(sandbox, options, { what, count, labels: kinds, saleDays: fleet.saleDays });
  for (const plot of plots('instance', instances, labels)) fleet.add(buildInstance(plot));
  for (const plot of plots('database', databases, OF_BOTH)) fleet.add(buildDatabase(plot));
  for (const plot of plots('volume', volumes, OF_VOLUMES)) fleet.add(buildVolume(plot));
  for (const plot of plots('snapshot', snapshots, OF_SNAPSHOTS)) fleet.add(buildSnapshot(plot));
  return fleet;
}

interface Wanted<Label> {
  readonly what: string;
  readonly count: number;
  readonly labels: readonly Label[];
  readonly saleDays: readonly Date[];
}

function plotsOf<Label>(
  { estate }: Pick<Sandbox, 'estate'>,
  { seed = 1, account = '111111111111', region = 'ap-northeast-2' }: SizingFleetOptions,
  { what, count, labels, saleDays }: Wanted<Label>,
) {
  const now = estate.clock.now().getTime();
  return Array.from({ length: count }, (_, nth) => {
    const dice = new Dice(seed, `sizing ${what} ${nth}`);
    return {
      region: estate.account(account).region(region),
      dice,
      seed: dice.between(1, 1_000_000),
      number: nth + 1,
      label: labels[nth % labels.length]!,
      now,
      today: Math.floor(now / DAY),
      saleDays: new Set(saleDays.map((day) => day.getTime() / DAY)),
    } satisfies Omit<Plot<never>, 'label'> & { label: Label };
  });
}
