import { type SizingFleetOptions, seedSizingFleet } from '../../sandbox/fleet/sizing/sizing-fleet.ts';
import type { SizingTruth } from '../../sandbox/fleet/sizing/truth.ts';
import type { Action } from '../../shared/core/action.ts';
import type { Plan, Proposal } from '../../shared/core/plan.ts';
import { handOver, PROPOSED, type Scene, steady } from './carry-out.ts';

/** What is too big, or of the wrong kind, and whose metrics follow what is done to it. */
export interface Subject {
  readonly truth: SizingTruth;
  readonly proposal: Proposal;
  /** What it is now: its type or class, with its state. */
  readonly now: () => string;
}

const SIZES = ['large', 'xlarge', '2xlarge', '4xlarge'];

/** The next smaller size of the same family. */
function oneSmaller(type: string): string {
  const [family, size = ''] = type.split(/\.(?=[^.]*$)/);
  return `${family}.${SIZES[SIZES.indexOf(size) - 1]}`;
}

/** An instance of two sizes too much, or one that would do with half of its size. */
export function oversizedInstance(scene: Scene, label: 'oversized' | 'steady' = 'oversized'): Subject {
  const truth = seedOne(scene, { instances: 1, labels: [label] });
  const stored = scene.region.ec2.instances.get(truth.id);
  if (!stored) throw new Error('it was just added');
  const [from, to] = [stored.InstanceType, oneSmaller(stored.InstanceType)];
  const action: Action = { kind: 'resize-instance', instance: { arn: truth.arn, id: truth.id }, from, to };
  return {
    truth,
    proposal: proposalOf(truth, { rule: 'oversized-instance', action, what: from }),
    now: () => `${stored.State.Name} ${stored.InstanceType}`,
  };
}

/** The metrics of an instance that uses a twentieth of everything, at any time. */
const CALM = {
  'AWS/EC2': {
    CPUUtilization: 5,
    StatusCheckFailed: 0,
    NetworkIn: 1e6,
    NetworkOut: 1e6,
    EBSReadOps: 1000,
    EBSWriteOps: 1000,
    EBSReadBytes: 1e6,
    EBSWriteBytes: 1e6,
  },
  CWAgent: { mem_used_percent: 5 },
} as const;

/** The proposal for one of many that are all alike, whatever is done to them. */
export function resizeOfCalm({ region }: Scene, name: string): Proposal {
  const { InstanceId: id } = region.ec2.addInstance({
    InstanceType: 'm5.2xlarge',
    LaunchTime: new Date('2026-01-01T00:00:00Z'),
    Tags: [{ Key: 'Name', Value: name }],
  });
  for (const [namespace, metrics] of Object.entries(CALM)) {
    for (const [metric, value] of Object.entries(metrics)) {
      steady(region, { namespace, metric, dimension: 'InstanceId', of: id, value });
    }
  }
  const { account, region: where } = region.ec2.place;
  const arn = `arn:aws:ec2:${where}:${account}:instance/${id}`;
  const action: Action = { kind: 'resize-instance', instance: { arn, id }, from: 'm5.2xlarge', to: 'm5.xlarge' };
  return proposalOf({ arn, id: name }, { rule: 'oversized-instance', action, what: 'm5.2xlarge' });
}

/** A database of two sizes too much. */
export function oversizedDatabase(scene: Scene, more: Readonly<Record<string, unknown>> = {}): Subject {
  const truth = seedOne(scene, { databases: 1 });
  const stored = scene.region.rds.instances.get(truth.id);
  if (!stored) throw new Error('it was just added');
  Object.assign(stored, more);
  const from = stored.DBInstanceClass ?? '';
  const database = { arn: truth.arn, id: stored.DbiResourceId ?? '' };
  const action: Action = { kind: 'resize-database', database, from, to: oneSmaller(from) };
  return {
    truth,
    proposal: proposalOf(truth, { rule: 'oversized-database', action, what: from }),
    now: () => `${stored.DBInstanceStatus} ${stored.DBInstanceClass}`,
  };
}

/** A volume that is attached to nothing since six weeks or more. */
export function looseVolume(scene: Scene): Subject {
  const truth = seedOne(scene, { volumes: 1 });
  const action: Action = { kind: 'snapshot-and-delete-volume', volume: { arn: truth.arn, id: truth.id } };
  const proposal = proposalOf(truth, { rule: 'unattached-volume', action, what: truth.boughtAs });
  return {
    truth,
    proposal: { ...proposal, undo: { reversibility: 'none', loses: 'the volume itself' } },
    now: () => scene.region.ec2.volumes.get(truth.id)?.State ?? 'gone',
  };
}

type Counts = Pick<SizingFleetOptions, 'instances' | 'labels' | 'databases' | 'volumes'>;

function seedOne({ sandbox }: Scene, counts: Counts): SizingTruth {
  const none = { instances: 0, databases: 0, volumes: 0, snapshots: 0 };
  const [truth] = seedSizingFleet(sandbox, { ...none, ...counts }).all();
  if (!truth) throw new Error('nothing was seeded');
  return truth;
}

function proposalOf(
  { arn, id }: Pick<SizingTruth, 'arn' | 'id'>,
  { rule, action, what }: Pick<Proposal, 'rule' | 'action'> & { readonly what: string },
): Proposal {
  return {
    ...PROPOSED,
    rule,
    action,
    because: 'it is too big',
    resource: { arn, name: id, region: 'ap-northeast-2', what },
  };
}

/** Approved and begun. */
export async function begun(scene: Scene, ...subjects: readonly Subject[]): Promise<Plan> {
  const { plan } = await handOver(
    scene,
    subjects.map(({ proposal }) => proposal),
    { approved: true },
  );
  return plan;
}
