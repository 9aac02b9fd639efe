import type { Identity } from './identity.ts';

/** Everything Lamplighter may do to an account. Adding a kind is a security review. */
export type Action =
  | {
      readonly kind: 'stop-database';
      readonly database: Identity;
      readonly expect: { readonly status: 'available'; readonly form: 'instance' | 'cluster' };
    }
  | {
      readonly kind: 'stop-instance';
      readonly instance: Identity;
      readonly expect: { readonly state: 'running'; readonly instanceType: string };
    }
  | {
      readonly kind: 'start-database';
      readonly database: Identity;
      readonly expect: { readonly status: 'stopped'; readonly form: 'instance' | 'cluster' };
    }
  | {
      readonly kind: 'start-instance';
      readonly instance: Identity;
      readonly expect: { readonly state: 'stopped'; readonly instanceType: string };
    };

export type ActionKind = Action['kind'];

/** Every kind `takes` (stop, shrink, delete), `gives` (start, grow) or is `neutral` (snapshot, tag). */
export type Direction = 'takes' | 'gives' | 'neutral';

/** How far Lamplighter can take the action back. Only `full` may ever run unattended. */
export type Reversibility = 'full' | 'partial' | 'none';

/** What taking an action back would not bring back; nothing when it is `full`. */
export interface Undo {
  readonly reversibility: Reversibility;
  readonly loses?: string;
}

/** The IAM actions that carrying out a kind may call, stage by stage. */
export interface Permissions {
  readonly protect: readonly string[];
  readonly apply: readonly string[];
  readonly undo: readonly string[];
}

/** What each kind may call; the role of the function that acts is tested against this table. */
export const PERMISSIONS = {
  'stop-database': {
    // The tags are given at creation, for which RDS asks for AddTagsToResource too.
    protect: ['rds:CreateDBSnapshot', 'rds:CreateDBClusterSnapshot', 'rds:AddTagsToResource'],
    apply: ['rds:StopDBInstance', 'rds:StopDBCluster'],
    undo: ['rds:StartDBInstance', 'rds:StartDBCluster'],
  },
  'stop-instance': { protect: [], apply: ['ec2:StopInstances'], undo: ['ec2:StartInstances', 'kms:CreateGrant'] },
  'start-database': {
    protect: [],
    apply: ['rds:StartDBInstance', 'rds:StartDBCluster'],
    undo: ['rds:StopDBInstance', 'rds:StopDBCluster'],
  },
  'start-instance': { protect: [], apply: ['ec2:StartInstances', 'kms:CreateGrant'], undo: ['ec2:StopInstances'] },
} as const satisfies Record<ActionKind, Permissions>;

export const DIRECTIONS = {
  'stop-database': 'takes',
  'stop-instance': 'takes',
  'start-database': 'gives',
  'start-instance': 'gives',
} as const satisfies Record<ActionKind, Direction>;

export const directionOf = (action: Action): Direction => DIRECTIONS[action.kind];

/** The resource that the action is about. */
export function targetOf(action: Action): Identity {
  switch (action.kind) {
    case 'stop-database':
    case 'start-database':
      return action.database;
    case 'stop-instance':
    case 'start-instance':
      return action.instance;
    default:
      return action satisfies never;
  }
}

/** The action in words a person reads in a message: `stop the instance`. */
export function describeAction(action: Action): string {
  switch (action.kind) {
    case 'stop-database':
      return action.expect.form === 'cluster' ? 'stop the Aurora cluster' : 'stop the database';
    case 'start-database':
      return action.expect.form === 'cluster' ? 'start the Aurora cluster' : 'start the database';
    case 'stop-instance':
      return 'stop the instance';
    case 'start-instance':
      return 'start the instance';
    default:
      return action satisfies never;
  }
}
