import type { DBInstance, RDSClient } from '@aws-sdk/client-rds';
import type { Action } from '../../core/action.ts';
import { parseArn } from '../../core/identity.ts';
import { isSmaller } from '../../core/sizing/instance-type.ts';
import type { ChangeVerbs } from '../../ports-acting.ts';
import { nameIn } from './database-power.ts';
import { backFrom, describeDatabase, type Modification, modifyNow, progressOf } from './modify-database.ts';
import { only } from './only.ts';
import { notAsExpected } from './refused.ts';

/**
 * Another class is an outage of minutes; in a Multi-AZ deployment RDS changes the standby first, and the outage is its
 * failover. So it waits for the maintenance window. Needs no protection: no data are touched. Taking it back is the same
 * again, at once.
 */
export function resizeDatabase(rds: RDSClient): ChangeVerbs {
  const there = (action: Action): Modification => {
    const { database, from, to } = only('resize-database', action);
    return modification(rds, { database, from, to });
  };
  const back = (action: Action): Modification => backFrom(there(action));
  return {
    window: async (action) => {
      const { database } = only('resize-database', action);
      const seen = await describeDatabase(rds, nameIn(database));
      if (seen?.PreferredMaintenanceWindow) return seen.PreferredMaintenanceWindow;
      throw notAsExpected(seen ? 'RDS does not say when its maintenance window is' : 'it is gone');
    },
    apply: async (action) => {
      const resize = there(action);
      return modifyNow({ ...resize, whyNotYet: (seen) => whyNotYet(rds, seen, resize) });
    },
    settled: async (action) => progressOf(there(action)),
    undo: async (action) => modifyNow(back(action)),
    undone: async (action) => progressOf(back(action)),
  };
}

type Resize = Pick<Extract<Action, { readonly kind: 'resize-database' }>, 'database' | 'from' | 'to'>;

const modification = (rds: RDSClient, { database, from, to }: Resize): Modification => ({
  rds,
  database,
  leaves: { DBInstanceClass: from },
  wants: { DBInstanceClass: to },
  touches: ['DBInstanceClass'],
});

/**
 * A replica that is smaller than its source falls behind. So a source shrinks before its replicas, and replicas grow before
 * their source.
 */
async function whyNotYet(
  rds: RDSClient,
  seen: DBInstance,
  { leaves, wants }: Modification,
): Promise<string | undefined> {
  const { DBInstanceClass: from = '' } = leaves;
  const { DBInstanceClass: to = '' } = wants;
  if (seen.DBClusterIdentifier) return `it is a member of the cluster ${seen.DBClusterIdentifier}`;
  const { ReadReplicaSourceDBInstanceIdentifier: source, ReadReplicaDBInstanceIdentifiers: replicas = [] } = seen;
  const shrinks = isSmaller(to, from);
  for (const name of shrinks ? [source].filter((one) => one !== undefined) : replicas) {
    const relative = shrinks ? 'source' : 'replica';
    if (parseArn(name)) return `its ${relative} is in another region, where nothing says how large it is`;
    const { DBInstanceClass: size = '' } = (await describeDatabase(rds, name)) ?? {};
    const wrong = shrinks ? isSmaller(to, size) : isSmaller(size, to);
    if (wrong) return `its ${relative} ${name} is ${size}, and it is that one's turn first`;
  }
  return undefined;
}
