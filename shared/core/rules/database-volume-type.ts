import type { VolumeSpec } from '../action.ts';
import { onHoursFor } from '../calendar/on-hours.ts';
import { known } from '../evidence.ts';
import type { DatabaseFacts, Flow } from '../facts.ts';
import { cap, mode, section } from '../policy-fields.ts';
import { type LookingBack, lastDays } from '../sizing/look-back.ts';
import { monthlyCost } from '../storage-price.ts';
import { utcMidnight } from '../time.ts';
import { type Judgement, lacks, leave, leaveUnknown } from '../verdict.ts';
import { exemptFromAll, type JudgeContext } from './exempt.ts';
import { codeOwnerOf, lineIn } from './infrastructure-code.ts';
import { whyNotResized } from './resize.ts';
import { differenceOf, tooSmall } from './saving.ts';

/** So full may the new storage become at what it was ever asked for. */
const SHARE = 0.8;

const MIB = 1024 ** 2;

/**
 * database-volume-type
 *   > Change the gp2 storage of an RDS database to gp3 where that is cheaper and what gp3 includes is enough for 28 days
 *   > of its IOPS and throughput. Where it costs the same it is suggested if gp3 gives more IOPS. What belongs to
 *   > CloudFormation or Terraform is only suggested, too.
 *   > Exempt: protected; vetoed; younger than 14 days; clusters and their members; RDS Custom; other storage; not
 *   > available; pending modifications; traffic unknown or too much; dearer; a saving below the policy's minimum.
 */
export function judgeDatabaseVolumeType(database: DatabaseFacts, context: JudgeContext): Judgement {
  const exempt = exemptFromAll(database, context) ?? whyNotResized(database, context) ?? whyNotGp2(database);
  if (exempt) return leave(exempt);

  const { prices, traffic } = database.evidence;
  const sizeGiB = database.storage.sizeGiB ?? 0;
  const from: VolumeSpec = { type: 'gp2', sizeGiB };
  const to: VolumeSpec = { type: 'gp3', sizeGiB };
  if (!prices) return lacks('prices');
  // What gp3 includes costs nothing beside its size.
  const costOf = (spec: VolumeSpec) => (prices.known ? monthlyCost(spec, prices.value) : prices);
  const saving = differenceOf(costOf(from), costOf(to));
  if (saving.known && saving.value.monthly.amount < 0) return leave('gp3 is dearer here');
  const included = includedInGp3(database);
  const faster = included.iops > 3 * sizeGiB;
  const small = tooSmall(saving, context.policy, 'gp3');
  if (small && !faster) return leave(small);

  const onHours = onHoursFor(database.tags, context);
  if (!onHours.known) return leaveUnknown(onHours.why);
  if (!traffic) return lacks('traffic');
  if (!traffic.known) return leaveUnknown(`its traffic is unknown: ${traffic.why}`);
  const looking = { until: utcMidnight(context.now), onHours: onHours.value };
  const operations = highest(traffic.value.storageOperations, looking);
  const bytes = highest(traffic.value.storageBytes, looking);
  if (!operations.known) return leaveUnknown(`its IOPS are unknown: ${operations.why}`);
  if (!bytes.known) return leaveUnknown(`its throughput is unknown: ${bytes.why}`);
  const used = `up to ${Math.ceil(operations.value)} IOPS and ${Math.ceil(bytes.value / MIB)} MiB/s`;
  if (operations.value > SHARE * included.iops || bytes.value > SHARE * included.throughputMiBs * MIB)
    return leave(
      `in use: ${used}, too near to what gp3 includes (${included.iops} IOPS, ${included.throughputMiBs} MiB/s)`,
    );

  const because = `it used ${used}, and gp3 includes ${included.iops} IOPS and ${included.throughputMiBs} MiB/s`;
  const owner = codeOwnerOf(database.tags);
  if (!owner && !small) {
    const action = { kind: 'change-database-storage', database: database.identity, from, to } as const;
    return { verdict: 'act', action, because, saving, undo: { reversibility: 'full' } };
  }
  const note = owner
    ? `owned by ${owner.name}, which would take the change back`
    : `it saves too little to be done for the money, but gp2 of this size has only ${3 * sizeGiB} IOPS for longer`;
  const step = owner
    ? lineIn(owner, { CloudFormation: 'StorageType', Terraform: 'storage_type' }, 'gp3')
    : `aws rds modify-db-instance --region ${database.scope.region} --db-instance-identifier ${database.name} --storage-type gp3`;
  return { verdict: 'find', kind: 'suggestion', because, note, step, saving };
}

const whyNotGp2 = ({ storage }: DatabaseFacts): string | undefined =>
  storage.storageType === 'gp2' ? undefined : `its storage is ${storage.storageType ?? 'unknown'}`;

/** What gp3 has without being asked: more once RDS stripes it over four volumes (RDS user guide, "gp3 storage"). */
export function includedInGp3({ engine, storage }: DatabaseFacts): {
  readonly iops: number;
  readonly throughputMiBs: number;
} {
  const stripedFrom = engine.startsWith('oracle') ? 200 : 400;
  const striped = !engine.startsWith('sqlserver') && (storage.sizeGiB ?? 0) >= stripedFrom;
  return striped ? { iops: 12_000, throughputMiBs: 500 } : { iops: 3000, throughputMiBs: 125 };
}

function highest({ daily }: Flow, looking: LookingBack) {
  const days = lastDays(known(daily), looking);
  return days.known ? known(Math.max(...days.value.values)) : days;
}

/** What can be set of it. */
export const databaseVolumeTypeSettings = section({
  mode: mode().optional(),
  cap: cap(),
}).prefault({});

/** As it is registered. */
export const databaseVolumeType = {
  type: 'database',
  judge: judgeDatabaseVolumeType,
  shows: ['traffic'],
} as const;
