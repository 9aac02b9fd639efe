import type { RDSClient } from '@aws-sdk/client-rds';
import { type Action, growsStorage, type VolumeSpec } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { backFrom, type Modification, modifyNow, type Properties, progressOf } from './modify-database.ts';
import { type ActionOf, only } from './only.ts';
import { notAsExpected } from './refused.ts';

/**
 * Another type of storage, or more of it, without an outage: it is in use while RDS optimizes it for hours, and cannot be
 * changed again until six hours later. Needs no protection: no data are touched. Storage never shrinks, so more of it stays.
 */
export function changeDatabaseStorage(rds: RDSClient): ChangeVerbs {
  const there = (action: Action) => modification(rds, only('change-database-storage', action));
  const back = (action: Action) => {
    if (growsStorage(action)) throw notAsExpected(STAYS);
    return backFrom(there(action));
  };
  return {
    apply: async (action) => modifyNow(there(action)),
    settled: async (action) => progressOf(there(action)),
    undo: async (action) => modifyNow(back(action)),
    undone: async (action) => (growsStorage(action) ? { state: 'failed', because: STAYS } : progressOf(back(action))),
  };
}

const STAYS = 'storage never shrinks: it stays as large as it is';

/** @throws {RefusedError} when it would shrink, or grow although nobody has said so */
function modification(rds: RDSClient, action: ActionOf<'change-database-storage'>): Modification {
  const { database, from, to, direction } = action;
  if (to.sizeGiB < from.sizeGiB) throw notAsExpected(STAYS);
  const grows = growsStorage(action);
  if (grows && (direction !== 'gives' || to.type !== from.type))
    throw notAsExpected('a change of its size could not be taken back');
  return {
    rds,
    database,
    leaves: { ...(grows ? { AllocatedStorage: from.sizeGiB } : {}), ...propertiesOf(from) },
    wants: { ...(grows ? { AllocatedStorage: to.sizeGiB } : {}), ...propertiesOf(to) },
    touches: ['AllocatedStorage', 'StorageType', 'Iops', 'StorageThroughput'],
    // A database whose storage is full is down, and this is what helps it.
    ...(grows ? { in: ['available', 'storage-full'] } : {}),
  };
}

const propertiesOf = ({ type, iops, throughputMiBs }: VolumeSpec): Properties => ({
  StorageType: type,
  ...(iops === undefined ? {} : { Iops: iops }),
  ...(throughputMiBs === undefined ? {} : { StorageThroughput: throughputMiBs }),
});
