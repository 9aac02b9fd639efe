import { type Evidence, known } from '../evidence.ts';
import { type ConnectionNeed, connectionNeed, connectionsIn } from './connections.ts';
import { type CpuNeed, cpuNeed } from './cpu-need.ts';
import type { DemandSummary, MetricDemand } from './demand.ts';
import { type Bandwidth, type InstanceTypeFacts, sustainedVcpus } from './instance-type.ts';
import { type LookingBack, lastDays, lastHours } from './look-back.ts';
import { type MemoryNeed, memoryNeed } from './memory-need.ts';

/** So full may the network and the volumes of the new size become. */
const BANDWIDTH_SHARE = 0.8;

export interface Needs {
  readonly cpu: CpuNeed;
  readonly memory: Evidence<MemoryNeed>;
  /** Of a database only. */
  readonly connections?: Evidence<ConnectionNeed>;
  readonly bandwidth: Readonly<Record<BandwidthKind, Evidence<Bandwidth>>>;
}

type BandwidthKind = 'networkBytes' | 'storageBytes' | 'storageOperations';

const BANDWIDTHS: Readonly<
  Record<BandwidthKind, { readonly what: string; readonly unit: string; readonly per: number }>
> = {
  networkBytes: { what: 'network', unit: 'MB/s', per: 1e6 },
  storageBytes: { what: 'EBS throughput', unit: 'MB/s', per: 1e6 },
  storageOperations: { what: 'EBS operations', unit: 'IOPS', per: 1 },
};

/** What the machine must keep; unknown when its CPU is. The rest may be unknown by itself. */
export function needsOf(demand: DemandSummary, saleDays: readonly Date[]): Evidence<Needs> {
  const cpu = cpuNeed(demand, saleDays);
  if (!cpu.known) return cpu;
  const { networkBytesPerSecond, storageBytesPerSecond, storageOperationsPerSecond } = demand;
  return known({
    cpu: cpu.value,
    memory: memoryNeed(demand),
    ...(demand.connections ? { connections: connectionNeed(demand.connections, demand) } : {}),
    bandwidth: {
      networkBytes: bandwidthNeed(networkBytesPerSecond, demand),
      storageBytes: bandwidthNeed(storageBytesPerSecond, demand),
      storageOperations: bandwidthNeed(storageOperationsPerSecond, demand),
    },
  });
}

/** The busiest hour must fit into what a type can always move, the highest peak into what it can move for a while. */
function bandwidthNeed({ hourly, daily }: MetricDemand, looking: LookingBack): Evidence<Bandwidth> {
  const hours = lastHours(hourly.Average, looking);
  const peaks = lastDays(daily.Maximum, looking);
  if (!hours.known) return hours;
  if (!peaks.known) return peaks;
  return known({
    baseline: Math.max(...hours.value.values) / BANDWIDTH_SHARE,
    burst: Math.max(...peaks.value.values) / BANDWIDTH_SHARE,
  });
}

/** Whether a type meets the needs of a machine that runs on another one now. */
export interface Fit {
  /** In what it falls short. */
  readonly tooSmall: readonly string[];
  /** Of what it may have too little, while nobody knows how much is needed. */
  readonly unproven: readonly string[];
}

export function fitOf(candidate: InstanceTypeFacts, present: InstanceTypeFacts, needs: Needs): Fit {
  const judged = [
    cpuFit(candidate, present, needs.cpu),
    memoryFit(candidate, present, needs.memory),
    connectionsFit(candidate, present, needs.connections),
    ...KINDS.map((kind) => bandwidthFit(kind, { candidate, present, need: needs.bandwidth[kind] })),
  ];
  return { tooSmall: judged.flatMap((one) => one.tooSmall), unproven: judged.flatMap((one) => one.unproven) };
}

const KINDS: readonly BandwidthKind[] = ['networkBytes', 'storageBytes', 'storageOperations'];
const FITS: Fit = { tooSmall: [], unproven: [] };
const tooSmall = (why: string): Fit => ({ tooSmall: [why], unproven: [] });
const unproven = (what: string): Fit => ({ tooSmall: [], unproven: [what] });

