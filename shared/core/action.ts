import type { Identity } from './identity.ts';
import {
  describeScheduled,
  type Mutes,
  type ScheduledAction,
  scheduledTargetOf,
  type Unmutes,
} from './off-hours/action.ts';
import { MUTE, SCHEDULED_PERMISSIONS, UNMUTE } from './off-hours/permissions.ts';
import { type CopySnapshot, type SnapshotAction, snapshotArnOf } from './retention/action.ts';

/** Everything Lamplighter may do to an account. Adding a kind is a security review. */
export type Action =
  | (Mutes & {
      readonly kind: 'stop-database';
      readonly database: Identity;
      readonly expect: { readonly status: 'available'; readonly form: 'instance' | 'cluster' };
    })
  | (Mutes & {
      readonly kind: 'stop-instance';
      readonly instance: Identity;
      readonly expect: { readonly state: 'running'; readonly instanceType: string };
    })
  | (Unmutes & {
      readonly kind: 'start-database';
      readonly database: Identity;
      readonly expect: { readonly status: 'stopped'; readonly form: 'instance' | 'cluster' };
    })
  | (Unmutes & {
      readonly kind: 'start-instance';
      readonly instance: Identity;
      readonly expect: { readonly state: 'stopped'; readonly instanceType: string };
    })
  | (Grows & {
      readonly kind: 'resize-instance';
      readonly instance: Identity;
      /** Instance types. The instance runs as the first when the action begins. */
      readonly from: string;
      readonly to: string;
    })
  | (Grows & {
      readonly kind: 'change-volume-type';
      readonly volume: Identity;
      readonly from: VolumeSpec;
      readonly to: VolumeSpec;
    })
  | (Grows & {
      readonly kind: 'resize-database';
      readonly database: Identity;
      /** Database instance classes. */
      readonly from: string;
      readonly to: string;
    })
  | (Grows & {
      readonly kind: 'change-database-storage';
      readonly database: Identity;
      readonly from: VolumeSpec;
      readonly to: VolumeSpec;
    })
  | { readonly kind: 'snapshot-and-delete-volume'; readonly volume: Identity }
  | {
      readonly kind: 'reboot-instance';
      readonly instance: Identity;
      readonly expect: Launched;
    }
  | {
      /** Stopped and started, which brings it to another host. */
      readonly kind: 'move-instance';
      readonly instance: Identity;
      readonly expect: Launched & { readonly instanceType: string };
    }
  | {
      readonly kind: 'set-unlimited-credits';
      readonly instance: Identity;
      readonly from: CreditMode;
      readonly to: CreditMode;
      /** Without the mark it gives: only taking it back takes. */
      readonly direction?: 'takes';
    }
  | SnapshotAction
  | ScheduledAction;

/** What may go either way: without the mark it takes. Growing, and taking back what was shrunk, gives. */
interface Grows {
  readonly direction?: 'gives';
}

/** An instance that runs since then: an ISO time, EC2's `LaunchTime`, which every start changes and no reboot does. */
interface Launched {
  readonly state: 'running';
  readonly launchedAt: string;
}

/** What a burstable instance does without CPU credits: fall back to its baseline, or go on and be billed for it. */
export type CreditMode = 'standard' | 'unlimited';

/** A volume, or a database's storage. What is absent is the type's own: not every type has it provisioned. */
export interface VolumeSpec {
  /** `gp2`, `gp3`, `io2`, ... */
  readonly type: string;
  readonly sizeGiB: number;
  /** Provisioned operations a second. */
  readonly iops?: number;
  /** Provisioned MiB a second. */
  readonly throughputMiBs?: number;
}

export type ActionKind = Action['kind'];

/** Every kind `takes` (stop, shrink, delete), `gives` (start, grow) or is `neutral` (snapshot, tag). */
export type Direction = 'takes' | 'gives' | 'neutral';

/** How far Lamplighter can take the action back. */
export type Reversibility = 'full' | 'partial' | 'none';

/** What taking an action back would not bring back; nothing when it is `full`. */
export interface Undo {
  readonly reversibility: Reversibility;
  readonly loses?: string;
}

/** A resource that was stopped and started is as it was, but for public addresses that were not Elastic IPs. */
export function undoOfRestart({ released }: { readonly released: number }): Undo {
  if (released === 0) return { reversibility: 'full' };
  return { reversibility: 'partial', loses: 'its public IPv4 address: a start brings a new one' };
}

