import { isPassing } from '../passing-status.ts';
import { localTime } from '../time.ts';
import type { AlarmedDatabase, Remedy } from './runbook.ts';
import { leftTo } from './words.ts';

const HOUR_MS = 3_600_000;

/**
 * RDS took the next change of the storage after six hours or the end of its optimization, whichever was later (RDS User Guide,
 * "Scaling up DB instance storage"); since July 2026 it takes it once that is over, but no more than four in any 24 hours
 * ("Modifying settings for General Purpose SSD storage"). Who keeps to both is not refused anywhere.
 */
const HOURS_BETWEEN_CHANGES = 6;
const CHANGES_A_DAY = 4;

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
  const waits = whyTooSoon(resource, now);
  const at = waits && localTime(waits.until, timezone);
  if (isPassing(status))
    return {
      ...leftTo(
        'wait until its status is available; its data must fit until then',
        `its status is ${status}: RDS takes no change of its storage until that is over${at ? `, and may refuse one until ${at}` : ''}`,
      ),
      passes: waits?.until ?? 'soon',
    };
  if (!CHANGEABLE.includes(status)) return leftTo(LOOK, `its status is ${status}, neither ${CHANGEABLE.join(' nor ')}`);
  if (waits)
    return {
      ...leftTo(
        status === 'storage-full'
          ? 'try it by hand now: it takes no writes until it is larger, and RDS may take the change once the last one is optimized'
          : `wait until ${at}, or try it by hand before; its data must fit until then`,
        `its storage was changed ${waits.because}: RDS may refuse the next change until ${at}`,
      ),
      passes: waits.until,
    };
  if (pendingModifications.length > 0)
    return leftTo(
      'apply what is pending, or take it back',
      `its pending modifications (${pendingModifications.join(', ')}) would be applied together with larger storage`,
    );
  return undefined;
}

type Words = Omit<Remedy, 'evidence' | 'charts'>;

/** Why the storage is not grown here at any time, and what a person does. */
export function whyNever({ facts: database }: Pick<AlarmedDatabase, 'facts'>): Words | undefined {
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

interface TooSoon {
  readonly because: string;
  readonly until: Date;
}

/** Why the storage waits for its next change, and until when, if it does; of two reasons the one that lasts longer. */
function whyTooSoon({ storageChanges }: AlarmedDatabase, now: Date): TooSoon | undefined {
  if (!storageChanges) return undefined;
  const { last, begun } = storageChanges;
  const newest = begun.toSorted((a, b) => b.getTime() - a.getTime());
  const fourth = newest[CHANGES_A_DAY - 1];
  const reasons: TooSoon[] = [
    { because: `less than ${HOURS_BETWEEN_CHANGES} hours ago`, until: hoursAfter(last, HOURS_BETWEEN_CHANGES) },
    ...(fourth ? [{ because: `${CHANGES_A_DAY} times in 24 hours`, until: hoursAfter(fourth, 24) }] : []),
  ];
  return reasons.filter(({ until }) => until > now).toSorted((a, b) => b.until.getTime() - a.until.getTime())[0];
}

const hoursAfter = (time: Date, hours: number): Date => new Date(time.getTime() + hours * HOUR_MS);