/** A burstable type must earn in a day what its busiest day uses, and have the vCPUs for the peaks. */
function cpuFit(candidate: InstanceTypeFacts, present: InstanceTypeFacts, need: CpuNeed): Fit {
  const speed = speedOf(candidate, present);
  const vcpus = (need.percent / 100) * present.vcpus;
  if (candidate.vcpus * speed < vcpus)
    return tooSmall(`needs ${round(vcpus)} vCPUs, has ${round(candidate.vcpus * speed)}`);
  const daily = (need.busiestDayPercent / 100) * present.vcpus;
  const earned = sustainedVcpus(candidate) * speed;
  if (candidate.burstable && earned < daily) {
    return tooSmall(`uses ${round(daily)} vCPUs over its busiest day, the CPU credits give ${round(earned)}`);
  }
  return FITS;
}

/** A slower clock makes a vCPU count for less; a faster one, or one of another architecture, counts as one. */
export function speedOf(candidate: InstanceTypeFacts, present: InstanceTypeFacts): number {
  const comparable = candidate.architectures.some((one) => present.architectures.includes(one));
  if (!comparable || !candidate.clockGhz || !present.clockGhz) return 1;
  return Math.min(1, candidate.clockGhz / present.clockGhz);
}

function memoryFit(candidate: InstanceTypeFacts, present: InstanceTypeFacts, need: Evidence<MemoryNeed>): Fit {
  if (!need.known) return isSmaller(candidate, present) ? unproven(need.why) : FITS;
  const mib = (need.value.percent / 100) * present.memoryMib;
  if (candidate.memoryMib >= mib) return FITS;
  return tooSmall(`needs ${gib(mib)} GiB of memory, has ${gib(candidate.memoryMib)}`);
}

/** What swaps or waits for its disks for want of memory needs the CPU that it has, too: so nothing may be less. */
const isSmaller = (candidate: InstanceTypeFacts, present: InstanceTypeFacts): boolean =>
  candidate.vcpus < present.vcpus ||
  candidate.memoryMib < present.memoryMib ||
  (candidate.burstable && !present.burstable);

/** RDS derives how many connections it takes from the memory of the class: less of it refuses those that came before. */
function connectionsFit(
  candidate: InstanceTypeFacts,
  present: InstanceTypeFacts,
  need: Evidence<ConnectionNeed> | undefined,
): Fit {
  if (!need || candidate.memoryMib >= present.memoryMib) return FITS;
  if (!need.known) return unproven(need.why);
  const { connections, limit } = need.value;
  const allowed = connectionsIn(candidate.memoryMib, limit);
  if (allowed >= connections || allowed >= connectionsIn(present.memoryMib, limit)) return FITS;
  return tooSmall(`allows about ${count(allowed)} connections, needs ${count(connections)}`);
}

function bandwidthFit(
  kind: BandwidthKind,
  { candidate, present, need }: { candidate: InstanceTypeFacts; present: InstanceTypeFacts; need: Evidence<Bandwidth> },
): Fit {
  const { what, unit, per } = BANDWIDTHS[kind];
  const [has, had] = [candidate[kind], present[kind]];
  if (!has) return had ? unproven(`the ${what} of ${candidate.name} is unknown`) : FITS;
  if (had && has.baseline >= had.baseline && has.burst >= had.burst) return FITS;
  if (!need.known) return unproven(`${what} unknown: ${need.why}`);
  if (has.baseline >= need.value.baseline && has.burst >= need.value.burst) return FITS;
  const [needs, gives] =
    has.baseline < need.value.baseline ? [need.value.baseline, has.baseline] : [need.value.burst, has.burst];
  return tooSmall(`needs ${round(needs / per)} ${unit} of ${what}, has ${round(gives / per)}`);
}

const round = (value: number): string => String(Math.round(value * 100) / 100);
const gib = (mib: number): string => round(mib / 1024);
const count = (value: number): string => value.toLocaleString('en-US');