/** How far each kind can be taken back at best; what a resource would lose besides is in its proposal. */
export const REVERSIBILITY = {
  'stop-database': 'full',
  'stop-instance': 'full',
  'start-database': 'full',
  'start-instance': 'full',
  'stop-auto-scaling-group': 'full',
  'start-auto-scaling-group': 'full',
  'stop-service': 'full',
  'start-service': 'full',
  'pause-warehouse': 'full',
  'resume-warehouse': 'full',
  'resize-instance': 'full',
  'change-volume-type': 'full',
  'resize-database': 'full',
  'change-database-storage': 'full',
  'snapshot-and-delete-volume': 'none',
  // It runs again as it did: there is nothing to take back.
  'reboot-instance': 'full',
  'move-instance': 'full',
  'set-unlimited-credits': 'full',
  'create-snapshot': 'none',
  'copy-snapshot': 'none',
  'delete-snapshot': 'none',
} as const satisfies Record<ActionKind, Reversibility>;

/**
 * Whether the policy alone may let it through: what can be taken back in full; a snapshot and larger storage, which take
 * nothing from anybody; and the end of a snapshot of Lamplighter's own that has expired, the one delete of which that is true.
 */
export const mayRunUnattended = ({ action, undo }: { readonly action: Action; readonly undo: Undo }): boolean =>
  isSnapshotAction(action) ||
  growsStorage(action) ||
  (undo.reversibility === 'full' && REVERSIBILITY[action.kind] === 'full');

/** Storage never shrinks: what makes it larger cannot be taken back. */
export const growsStorage = (action: Action): boolean =>
  action.kind === 'change-database-storage' && action.to.sizeGiB > action.from.sizeGiB;

/** Whether the resource is for a moment down and then as it was, so that nothing stands that could be taken back. */
export const isRestart = ({ kind }: Action): boolean => kind === 'reboot-instance' || kind === 'move-instance';

/** Whether its resource is down for a while in between. */
export const hasOutage = (action: Action): boolean =>
  isRestart(action) || action.kind === 'resize-database' || action.kind === 'resize-instance';

/**
 * Whether AWS knows no token for it and shows nothing of it: nobody can tell whether it was done, so it must not be asked for
 * twice.
 */
export const isAskedOnce = ({ kind }: Action): boolean => kind === 'reboot-instance';

/** What only schedules stop and start. */
export const isScheduledAction = (action: Action): action is ScheduledAction => action.kind in SCHEDULED_PERMISSIONS;

/** What keeps, copies and ends snapshots of databases. */
export const isSnapshotAction = (action: Action): action is SnapshotAction => SNAPSHOT_KINDS.has(action.kind);

const SNAPSHOT_KINDS: ReadonlySet<ActionKind> = new Set(['create-snapshot', 'copy-snapshot', 'delete-snapshot']);

/** The IAM actions that carrying out a kind may call, stage by stage. */
export interface Permissions {
  readonly protect: readonly string[];
  readonly apply: readonly string[];
  readonly undo: readonly string[];
}

/** A type is changed while the instance is stopped, and taken back in the same way. */
const RESIZE_INSTANCE = [
  'ec2:StopInstances',
  'ec2:ModifyInstanceAttribute',
  'ec2:StartInstances',
  'kms:CreateGrant',
] as const;

