import type { Power } from '../calendar/course.ts';
import type { DatabaseFacts, InstanceFacts } from '../facts.ts';
import { describeFacts } from '../plan.ts';
import { priceQueries } from '../price-query.ts';
import { discardedByStop, unstoppableByKind as unstoppableDatabase } from '../rules/unstoppable-database.ts';
import { unstoppableByKind as unstoppableInstance } from '../rules/unstoppable-instance.ts';
import type { ScheduledResource } from './resource.ts';

/** What EC2 and RDS describe, as a schedule sees it. */

/** @param instance not terminated */
export function scheduledInstance(instance: InstanceFacts): ScheduledResource {
  const { identity, name, scope, tags, instanceType, state } = instance;
  return withReason(
    {
      type: 'instance',
      identity,
      name,
      scope,
      tags,
      instanceType,
      what: describeFacts(instance),
      power: POWERS_OF_INSTANCES[state] ?? { power: 'changing' },
      costs: priceQueries(instance),
    },
    unstoppableInstance(instance),
  );
}

const POWERS_OF_INSTANCES: Readonly<Record<string, Power>> = {
  running: { power: 'running' },
  stopped: { power: 'stopped' },
};

export function scheduledDatabase(database: DatabaseFacts): ScheduledResource {
  const { identity, name, scope, tags, form, members } = database;
  return withReason(
    {
      type: 'database',
      form,
      ...(form === 'cluster' ? { members: members.map((member) => member.name) } : {}),
      identity,
      name,
      scope,
      tags,
      what: describeFacts(database),
      power: powerOfDatabase(database),
      costs: priceQueries(database),
    },
    memberOf(database) ?? unstoppableDatabase(database) ?? discardedByStop(database),
  );
}

const memberOf = ({ memberOf: cluster }: DatabaseFacts): string | undefined =>
  cluster && `a member of the cluster ${cluster}, which is stopped as a whole: the tag belongs on the cluster`;

/** A cluster stops when all of its members are at rest; one that is stopped has members of which RDS says the same. */
function powerOfDatabase({ status, members }: DatabaseFacts): Power {
  if (status !== 'available') return powerOf(status);
  const busy = members.find((member) => member.status !== 'available');
  return busy && powerOf(busy.status).power !== 'stopped' ? powerOf(busy.status) : powerOf(status);
}

function powerOf(status: string): Power {
  if (status === 'available') return { power: 'running' };
  if (status === 'stopped') return { power: 'stopped' };
  return BROKEN.test(status) ? { power: 'unknown', why: `its status is ${status}` } : { power: 'changing' };
}

/**
 * What does not pass by itself. RDS user guide, "Viewing DB instance status"; Aurora user guide, "Viewing DB cluster status".
 */
const BROKEN = /^(failed|storage-full|restore-error|inaccessible-|incompatible-|insufficient-)|-failed$/;

/** What is stopped is started by whoever stopped it, whatever would keep it from being stopped again. */
const withReason = (resource: ScheduledResource, leftBecause: string | undefined): ScheduledResource =>
  leftBecause && resource.power.power !== 'stopped' ? { ...resource, leftBecause } : resource;
