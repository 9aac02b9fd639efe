import type { _InstanceType } from '@aws-sdk/client-ec2';
import { isBurstable, type Machine, machineOf } from '../../catalogue/machine.ts';
import { DAY } from '../../clock.ts';
import { instanceState, type StoredInstance } from '../../estate/ec2-shapes.ts';
import { type Load, steady, times } from '../load.ts';
import type { Lifetime } from '../series.ts';
import { asTagList } from '../site.ts';
import { runAgent } from './agent.ts';
import { type Demand, demandOf } from './demand.ts';
import { type Meter, meteredSeries } from './metered.ts';
import { byteBalance, cpuPercent, creditBalance, instancePlace, ioBalance, meterOf, surplusCharged } from './meters.ts';
import type { Plot } from './plot.ts';
import { Surge } from './surge.ts';
import type { SizingTruth } from './truth.ts';

const TYPES = ['m5.2xlarge', 'm6i.2xlarge', 'm7i.2xlarge', 'm7g.2xlarge', 'c6i.4xlarge', 'r6i.2xlarge'] as const;
const SMALL = ['m5.large', 'm6i.large', 'c6i.large', 'm7g.large'] as const;

/** What a vCPU that is busy moves in five minutes. */
const OF_A_VCPU = {
  NetworkIn: 60e6,
  NetworkOut: 120e6,
  EBSReadOps: 20_000,
  EBSWriteOps: 12_000,
  EBSReadBytes: 640e6,
  EBSWriteBytes: 320e6,
} as const;

/** Builds one instance with its metrics. */
export function buildInstance(plot: Plot<'instance'>): SizingTruth {
  const { region, dice, number, label, now } = plot;
  const InstanceType = typeFor(plot);
  const machine = machineOf(InstanceType)!;
  const instance = region.ec2.addInstance({
    InstanceId: `i-0${dice.hex(16)}`,
    ImageId: `ami-0${dice.hex(16)}`,
    InstanceType,
    LaunchTime: new Date(now - dice.between(420, 700) * DAY),
    Placement: { AvailabilityZone: region.name + dice.pick(['a', 'c']), Tenancy: 'default' },
    ...(dice.chance(0.2) ? { publicIp: dice.pick(['amazon', 'elastic']) } : {}),
    root: { VolumeId: `vol-0${dice.hex(16)}`, Size: 30 },
    Tags: asTagList({ Name: `${label}-${number}`, owner: 'shop' }),
    ...stoppedSince(plot),
  });
  const surge = new Surge(region.place.world.clock);
  const demand = label === 'out-of-credits' ? starving(plot, machine) : demandOf(label, machine, plot);
  measure(plot, instance, { demand, surge });
  const { account, region: where } = region.place;
  return {
    arn: `arn:aws:ec2:${where}:${account}:instance/${instance.InstanceId}`,
    kind: 'instance',
    id: instance.InstanceId,
    label,
    boughtAs: InstanceType,
    need: demand.need,
    surge,
  };
}

function typeFor({ label, dice }: Plot<'instance'>): _InstanceType {
  if (label === 'out-of-credits') return dice.pick(['t3.large', 't4g.large']);
  if (label === 'undersized' || label === 'memory-short') return dice.pick(SMALL);
  return dice.pick(TYPES);
}

/** Uses seven tenths of its CPUs all day, where three are its baseline. */
function starving({ seed, today, saleDays }: Plot<'instance'>, machine: Machine): Demand {
  const plain = demandOf('right-sized', machine, { seed, today, saleDays });
  const vcpus = machine.vcpus * 0.7;
  return { ...plain, vcpus: steady(vcpus), need: { ...plain.need, vcpus } };
}

/** The only trace of a stop is the reason of the transition. */
function stoppedSince({ label, dice, now }: Plot<'instance'>) {
  if (label !== 'long-stopped') return {};
  const at = new Date(now - dice.between(60, 200) * DAY).toISOString().slice(0, 19).replace('T', ' ');
  return { State: instanceState('stopped'), StateTransitionReason: `User initiated (${at} GMT)` };
}

interface Measured {
  readonly demand: Demand;
  readonly surge: Surge;
}

function measure(plot: Plot<'instance'>, instance: StoredInstance, { demand, surge }: Measured): void {
  const { region, label, now } = plot;
  const { InstanceId, InstanceType } = instance;
  const { clock } = region.place.world;
  const stopped = label === 'long-stopped' ? now - 60 * DAY : undefined;
  const life: Lifetime = { from: now - 410 * DAY, until: () => stopped ?? clock.now().getTime() };
  const place = instancePlace(region.ec2, instance);
  const put = (metric: string, load: Load, meter: Meter) =>
    region.cloudwatch.series(
      { namespace: 'AWS/EC2', metric, dimensions: { InstanceId } },
      meteredSeries(load, meter, life),
    );
  const plain = meterOf(place, surge, (value) => value);
  const inProportion = (factor: number) => times(demand.vcpus, () => factor);
  put('CPUUtilization', demand.vcpus, meterOf(place, surge, cpuPercent));
  for (const [metric, each] of Object.entries(OF_A_VCPU)) put(metric, inProportion(each), plain);
  put(
    'EBSIOBalance%',
    inProportion((OF_A_VCPU.EBSReadOps + OF_A_VCPU.EBSWriteOps) / 300),
    meterOf(place, surge, ioBalance),
  );
  put(
    'EBSByteBalance%',
    inProportion((OF_A_VCPU.EBSReadBytes + OF_A_VCPU.EBSWriteBytes) / 300),
    meterOf(place, surge, byteBalance),
  );
  put('StatusCheckFailed', steady(0), plain);
  if (isBurstable(machineOf(InstanceType)!)) {
    put('CPUCreditBalance', demand.vcpus, meterOf(place, surge, creditBalance));
    put('CPUSurplusCreditsCharged', demand.vcpus, meterOf(place, surge, surplusCharged));
    put('CPUCreditUsage', inProportion(5), plain);
  }
  if (label !== 'memory-unknown') runAgent(plot, instance, { demand, surge, life });
}
