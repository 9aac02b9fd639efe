import { isPassing } from '../passing-status.ts';
import { localTime } from '../time.ts';
import type { AlarmedDatabase, Remedy } from './runbook.ts';
import { leftTo } from './words.ts';

const HOUR_MS = 3_600_000;

/**
 * RDS took the next change of the storage after six hours, and since July 2026 takes four in 24 hours: six hours between two
 * changes keep to both (RDS User Guide, "Scaling up DB instance storage").
 */
const HOURS_BETWEEN_CHANGES = 6;

/** The statuses in which RDS takes a change of the storage. */
const CHANGEABLE = ['available', 'storage-full'];

/** Engines whose storage is a cluster's volume that grows as data come. */
const GROWS_ITSELF = /^(aurora|docdb|neptune)/;

const LOOK = 'look at it in the console';

/** Why the storage of the database does not grow now, whatever it needs, and what a person does; undefined when it may. */
export function whyStorageStays(
  resource: AlarmedDatabase,
  { now, timezone }: { readonly now: Date; readonly timezone: string },
): Words | undefined {
  const { status, pendingModifications } = resource.facts;
  const never = whyNever(resource);
  if (never) return never;
  const again = againAt(resource, now);
  const at = again && localTime(again, timezone);
  if (isPassing(status))
    return {
      ...leftTo(
        `wait until its status is available${at ? `, not before ${at}` : ''}; its data must fit until then`,
        `its status is ${status}: RDS takes no change of its storage until that is over${at ? `, nor before ${at}` : ''}`,
      ),
      passes: again ?? 'soon',
    };
  if (!CHANGEABLE.includes(status)) return leftTo(LOOK, `its status is ${status}, neither ${CHANGEABLE.join(' nor ')}`);
  if (again)
    return {
      ...leftTo(
        `wait until ${at}; its data must fit until then`,
        `its storage was changed less than ${HOURS_BETWEEN_CHANGES} hours ago: it may be changed again from ${at} on`,
      ),
      passes: again,
    };
  if (pendingModifications.length > 0)
    return leftTo(
      'apply what is pending, or take it back',
      `its pending modifications (${pendingModifications.join(', ')}) would be applied together with larger storage`,
    );
  return undefined;
}

type Words = Omit<Remedy, 'evidence' | 'charts'>;

function whyNever({ facts: database }: AlarmedDatabase): Words | undefined {
  const { engine, form, memberOf, name, scope, storage } = database;
  if (GROWS_ITSELF.test(engine))
    return leftTo(
      'see VolumeBytesUsed of the cluster, and FreeLocalStorage of its instances, which only a larger class makes more',
      `the storage of ${engine} grows by itself`,
    );
  if (form === 'cluster' || memberOf)
    return leftTo(
      `aws rds modify-db-cluster --region ${scope.region} --db-cluster-identifier ${memberOf ?? name} --allocated-storage GIB --apply-immediately`,
      'it is a Multi-AZ DB cluster, whose storage grows as a whole',
    );
  if (engine.startsWith('custom-')) return leftTo(LOOK, 'RDS Custom leaves its storage to you');
  if (engine.startsWith('sqlserver') && storage.storageType === 'standard')
    return leftTo('move it to gp3 by a snapshot and a restore', 'RDS does not grow magnetic storage of SQL Server');
  return undefined;
}

/** When the storage may be changed again, if not yet. */
function againAt({ lastStorageChange }: AlarmedDatabase, now: Date): Date | undefined {
  if (!lastStorageChange) return undefined;
  const again = new Date(lastStorageChange.getTime() + HOURS_BETWEEN_CHANGES * HOUR_MS);
  return again > now ? again : undefined;
}