/** What each kind may call; the role of the function that acts is tested against this table. */
export const PERMISSIONS = {
  'stop-database': {
    // The tags are given at creation, for which RDS asks for AddTagsToResource too.
    protect: ['rds:CreateDBSnapshot', 'rds:CreateDBClusterSnapshot', 'rds:AddTagsToResource'],
    apply: ['rds:StopDBInstance', 'rds:StopDBCluster', ...MUTE],
    undo: ['rds:StartDBInstance', 'rds:StartDBCluster', ...UNMUTE],
  },
  'stop-instance': {
    protect: [],
    apply: ['ec2:StopInstances', ...MUTE],
    undo: ['ec2:StartInstances', 'kms:CreateGrant', ...UNMUTE],
  },
  'start-database': {
    protect: [],
    apply: ['rds:StartDBInstance', 'rds:StartDBCluster', ...UNMUTE],
    undo: ['rds:StopDBInstance', 'rds:StopDBCluster', ...MUTE],
  },
  'start-instance': {
    protect: [],
    apply: ['ec2:StartInstances', 'kms:CreateGrant', ...UNMUTE],
    undo: ['ec2:StopInstances', ...MUTE],
  },
  ...SCHEDULED_PERMISSIONS,
  'resize-instance': { protect: [], apply: RESIZE_INSTANCE, undo: RESIZE_INSTANCE },
  'change-volume-type': { protect: [], apply: ['ec2:ModifyVolume'], undo: ['ec2:ModifyVolume'] },
  'resize-database': { protect: [], apply: ['rds:ModifyDBInstance'], undo: ['rds:ModifyDBInstance'] },
  'change-database-storage': { protect: [], apply: ['rds:ModifyDBInstance'], undo: ['rds:ModifyDBInstance'] },
  'snapshot-and-delete-volume': {
    // The tags are given at creation, for which EC2 asks for CreateTags too.
    protect: ['ec2:CreateSnapshot', 'ec2:CreateTags'],
    apply: ['ec2:DeleteVolume'],
    undo: [],
  },
  'reboot-instance': { protect: [], apply: ['ec2:RebootInstances'], undo: [] },
  'move-instance': {
    protect: [],
    apply: ['ec2:StopInstances', 'ec2:StartInstances', 'kms:CreateGrant'],
    // Whatever has become of it, it is to run.
    undo: ['ec2:StartInstances', 'kms:CreateGrant'],
  },
  'set-unlimited-credits': {
    protect: [],
    apply: ['ec2:ModifyInstanceCreditSpecification'],
    undo: ['ec2:ModifyInstanceCreditSpecification'],
  },
  'create-snapshot': {
    protect: [],
    apply: ['rds:CreateDBSnapshot', 'rds:CreateDBClusterSnapshot', 'rds:AddTagsToResource'],
    undo: [],
  },
  'copy-snapshot': {
    protect: [],
    apply: [
      'rds:CopyDBSnapshot',
      'rds:CopyDBClusterSnapshot',
      'rds:AddTagsToResource',
      // In the account of the source, so that another account can copy it.
      'rds:ModifyDBSnapshotAttribute',
      'rds:ModifyDBClusterSnapshotAttribute',
      'kms:CreateGrant',
      'kms:DescribeKey',
    ],
    // What hangs is called off, and what was shared is not any more.
    undo: [
      'rds:DeleteDBSnapshot',
      'rds:DeleteDBClusterSnapshot',
      'rds:ModifyDBSnapshotAttribute',
      'rds:ModifyDBClusterSnapshotAttribute',
    ],
  },
  'delete-snapshot': {
    protect: [],
    apply: ['rds:DeleteDBSnapshot', 'rds:DeleteDBClusterSnapshot'],
    undo: [],
  },
} as const satisfies Record<ActionKind, Permissions>;

/** Which way each kind goes, unless its action says otherwise. */
export const DIRECTIONS = {
  'stop-database': 'takes',
  'stop-instance': 'takes',
  'start-database': 'gives',
  'start-instance': 'gives',
  'stop-auto-scaling-group': 'takes',
  'start-auto-scaling-group': 'gives',
  'stop-service': 'takes',
  'start-service': 'gives',
  'pause-warehouse': 'takes',
  'resume-warehouse': 'gives',
  'resize-instance': 'takes',
  'change-volume-type': 'takes',
  'resize-database': 'takes',
  'change-database-storage': 'takes',
  'snapshot-and-delete-volume': 'takes',
  'reboot-instance': 'takes',
  'move-instance': 'takes',
  'set-unlimited-credits': 'gives',
  'create-snapshot': 'neutral',
  'copy-snapshot': 'neutral',
  'delete-snapshot': 'takes',
} as const satisfies Record<ActionKind, Direction>;

export const directionOf = (action: Action): Direction =>
  ('direction' in action && action.direction) || DIRECTIONS[action.kind];

/** Which kinds switch their resource off, and which on again; the others leave it as it is, or replace or end it. */
const POWERS = {
  'stop-database': 'off',
  'stop-instance': 'off',
  'start-database': 'on',
  'start-instance': 'on',
  'stop-auto-scaling-group': 'off',
  'start-auto-scaling-group': 'on',
  'stop-service': 'off',
  'start-service': 'on',
  'pause-warehouse': 'off',
  'resume-warehouse': 'on',
  'resize-instance': undefined,
  'change-volume-type': undefined,
  'resize-database': undefined,
  'change-database-storage': undefined,
  'snapshot-and-delete-volume': undefined,
  'create-snapshot': undefined,
  'copy-snapshot': undefined,
  'delete-snapshot': undefined,
  'reboot-instance': undefined,
  'move-instance': undefined,
  'set-unlimited-credits': undefined,
} as const satisfies Record<ActionKind, 'off' | 'on' | undefined>;

export const switchesOff = ({ kind }: Action): boolean => POWERS[kind] === 'off';
export const switchesOn = ({ kind }: Action): boolean => POWERS[kind] === 'on';

/**
 * Whether what was done goes on saving, so that it is looked after and booked. A snapshot that is gone does not: it is
 * incremental, and nobody can say what one of them has cost. Nor does what is up again.
 */
export const isFollowed = (action: Action): boolean =>
  directionOf(action) === 'takes' && action.kind !== 'delete-snapshot' && !isRestart(action);

