import type { RDSClient } from '@aws-sdk/client-rds';
import type { Action, VolumeSpec } from '../../core/action.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { backFrom, type Modification, modifyNow, type Properties, progressOf } from './modify-database.ts';
import { only } from './only.ts';
import { notAsExpected } from './refused.ts';

/**
 * Another type of storage, without an outage: it is in use while RDS optimizes it for hours, and cannot be changed again until
 * six hours later. Needs no protection: no data are touched.
 */
export function changeDatabaseStorage(rds: RDSClient): ChangeVerbs {
  const there = (action: Action) => modification(rds, only('change-database-storage', action));
  const back = (action: Action) => backFrom(there(action));
  return {
    apply: async (action) => modifyNow(there(action)),
    settled: async (action) => progressOf(there(action)),
    undo: async (action) => modifyNow(back(action)),
    undone: async (action) => progressOf(back(action)),
  };
}

type Change = Pick<Extract<Action, { readonly kind: 'change-database-storage' }>, 'database' | 'from' | 'to'>;

/** @throws {RefusedError} when the size changes: storage never shrinks, so that could not be taken back */
function modification(rds: RDSClient, { database, from, to }: Change): Modification {
  if (from.sizeGiB !== to.sizeGiB) throw notAsExpected('a change of its size could not be taken back');
  const touches = ['StorageType', 'Iops', 'StorageThroughput'] as const;
  return { rds, database, leaves: propertiesOf(from), wants: propertiesOf(to), touches };
}

const propertiesOf = ({ type, iops, throughputMiBs }: VolumeSpec): Properties => ({
  StorageType: type,
  ...(iops === undefined ? {} : { Iops: iops }),
  ...(throughputMiBs === undefined ? {} : { StorageThroughput: throughputMiBs }),
});
