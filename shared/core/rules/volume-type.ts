import type { VolumeSpec } from '../action.ts';
import { onHoursFor } from '../calendar/on-hours.ts';
import { type Evidence, known } from '../evidence.ts';
import type { DailySeries, VolumeFacts } from '../facts.ts';
import { cap, mode, section, since } from '../policy-fields.ts';
import { parseDays } from '../quantity.ts';
import { GP3_FREE, monthlyCost } from '../storage-price.ts';
import { type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext, tooYoung, wholeWindow } from './exempt.ts';
import { codeOwnerOf, lineIn } from './infrastructure-code.ts';
import { differenceOf, tooSmall } from './saving.ts';

/** So many times what was ever used is kept; what used more than the other half of it is left alone. */
const HEADROOM = 2;

/**
 * What a gp3 volume can have everywhere: since 2025 it may be 80,000 IOPS and 2,000 MiB/s, but not in every partition. Beyond
 * what is free it has at most so many IOPS a GiB, and needs so many for each MiB/s (EBS user guide, "General Purpose SSD
 * volumes").
 */
const GP3_MOST = { iops: 16_000, throughputMiBs: 1000 } as const;
const GP3_MOST_IOPS_PER_GIB = 500;
const GP3_IOPS_PER_MIBS = 4;

/** What is used differs from day to day. In steps the proposal stays the same. */
const STEP = { iops: 500, throughputMiBs: 25 } as const;

const MIB = 1024 ** 2;

/**
 * volume-type
 *   > Change a gp2 volume to gp3 with at least the IOPS and the throughput that gp2 gives a volume of its size; and an io1
 *   > or io2 volume that never used half of its provisioned IOPS to gp3 with twice the most that it ever used, or more if
 *   > AWS asks for it; where that is cheaper. Leaving io2 is only suggested: no metric shows whether somebody counts on its durability. So is what
 *   > belongs to CloudFormation or Terraform.
 *   > Exempt: protected; vetoed; another type; being changed; attached to several instances; IOPS in use or unknown; more
 *   > than gp3 can do; a saving below the policy's minimum.
 */
export function judgeVolumeType(volume: VolumeFacts, context: JudgeContext): Judgement {
  const exempt = exemptFromAll(volume, context) ?? whyNotChanged(volume);
  if (exempt) return leave(exempt);
  return volume.spec.type === 'gp2' ? judgeGp2(volume, context) : judgeProvisioned(volume, context);
}

function whyNotChanged({ spec, state, multiAttach }: VolumeFacts): string | undefined {
  if (!['gp2', 'io1', 'io2'].includes(spec.type)) return `its type is ${spec.type}`;
  if (state !== 'in-use' && state !== 'available') return `its state is ${state}`;
  return multiAttach ? 'it may be attached to several instances, which gp3 may not' : undefined;
}

/** IOPS and throughput of gp2 by size, the burst included (EBS user guide, "General Purpose SSD volumes"). */
function judgeGp2(volume: VolumeFacts, context: JudgeContext): Judgement {
  const { sizeGiB } = volume.spec;
  const performance = {
    iops: Math.min(GP3_MOST.iops, Math.max(GP3_FREE.iops, 3 * sizeGiB)),
    throughputMiBs: sizeGiB <= 170 ? 128 : 250,
  };
  return judgeChange(volume, context, { performance, because: 'gp3 gives what gp2 gives, for less' });
}

function judgeProvisioned(volume: VolumeFacts, context: JudgeContext): Judgement {
  const { spec, createdAt, evidence } = volume;
  const windowDays = parseDays(context.policy.rules['volume-type'].window);
  const young = tooYoung(createdAt, windowDays, context.now);
  if (young) return leave(young);
  const onHours = onHoursFor(volume.tags, context);
  if (!onHours.known) return leaveUnknown(onHours.why);
  const peakOf = (series: Evidence<DailySeries>, what: string): Evidence<number> => {
    const values = wholeWindow(series, { what, windowDays, now: context.now, onHours: onHours.value });
    return values.known ? known(Math.max(...values.value)) : values;
  };
  if (!evidence.peakOperations) return lacks('peakOperations');
  const operations = peakOf(evidence.peakOperations, 'IOPS');
  if (!operations.known) return leaveUnknown(operations.why);
  // Counted by the minute, it may seem more than there is.
  const most = Math.min(Math.ceil(operations.value), spec.iops ?? 0);
  const used = `up to ${most} of its ${spec.iops} provisioned IOPS in ${windowDays} days`;
  if (HEADROOM * operations.value > (spec.iops ?? 0)) return leave(`in use: ${used}`);
  if (!evidence.peakBytes) return lacks('peakBytes');
  const bytes = peakOf(evidence.peakBytes, 'throughput');
  if (!bytes.known) return leaveUnknown(bytes.why);
  const performance = roomFor({ operations: operations.value, bytes: bytes.value });
  return judgeChange(volume, context, { performance, because: `it used ${used}` });
}