/** The resource that the action is about; a snapshot has no other id than its ARN. */
export function targetOf(action: Action): Identity {
  switch (action.kind) {
    case 'stop-database':
    case 'start-database':
    case 'resize-database':
    case 'change-database-storage':
      return action.database;
    case 'stop-instance':
    case 'start-instance':
    case 'resize-instance':
    case 'reboot-instance':
    case 'move-instance':
    case 'set-unlimited-credits':
      return action.instance;
    case 'change-volume-type':
    case 'snapshot-and-delete-volume':
      return action.volume;
    case 'create-snapshot':
    case 'copy-snapshot':
    case 'delete-snapshot':
      return { arn: snapshotArnOf(action), id: snapshotArnOf(action) };
    case 'stop-auto-scaling-group':
    case 'start-auto-scaling-group':
    case 'stop-service':
    case 'start-service':
    case 'pause-warehouse':
    case 'resume-warehouse':
      return scheduledTargetOf(action);
    default:
      return action satisfies never;
  }
}

/** The action in words a person reads in a message: `stop the instance`, `resize the instance from m5.xlarge to m5.large`. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'stop-database':
      return action.expect.form === 'cluster' ? 'stop the database cluster' : 'stop the database';
    case 'start-database':
      return action.expect.form === 'cluster' ? 'start the database cluster' : 'start the database';
    case 'stop-instance':
      return 'stop the instance';
    case 'start-instance':
      return 'start the instance';
    case 'resize-instance':
      return `resize the instance from ${action.from} to ${action.to}`;
    case 'resize-database':
      return `resize the database from ${action.from} to ${action.to}`;
    case 'change-volume-type':
      return `change the volume from ${describeVolume(action.from)} to ${describeVolume(action.to)}`;
    case 'change-database-storage':
      if (growsStorage(action))
        return `grow the storage of the database from ${describeVolume(action.from)} to ${describeVolume(action.to)}`;
      return `change the storage of the database from ${describeVolume(action.from)} to ${describeVolume(action.to)}`;
    case 'snapshot-and-delete-volume':
      return 'snapshot the volume, then delete it';
    case 'reboot-instance':
      return 'reboot the instance';
    case 'move-instance':
      return 'stop and start the instance, which moves it to another host';
    case 'set-unlimited-credits':
      return `change the CPU credits of the instance from ${action.from} to ${action.to}`;
    case 'create-snapshot':
      return 'take a snapshot';
    case 'copy-snapshot':
      return describeCopy(action);
    case 'delete-snapshot':
      return 'delete the snapshot';
    case 'stop-auto-scaling-group':
    case 'start-auto-scaling-group':
    case 'stop-service':
    case 'start-service':
    case 'pause-warehouse':
    case 'resume-warehouse':
      return describeScheduled(action);
    default:
      return action satisfies never;
  }
}

function describeCopy({ purpose, source, scope }: CopySnapshot): string {
  if (purpose === 'retention') return 'copy the automated snapshot';
  if (purpose === 'handover') return 'copy the snapshot, so that another account can read it';
  const from = source.scope.account === scope.account ? '' : ` of the account ${source.scope.account}`;
  return `copy the snapshot from ${source.scope.region}${from}`;
}

/** What was done to the resource, in a word: `stopped`. */
export function describeDone(action: Action): string {
  const { kind } = action;
  switch (kind) {
    case 'stop-database':
    case 'stop-instance':
    case 'stop-auto-scaling-group':
    case 'stop-service':
      return 'stopped';
    case 'start-database':
    case 'start-instance':
    case 'start-auto-scaling-group':
    case 'start-service':
      return 'started';
    case 'pause-warehouse':
      return 'paused';
    case 'resume-warehouse':
      return 'resumed';
    case 'resize-instance':
    case 'resize-database':
      return 'resized';
    case 'change-volume-type':
    case 'set-unlimited-credits':
      return 'changed';
    case 'change-database-storage':
      return growsStorage(action) ? 'grown' : 'changed';
    case 'reboot-instance':
      return 'rebooted';
    case 'move-instance':
      return 'stopped and started';
    case 'snapshot-and-delete-volume':
    case 'delete-snapshot':
      return 'deleted';
    case 'create-snapshot':
      return 'taken';
    case 'copy-snapshot':
      return 'copied';
    default:
      return kind satisfies never;
  }
}

/** `100 GiB of gp3 with 3000 IOPS and 125 MiB/s` */
export function describeVolume({ type, sizeGiB, iops, throughputMiBs }: VolumeSpec): string {
  const provisioned = [
    ...(iops === undefined ? [] : [`${iops} IOPS`]),
    ...(throughputMiBs === undefined ? [] : [`${throughputMiBs} MiB/s`]),
  ];
  return `${sizeGiB} GiB of ${type}${provisioned.length > 0 ? ` with ${provisioned.join(' and ')}` : ''}`;
}
