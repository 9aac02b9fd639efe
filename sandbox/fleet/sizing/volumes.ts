import { DAY } from '../../clock.ts';
import type { StoredInstance, StoredVolume } from '../../estate/ec2-shapes.ts';
import type { VolumeSpec } from '../../estate/ec2-volume.ts';
import { type Load, murmur, steady, times, workdays } from '../load.ts';
import { seriesOf } from '../series.ts';
import { asTagList } from '../site.ts';
import type { Plot } from './plot.ts';
import type { SizingTruth } from './truth.ts';

/** Operations a second at noon of a workday. */
const NOON_IOPS: Readonly<Record<Plot<'volume'>['label'], number>> = {
  unattached: 20,
  'just-detached': 20,
  gp2: 60,
  'gp2-fast': 2600,
  'iops-unused': 40,
  'iops-used': 4400,
  gp3: 300,
};

/** How many days ago, at least and at most, it was detached. Default: it is attached. */
const DETACHED_DAYS: Partial<Record<Plot<'volume'>['label'], readonly [number, number]>> = {
  unattached: [45, 200],
  'just-detached': [2, 20],
};

/** What an operation a second comes to in five minutes, of 16 KiB each. */
const OF_AN_IOPS = {
  VolumeReadOps: 300 * 0.6,
  VolumeWriteOps: 300 * 0.4,
  VolumeReadBytes: 300 * 0.6 * 16_384,
  VolumeWriteBytes: 300 * 0.4 * 16_384,
  VolumeQueueLength: 0.001,
} as const;

/** Builds one volume, attached to an instance of the fleet unless it is to be attached to nothing. */
export function buildVolume(plot: Plot<'volume'>): SizingTruth {
  const { region, dice, label, number, now } = plot;
  const host = DETACHED_DAYS[label] ? undefined : hostFor(plot);
  const volume = region.ec2.addVolume({
    VolumeId: `vol-0${dice.hex(16)}`,
    CreateTime: new Date(now - dice.between(420, 700) * DAY),
    ...shapeOf(plot),
    Tags: asTagList({ Name: `${label}-${number}`, owner: 'shop' }),
    ...(host ? { attachTo: host.InstanceId } : {}),
  });
  measure(plot, volume);
  const { account, region: where } = region.place;
  return {
    arn: `arn:aws:ec2:${where}:${account}:volume/${volume.VolumeId}`,
    kind: 'volume',
    id: volume.VolumeId,
    label,
    boughtAs: volume.VolumeType ?? '',
  };
}

function hostFor({ region, number }: Plot<'volume'>): StoredInstance {
  const running = [...region.ec2.instances.values()].filter((one) => one.State.Name === 'running');
  const host = running[number % running.length];
  if (!host) throw new Error('volumes want running instances to be attached to');
  return host;
}

function shapeOf({ label, dice }: Plot<'volume'>): VolumeSpec {
  switch (label) {
    case 'gp2':
      return { VolumeType: 'gp2', Size: dice.pick([50, 100, 500]) };
    case 'gp2-fast':
      return { VolumeType: 'gp2', Size: dice.pick([2000, 3000]) };
    case 'iops-unused':
      return { VolumeType: dice.pick(['io1', 'io2']), Size: 400, Iops: 8000 };
    case 'iops-used':
      return { VolumeType: dice.pick(['io1', 'io2']), Size: 400, Iops: 10_000 };
    case 'gp3':
      return { VolumeType: 'gp3', Size: dice.pick([100, 300]) };
    default:
      return { VolumeType: dice.pick(['gp3', 'gp2']), Size: dice.pick([100, 300]) };
  }
}

/** A volume is measured while it is attached, so the last point of its metrics says when it was detached. */
function measure({ region, label, seed, dice, now }: Plot<'volume'>, volume: StoredVolume): void {
  const { clock } = region.place.world;
  const days = DETACHED_DAYS[label];
  const detached = days && now - dice.between(...days) * DAY;
  const life = { from: now - 410 * DAY, until: () => detached ?? clock.now().getTime() };
  const iops = workdays(seed, NOON_IOPS[label]);
  const inProportion = (factor: number) => times(iops, () => factor);
  const put = (metric: string, load: Load) =>
    region.cloudwatch.series(
      { namespace: 'AWS/EBS', metric, dimensions: { VolumeId: volume.VolumeId } },
      seriesOf(load, life),
    );
  for (const [metric, each] of Object.entries(OF_AN_IOPS)) {
    put(metric, inProportion(each));
  }
  // Seconds of five minutes.
  put('VolumeIdleTime', murmur(seed + 1, NOON_IOPS[label] > 1000 ? 40 : 220));
  if (volume.VolumeType === 'gp2') put('BurstBalance', steady(100));
  if (volume.VolumeType === 'io1' || volume.VolumeType === 'io2') {
    put('VolumeThroughputPercentage', steady(100));
    put('VolumeConsumedReadWriteOps', inProportion(300));
  }
}
