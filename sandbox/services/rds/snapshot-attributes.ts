import type {
  DBClusterSnapshotAttributesResult,
  DBSnapshotAttributesResult,
  DescribeDBClusterSnapshotAttributesMessage,
  DescribeDBClusterSnapshotAttributesResult,
  DescribeDBSnapshotAttributesMessage,
  DescribeDBSnapshotAttributesResult,
  ModifyDBClusterSnapshotAttributeMessage,
  ModifyDBClusterSnapshotAttributeResult,
  ModifyDBSnapshotAttributeMessage,
  ModifyDBSnapshotAttributeResult,
} from '@aws-sdk/client-rds';
import { defaultRdsKey } from '../../estate/kms-state.ts';
import type { StoredClusterSnapshot, StoredSnapshot } from '../../estate/rds-shapes.ts';
import type { RdsState } from '../../estate/rds-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { invalidValue } from './errors.ts';
import { CLUSTER_FORM, findSnapshot, INSTANCE_FORM, type Snapshot, type SnapshotForm } from './snapshot-forms.ts';

/** The most accounts that a snapshot can be shared with. */
const SHARED_WITH_AT_MOST = 20;

export const describeDBSnapshotAttributes: Operation<
  DescribeDBSnapshotAttributesMessage,
  DescribeDBSnapshotAttributesResult
> = (input, { region: { rds } }) => ({
  DBSnapshotAttributesResult: attributesOf(findSnapshot(INSTANCE_FORM, rds, input.DBSnapshotIdentifier)),
});

/** Shares a manual snapshot with other accounts, or no longer. */
export const modifyDBSnapshotAttribute: Operation<ModifyDBSnapshotAttributeMessage, ModifyDBSnapshotAttributeResult> = (
  input,
  { region: { rds } },
) => {
  const snapshot = findSnapshot(INSTANCE_FORM, rds, input.DBSnapshotIdentifier);
  const { DBSnapshotIdentifier: id, OptionGroupName = '' } = snapshot;
  if (snapshot.SnapshotType !== 'manual') throw invalidValue(`The parameter ${id} is not a valid identifier.`);
  if (rds.persistentOptionGroups.has(OptionGroupName)) {
    throw INSTANCE_FORM.invalidState(
      `The option group ${OptionGroupName} has persistent options: ${id} cannot be shared.`,
    );
  }
  share(INSTANCE_FORM, rds, { snapshot, ...input });
  return { DBSnapshotAttributesResult: attributesOf(snapshot) };
};

export const describeDBClusterSnapshotAttributes: Operation<
  DescribeDBClusterSnapshotAttributesMessage,
  DescribeDBClusterSnapshotAttributesResult
> = (input, { region: { rds } }) => ({
  DBClusterSnapshotAttributesResult: clusterAttributesOf(
    findSnapshot(CLUSTER_FORM, rds, input.DBClusterSnapshotIdentifier),
  ),
});

export const modifyDBClusterSnapshotAttribute: Operation<
  ModifyDBClusterSnapshotAttributeMessage,
  ModifyDBClusterSnapshotAttributeResult
> = (input, { region: { rds } }) => {
  const snapshot = findSnapshot(CLUSTER_FORM, rds, input.DBClusterSnapshotIdentifier);
  const { SnapshotType } = snapshot;
  if (SnapshotType !== 'manual') throw CLUSTER_FORM.invalidState(`${SnapshotType} snapshots cannot be modified.`);
  share(CLUSTER_FORM, rds, { snapshot, ...input });
  return { DBClusterSnapshotAttributesResult: clusterAttributesOf(snapshot) };
};

interface Sharing<S> extends Omit<ModifyDBSnapshotAttributeMessage, 'DBSnapshotIdentifier'> {
  readonly snapshot: S;
}

function share<S extends Snapshot>(form: SnapshotForm<S>, rds: RdsState, sharing: Sharing<S>): void {
  const { snapshot, AttributeName, ValuesToAdd: add = [], ValuesToRemove: remove = [] } = sharing;
  if (AttributeName !== 'restore') throw invalidValue(`Invalid snapshot attribute ${AttributeName}`);
  checkAccounts(add, remove);
  if (snapshot.Status !== 'available') throw form.invalidState(`${form.nameOf(snapshot)} is not in available state.`);
  if (add.length > 0) checkKey(form, rds, sharing);
  const accounts = [...new Set([...snapshot.RestorableBy, ...add])].filter((one) => !remove.includes(one));
  if (accounts.length > SHARED_WITH_AT_MOST) {
    throw new AwsError('SharedSnapshotQuotaExceeded', `Cannot share with more than ${SHARED_WITH_AT_MOST} accounts`);
  }
  snapshot.RestorableBy = accounts;
}

function checkAccounts(add: readonly string[], remove: readonly string[]): void {
  const wrong = [...add, ...remove].find((one) => one !== 'all' && !/^\d{12}$/.test(one));
  if (wrong !== undefined) throw invalidValue(`Invalid account id: ${wrong}`);
  const both = add.filter((one) => remove.includes(one));
  if (both.length === 0) return;
  throw new AwsError(
    'InvalidParameterCombination',
    `A value may not appear in both the add list and remove list. [${both.join(', ')}]`,
  );
}

/** What is encrypted cannot be public, and under the default key it cannot be shared at all. */
function checkKey<S extends Snapshot>(form: SnapshotForm<S>, rds: RdsState, { snapshot, ValuesToAdd }: Sharing<S>) {
  if (!form.isEncrypted(snapshot)) return;
  if (ValuesToAdd?.includes('all')) throw form.invalidState('Encrypted snapshots cannot be shared as public.');
  if (snapshot.KmsKeyId === defaultRdsKey(rds.place)) {
    throw form.invalidState(
      'Sharing snapshots encrypted with the default service key for RDS is currently not supported',
    );
  }
}

const attributesOf = ({ DBSnapshotIdentifier, RestorableBy }: StoredSnapshot): DBSnapshotAttributesResult => ({
  DBSnapshotIdentifier,
  DBSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: RestorableBy }],
});

const clusterAttributesOf = ({
  DBClusterSnapshotIdentifier,
  RestorableBy,
}: StoredClusterSnapshot): DBClusterSnapshotAttributesResult => ({
  DBClusterSnapshotIdentifier,
  DBClusterSnapshotAttributes: [{ AttributeName: 'restore', AttributeValues: RestorableBy }],
});
