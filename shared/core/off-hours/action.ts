import type { Identity } from '../identity.ts';

/** The sizes of an Auto Scaling group. */
export interface GroupCapacity {
  readonly min: number;
  readonly desired: number;
  readonly max: number;
}

/** How many tasks an ECS service keeps, and between which counts its scalable target moves it, where it has one. */
export interface ServiceCapacity {
  readonly desired: number;
  readonly scaling?: ServiceScaling;
}

export interface ServiceScaling {
  readonly min: number;
  readonly max: number;
  /** What Application Auto Scaling does not do for now, in the order of {@link SUSPENSIONS}; absent when it does everything. */
  readonly suspended?: readonly Suspension[];
}

/** Scaling in, scaling out, and scheduled scaling. */
export const SUSPENSIONS = ['in', 'out', 'scheduled'] as const;
export type Suspension = (typeof SUSPENSIONS)[number];

/** Suspended in everything, as a stop does it. */
export const isSuspended = ({ suspended = [] }: ServiceScaling): boolean => suspended.length === SUSPENSIONS.length;

/** What scales the service is suspended, and was not before the stop. */
export const isLeftSuspended = ({ scaling }: ServiceCapacity, { scaling: before }: ServiceCapacity): boolean =>
  scaling !== undefined && before !== undefined && isSuspended(scaling) && !isSuspended(before);

export type Capacity = GroupCapacity | ServiceCapacity;

/** The alarms of what is stopped, by name: their actions are switched off before the stop. */
export interface Mutes {
  readonly mute?: readonly string[];
}

/** The alarms of what is started, by name: their actions are switched on again once it runs. */
export interface Unmutes {
  readonly unmute?: readonly string[];
}

/** What only schedules stop and start. `restore` is what there was before the first stop. */
export type ScheduledAction =
  | (Mutes & { readonly kind: 'stop-auto-scaling-group'; readonly group: Identity; readonly expect: GroupCapacity })
  | (Unmutes & { readonly kind: 'start-auto-scaling-group'; readonly group: Identity; readonly restore: GroupCapacity })
  | (Mutes & { readonly kind: 'stop-service'; readonly service: Identity; readonly expect: ServiceCapacity })
  | (Unmutes & { readonly kind: 'start-service'; readonly service: Identity; readonly restore: ServiceCapacity })
  | (Mutes & { readonly kind: 'pause-warehouse'; readonly warehouse: Identity })
  | (Unmutes & { readonly kind: 'resume-warehouse'; readonly warehouse: Identity });

/** The resource that the action is about. */
export function scheduledTargetOf(action: ScheduledAction): Identity {
  switch (action.kind) {
    case 'stop-auto-scaling-group':
    case 'start-auto-scaling-group':
      return action.group;
    case 'stop-service':
    case 'start-service':
      return action.service;
    case 'pause-warehouse':
    case 'resume-warehouse':
      return action.warehouse;
    default:
      return action satisfies never;
  }
}

/** The action that takes it back. */
export function inverseOfScheduled(action: ScheduledAction): ScheduledAction {
  switch (action.kind) {
    case 'stop-auto-scaling-group':
      return { kind: 'start-auto-scaling-group', group: action.group, restore: action.expect, ...unmuting(action) };
    case 'start-auto-scaling-group':
      return { kind: 'stop-auto-scaling-group', group: action.group, expect: action.restore, ...muting(action) };
    case 'stop-service':
      return { kind: 'start-service', service: action.service, restore: action.expect, ...unmuting(action) };
    case 'start-service':
      return { kind: 'stop-service', service: action.service, expect: action.restore, ...muting(action) };
    case 'pause-warehouse':
      return { kind: 'resume-warehouse', warehouse: action.warehouse, ...unmuting(action) };
    case 'resume-warehouse':
      return { kind: 'pause-warehouse', warehouse: action.warehouse, ...muting(action) };
    default:
      return action satisfies never;
  }
}

/** What was muted before a stop is to be heard after the start. */
export const unmuting = ({ mute }: Mutes): Unmutes => (mute ? { unmute: mute } : {});

/** The other way round. */
export const muting = ({ unmute }: Unmutes): Mutes => (unmute ? { mute: unmute } : {});

/** The action in words a person reads: `set the Auto Scaling group to 0 instances`. */
export function describeScheduled(action: ScheduledAction): string {
  switch (action.kind) {
    case 'stop-auto-scaling-group':
      return 'set the Auto Scaling group to 0 instances';
    case 'start-auto-scaling-group':
      return `set the Auto Scaling group back to ${counted(action.restore, 'instance')}`;
    case 'stop-service':
      return 'set the ECS service to 0 tasks';
    case 'start-service':
      return `set the ECS service back to ${counted(action.restore, 'task')}`;
    case 'pause-warehouse':
      return 'pause the Redshift cluster';
    case 'resume-warehouse':
      return 'resume the Redshift cluster';
    default:
      return action satisfies never;
  }
}

const counted = ({ desired }: Capacity, unit: string): string => `${desired} ${unit}${desired === 1 ? '' : 's'}`;
