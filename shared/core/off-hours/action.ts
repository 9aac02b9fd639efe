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
  readonly scaling?: { readonly min: number; readonly max: number };
}

export type Capacity = GroupCapacity | ServiceCapacity;

/** What only schedules stop and start. `restore` is what there was before the first stop. */
export type ScheduledAction =
  | { readonly kind: 'stop-auto-scaling-group'; readonly group: Identity; readonly expect: GroupCapacity }
  | { readonly kind: 'start-auto-scaling-group'; readonly group: Identity; readonly restore: GroupCapacity }
  | { readonly kind: 'stop-service'; readonly service: Identity; readonly expect: ServiceCapacity }
  | { readonly kind: 'start-service'; readonly service: Identity; readonly restore: ServiceCapacity }
  | { readonly kind: 'pause-warehouse'; readonly warehouse: Identity }
  | { readonly kind: 'resume-warehouse'; readonly warehouse: Identity };