/** The least that gp3 sells with twice as much as was used, in steps. */
function roomFor({
  operations,
  bytes,
}: {
  readonly operations: number;
  readonly bytes: number;
}): Change['performance'] {
  const throughputMiBs = Math.max(GP3_FREE.throughputMiBs, upTo(STEP.throughputMiBs, (HEADROOM * bytes) / MIB));
  const needed = Math.max(HEADROOM * operations, GP3_IOPS_PER_MIBS * throughputMiBs);
  return { iops: Math.max(GP3_FREE.iops, upTo(STEP.iops, needed)), throughputMiBs };
}

const upTo = (step: number, value: number): number => Math.ceil(value / step) * step;

interface Change {
  readonly performance: { readonly iops: number; readonly throughputMiBs: number };
  readonly because: string;
}

function judgeChange(volume: VolumeFacts, context: JudgeContext, { performance, because }: Change): Judgement {
  const { spec: from, evidence } = volume;
  const { iops, throughputMiBs } = performance;
  const mostIops = Math.max(GP3_FREE.iops, Math.min(GP3_MOST.iops, GP3_MOST_IOPS_PER_GIB * from.sizeGiB));
  if (iops > mostIops || throughputMiBs > GP3_MOST.throughputMiBs)
    return leave(`gp3 of ${from.sizeGiB} GiB does not give ${iops} IOPS and ${throughputMiBs} MiB/s everywhere`);
  if (!evidence.prices) return lacks('prices');
  const to: VolumeSpec = { type: 'gp3', sizeGiB: from.sizeGiB, iops, throughputMiBs };
  const { prices } = evidence;
  const costOf = (spec: VolumeSpec) => (prices.known ? monthlyCost(spec, prices.value) : prices);
  const saving = differenceOf(costOf(from), costOf(to));
  const small = tooSmall(saving, context.policy, `as gp3 with ${iops} IOPS and ${throughputMiBs} MiB/s it`);
  if (small) return leave(small);
  const note = whyOnlySuggested(volume);
  if (note) return { verdict: 'find', kind: 'suggestion', because, note, step: stepOf(volume, to), saving };
  return {
    verdict: 'act',
    action: { kind: 'change-volume-type', volume: volume.identity, from, to },
    because,
    saving,
    undo: { reversibility: 'full' },
  };
}

function whyOnlySuggested({ spec, tags }: VolumeFacts): string | undefined {
  const owner = codeOwnerOf(tags);
  if (owner) return `owned by ${owner.name}, which would take the change back`;
  return spec.type === 'io2'
    ? 'io2 is built to last (99.999 %), gp3 to 99.8 %: who chose it may have meant it'
    : undefined;
}

function stepOf({ identity, scope, tags }: VolumeFacts, { iops, throughputMiBs }: VolumeSpec): string {
  const owner = codeOwnerOf(tags);
  if (owner) return lineIn(owner, { CloudFormation: 'VolumeType', Terraform: 'type' }, 'gp3');
  return `aws ec2 modify-volume --region ${scope.region} --volume-id ${identity.id} --volume-type gp3 --iops ${iops} --throughput ${throughputMiBs}`;
}

/** What can be set of it. */
export const volumeTypeSettings = section({
  mode: mode().optional(),
  window: since('Provisioned IOPS must have been unused for so long', '28d'),
  cap: cap(),
}).prefault({});

/** As it is registered. */
export const volumeType = {
  type: 'volume',
  judge: judgeVolumeType,
  shows: ['peakOperations', 'peakBytes'],
} as const;
