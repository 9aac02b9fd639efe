import { known, unknown } from '../../shared/core/evidence.ts';
import type { InstanceFacts } from '../../shared/core/facts.ts';
import { money } from '../../shared/core/money.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
import { parseBytes, parseDays } from '../../shared/core/quantity.ts';
import { judgeOversizedInstance } from '../../shared/core/rules/oversized-instance.ts';
import type { Machine, SizingPolicy } from '../../shared/core/sizing/compatible.ts';
import { type DemandSummary, unknownDemand } from '../../shared/core/sizing/demand.ts';
import { type DailyUse, type IdleLimits, judgeIdleness } from '../../shared/core/sizing/idle.ts';
import type { InstanceTypeFacts } from '../../shared/core/sizing/instance-type.ts';
import { sizeOf } from '../../shared/core/sizing/size.ts';

/** The sizes that a machine may shrink to, in parts of its own. */
const FACTORS = [1 / 8, 1 / 4, 1 / 2, 1] as const;
export type Factor = (typeof FACTORS)[number];

const DEFAULTS = parsePolicy({});

/** Half the size is half the CPU, half the memory and half the price, as within a family. */
const TYPES = new Map(FACTORS.map((factor) => [typeOf(factor), factor]));

function typeOf(factor: Factor): InstanceTypeFacts {
  return {
    name: `m5.${factor * 8}xlarge`,
    architectures: ['x86_64'],
    virtualizationTypes: ['hvm'],
    currentGeneration: true,
    vcpus: 8 * factor,
    memoryMib: 32_768 * factor,
    burstable: false,
    ena: 'required',
    nvme: 'required',
    localDiskGb: 0,
    networkInterfaces: 4,
    hourlyPrice: known(money('USD', factor)),
  };
}

const MACHINE: Machine = {
  type: typeOf(1),
  virtualizationType: 'hvm',
  enaSupport: true,
  nvmeSupport: true,
  networkInterfaces: 1,
};
const POLICY: SizingPolicy = { types: ['*'], architecture: 'same', burstable: 'allowed', saleDays: [] };

/** A machine that has been running for long, and of which the traces tell all there is to know. */
const INSTANCE: InstanceFacts = {
  type: 'instance',
  identity: { arn: 'arn:aws:ec2:us-east-1:111111111111:instance/i-0abc', id: 'i-0abc' },
  name: 'traced',
  scope: { account: '111111111111', region: 'us-east-1' },
  tags: {},
  instanceType: MACHINE.type.name,
  state: 'running',
  launchedAt: new Date(0),
  lifecycle: 'on-demand',
  tenancy: 'default',
  usageOperation: 'RunInstances',
  rootDevice: 'ebs',
  addresses: { elastic: 0, released: 0 },
  hardware: {
    zone: 'us-east-1a',
    architecture: 'x86_64',
    virtualizationType: 'hvm',
    enaSupport: true,
    networkInterfaces: 1,
    hibernation: false,
    metricSeconds: 300,
  },
  evidence: {
    offered: known([...TYPES.keys()]),
    traffic: unknown('not in the traces'),
    stopProtection: known(false),
  },
};

/** By CPU alone: what the model says when nothing is known of the memory. */
export function byCpu(demand: DemandSummary): Factor {
  const question = {
    machine: MACHINE,
    demand: { ...demand, memoryPercent: unknownDemand('not looked at') },
    policy: POLICY,
  };
  const verdict = sizeOf(question, [...TYPES.keys()]);
  return verdict.verdict === 'shrink' ? (TYPES.get(verdict.to) ?? 1) : 1;
}

/** What the rule oversized-instance would carry out, at its defaults. */
export function byCpuAndMemory(demand: DemandSummary): Factor {
  const { cpuPercent, memoryPercent, until } = demand;
  const { p99, 'p99.9': p999 } = cpuPercent.daily;
  const evidence: InstanceFacts['evidence'] = {
    ...INSTANCE.evidence,
    cpuDays: p99.known && p999.known ? known({ p99: p99.value, 'p99.9': p999.value }) : unknown('not in the traces'),
    cpuHours: cpuPercent.hourly.Average,
    memoryHours: memoryPercent.hourly.Maximum,
  };
  const context = { now: until, policy: DEFAULTS, vetoes: [] };
  const judged = judgeOversizedInstance({ ...INSTANCE, evidence }, context);
  return judged.verdict === 'act' && judged.action.kind === 'resize-instance' ? factorNamed(judged.action.to) : 1;
}

const factorNamed = (name: string): Factor => FACTORS.find((factor) => typeOf(factor).name === name) ?? 1;

/** The limits of idle-instance at their defaults. */
const IDLE: IdleLimits = idleLimits();

function idleLimits(): IdleLimits {
  const { window, cpuPercent, networkBytesPerDay } = DEFAULTS.rules['idle-instance'];
  return { windowDays: parseDays(window), cpuPercent, networkBytes: parseBytes(networkBytesPerDay) };
}

export const isIdle = (use: DailyUse, until: Date): boolean => judgeIdleness(use, IDLE, { now: until }).idle;

/** Whether all days were as idle as the limits say, without exception: what idleness should foresee. */
export function wasIdle({ peakCpuPercent, networkBytes }: DailyUse): boolean {
  if (!peakCpuPercent.known || !networkBytes.known) return false;
  const cpu = peakCpuPercent.value.values.every((percent = 0) => percent < IDLE.cpuPercent);
  return cpu && networkBytes.value.values.every((bytes = 0) => bytes <= IDLE.networkBytes);
}
