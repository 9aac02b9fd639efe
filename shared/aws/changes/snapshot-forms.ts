import {
  CopyDBClusterSnapshotCommand,
  CopyDBSnapshotCommand,
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DeleteDBClusterSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  ModifyDBClusterSnapshotAttributeCommand,
  ModifyDBSnapshotAttributeCommand,
  paginateDescribeDBClusterSnapshots,
  paginateDescribeDBSnapshots,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { unknown } from '../../core/evidence.ts';
import type { Tags } from '../../core/facts.ts';
import type { Scope } from '../../core/identity.ts';
import type { CopySnapshot } from '../../core/retention/action.ts';
import type { Form, Snapshot } from '../../core/retention/facts.ts';
import { everyItem } from '../pages.ts';
import { clusterSnapshot, instanceSnapshot } from '../retention/snapshots.ts';
import { found, tagList } from './database-forms.ts';

/** The snapshots of one scope, for one of the two forms in which RDS has them. */
export interface SnapshotForm {
  /** An own snapshot, by its name. @throws {AccessDeniedError} */
  describe(name: string): Promise<Snapshot | undefined>;
  /** All of a database, by its immutable id. @throws {AccessDeniedError} */
  ofDatabase(id: string): Promise<readonly Snapshot[]>;
  create(database: string, name: string, tags: Tags): Promise<unknown>;
  copy(action: CopySnapshot): Promise<unknown>;
  remove(name: string): Promise<unknown>;
  /** Who besides the account may read and copy it: these accounts come to it, or leave. */
  share(name: string, accounts: { readonly add?: string; readonly remove?: string }): Promise<unknown>;
}

/** The client of the act role there: what a snapshot is copied from may be another account's. */
export type RdsIn = (scope: Scope) => Promise<RDSClient>;

export interface Shelf {
  readonly rds: RDSClient;
  readonly scope: Scope;
}

export const snapshotForm = (shelf: Shelf, form: Form): SnapshotForm =>
  form === 'cluster' ? clusters(shelf) : instances(shelf);

/** Whoever acts does not ask for the keys of what is there. */
const UNASKED = unknown('not asked for');

function instances({ rds, scope }: Shelf): SnapshotForm {
  const from = { scope, managed: UNASKED };
  return {
    describe: async (DBSnapshotIdentifier) => {
      const reply = await found(rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier })));
      const [snapshot] = reply?.DBSnapshots ?? [];
      return snapshot && instanceSnapshot(snapshot, from);
    },
    ofDatabase: async (DbiResourceId) => {
      const pages = paginateDescribeDBSnapshots({ client: rds, pageSize: 100 }, { DbiResourceId });
      return (
        (await found(everyItem(pages, (page) => page.DBSnapshots?.map((one) => instanceSnapshot(one, from))))) ?? []
      );
    },
    create: (DBInstanceIdentifier, DBSnapshotIdentifier, tags) =>
      rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier, Tags: tagList(tags) })),
    copy: ({ source, name, tags, kmsKey, optionGroup, copyOptionGroup }) =>
      rds.send(
        new CopyDBSnapshotCommand({
          SourceDBSnapshotIdentifier: source.arn,
          TargetDBSnapshotIdentifier: name,
          Tags: tagList(tags),
          KmsKeyId: kmsKey,
          OptionGroupName: optionGroup,
          CopyOptionGroup: copyOptionGroup,
        }),
      ),
    remove: (DBSnapshotIdentifier) => rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier })),
    share: (DBSnapshotIdentifier, { add, remove }) =>
      rds.send(
        new ModifyDBSnapshotAttributeCommand({
          DBSnapshotIdentifier,
          AttributeName: 'restore',
          ...(add ? { ValuesToAdd: [add] } : {}),
          ...(remove ? { ValuesToRemove: [remove] } : {}),
        }),
      ),
  };
}

function clusters({ rds, scope }: Shelf): SnapshotForm {
  const from = { scope, managed: UNASKED };
  return {
    describe: async (DBClusterSnapshotIdentifier) => {
      const reply = await found(rds.send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier })));
      const [snapshot] = reply?.DBClusterSnapshots ?? [];
      return snapshot && clusterSnapshot(snapshot, from);
    },
    ofDatabase: async (DbClusterResourceId) => {
      const pages = paginateDescribeDBClusterSnapshots({ client: rds, pageSize: 100 }, { DbClusterResourceId });
      const all = everyItem(pages, (page) => page.DBClusterSnapshots?.map((one) => clusterSnapshot(one, from)));
      return (await found(all)) ?? [];
    },
    create: (DBClusterIdentifier, DBClusterSnapshotIdentifier, tags) =>
      rds.send(
        new CreateDBClusterSnapshotCommand({ DBClusterIdentifier, DBClusterSnapshotIdentifier, Tags: tagList(tags) }),
      ),
    copy: ({ source, name, tags, kmsKey }) =>
      rds.send(
        new CopyDBClusterSnapshotCommand({
          SourceDBClusterSnapshotIdentifier: source.arn,
          TargetDBClusterSnapshotIdentifier: name,
          Tags: tagList(tags),
          KmsKeyId: kmsKey,
        }),
      ),
    remove: (DBClusterSnapshotIdentifier) =>
      rds.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier })),
    share: (DBClusterSnapshotIdentifier, { add, remove }) =>
      rds.send(
        new ModifyDBClusterSnapshotAttributeCommand({
          DBClusterSnapshotIdentifier,
          AttributeName: 'restore',
          ...(add ? { ValuesToAdd: [add] } : {}),
          ...(remove ? { ValuesToRemove: [remove] } : {}),
        }),
      ),
  };
}
