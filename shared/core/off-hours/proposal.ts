import type { Action } from '../action.ts';
import { type Evidence, known, unknown } from '../evidence.ts';
import type { Arn } from '../identity.ts';
import { HOURS_PER_MONTH, type Saving, times } from '../money.ts';
import { type Deferral, type Left, type Plan, type Proposal, type Resource, sealPlan } from '../plan.ts';
import type { Policy } from '../policy.ts';
import type { GroupCapacity, Mutes, ServiceCapacity, Unmutes } from './action.ts';
import type { Decision, Deferred, Step } from './decide.ts';
import { sizeToRestore, type Wanted } from './judge.ts';
import type { ScheduledResource } from './resource.ts';

/** The alarms of what is about to be stopped, by resource. */
export type Alarms = ReadonlyMap<Arn, readonly string[]>;

/**
 * The plan of one tick and account; nothing when there is nothing to do.
 * @param decision with the prices of what is stopped
 */
export function planOf(decision: Decision, alarms: Alarms, policy: Policy): Plan | undefined {
  const { account, now, acts, deferred, left, unreadable } = decision;
  if (acts.length === 0) return undefined;
  return sealPlan(
    {
      function: 'off-hours',
      account,
      time: now,
      act: acts.map((one) => ({ ...proposalOf(one, alarms, policy), step: one.step })),
      deferred: deferred.map((one): Deferral => deferralOf(one, policy)),
      leave: left.map(({ resource, because, unknown: isUnknown }): Left => {
        const about = resourceOf(resource, policy);
        return { rule: 'off-hours', resource: about, because, ...(isUnknown ? { unknown: true } : {}) };
      }),
      unreadable,
    },
    policy,
  );
}

const deferralOf = ({ deferredBecause, ...one }: Deferred, policy: Policy): Deferral => ({
  ...proposalOf(one, new Map(), policy),
  deferredBecause,
});

function proposalOf(one: Wanted | Step, alarms: Alarms, policy: Policy): Proposal {
  const { resource, because, schedule, mode, until } = one;
  return {
    rule: 'off-hours',
    mode,
    action: actionOf(one, alarms),
    resource: resourceOf(resource, policy),
    because,
    saving: savingOf(one),
    undo: { reversibility: 'full' },
    schedule: { name: schedule.name, ...(until ? { until: until.toISOString() } : {}) },
  };
}

function resourceOf({ identity, name, scope, what, tags }: ScheduledResource, { defaults }: Policy): Resource {
  const owner = tags[defaults.ownerTag];
  return { arn: identity.arn, name, region: scope.region, what, ...(owner ? { owner } : {}) };
}

const actionOf = (one: Wanted, alarms: Alarms): Action => (one.act === 'stop' ? stopOf(one, alarms) : startOf(one));

function stopOf({ resource, schedule }: Wanted, alarms: Alarms): Action {
  const { identity } = resource;
  const names = schedule.mutesAlarms ? alarms.get(identity.arn) : undefined;
  const mutes: Mutes = names && names.length > 0 ? { mute: names.toSorted() } : {};
  switch (resource.type) {
    case 'instance': {
      const { instanceType } = resource;
      return { kind: 'stop-instance', instance: identity, expect: { state: 'running', instanceType }, ...mutes };
    }
    case 'database': {
      const expect = { status: 'available', form: resource.form } as const;
      return { kind: 'stop-database', database: identity, expect, ...mutes };
    }
    case 'auto-scaling-group':
      return { kind: 'stop-auto-scaling-group', group: identity, expect: resource.capacity, ...mutes };
    case 'service':
      return { kind: 'stop-service', service: identity, expect: resource.capacity, ...mutes };
    case 'warehouse':
      return { kind: 'pause-warehouse', warehouse: identity, ...mutes };
    default:
      return resource satisfies never;
  }
}

function startOf({ resource, remembered }: Wanted): Action {
  const { identity } = resource;
  const { muted } = remembered;
  const unmutes: Unmutes = muted ? { unmute: muted } : {};
  switch (resource.type) {
    case 'instance': {
      const { instanceType } = resource;
      return { kind: 'start-instance', instance: identity, expect: { state: 'stopped', instanceType }, ...unmutes };
    }
    case 'database': {
      const expect = { status: 'stopped', form: resource.form } as const;
      return { kind: 'start-database', database: identity, expect, ...unmutes };
    }
    case 'auto-scaling-group': {
      const restore = (sizeToRestore(resource, remembered) ?? resource.capacity) as GroupCapacity;
      return { kind: 'start-auto-scaling-group', group: identity, restore, ...unmutes };
    }
    case 'service': {
      const restore = (sizeToRestore(resource, remembered) ?? resource.capacity) as ServiceCapacity;
      return { kind: 'start-service', service: identity, restore, ...unmutes };
    }
    case 'warehouse':
      return { kind: 'resume-warehouse', warehouse: identity, ...unmutes };
    default:
      return resource satisfies never;
  }
}

/** What an hour of it costs, for a month: what is booked in the end are the hours for which it was really off. */
function savingOf({ resource, act }: Wanted): Evidence<Saving> {
  if (act === 'start') return unknown('a start saves nothing');
  const { hourlyPrice = unknown('nobody has asked for its price'), type } = resource;
  if (!hourlyPrice.known) return hourlyPrice;
  return known({
    monthly: times(HOURS_PER_MONTH, hourlyPrice.value),
    basis: 'list',
    stillBilled: [...STILL_BILLED[type]],
  });
}

const STILL_BILLED: Readonly<Record<ScheduledResource['type'], readonly string[]>> = {
  instance: ['its volumes and addresses'],
  database: ['its storage and backups'],
  'auto-scaling-group': [],
  service: [],
  warehouse: ['its storage and snapshots'],
};
