import type { CopyDBClusterSnapshotMessage, CopyDBClusterSnapshotResult } from '@aws-sdk/client-rds';
import { isClusterEngine } from '../../estate/rds-engines.ts';
import type { StoredClusterSnapshot } from '../../estate/rds-shapes.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';
import { beginCopy, checkCopiesInProgress } from './copy-progress.ts';
import { findOriginal, keyOfCopy, tagsOfCopy } from './copy-rules.ts';
import { missing } from './errors.ts';
import { CLUSTER_FORM } from './snapshot-forms.ts';
import { checkNewName, checkQuota } from './snapshot-rules.ts';

/** Called where the copy is to be; copying -> available. */
export const copyDBClusterSnapshot: Operation<CopyDBClusterSnapshotMessage, CopyDBClusterSnapshotResult> = (
  input,
  caller,
) => {
  const { region } = caller;
  if (!input.TargetDBClusterSnapshotIdentifier) throw missing('TargetDBClusterSnapshotIdentifier');
  const original = findOriginal(CLUSTER_FORM, caller, input.SourceDBClusterSnapshotIdentifier);
  if (!isClusterEngine(original.snapshot.Engine ?? '')) {
    // The limitations of Multi-AZ DB clusters in the RDS User Guide; with which words it is refused they do not say.
    throw new AwsError('InvalidParameterCombination', 'A snapshot of a Multi-AZ DB cluster cannot be copied.');
  }
  const id = checkNewName(CLUSTER_FORM, region.rds, input.TargetDBClusterSnapshotIdentifier);
  const TagList = tagsOfCopy(caller, original, input);
  const KmsKeyId = keyOfCopy(CLUSTER_FORM, caller, { original, KmsKeyId: input.KmsKeyId });
  checkQuota(CLUSTER_FORM, region.rds);
  checkCopiesInProgress(caller, original.region);
  const copy: StoredClusterSnapshot = {
    ...original.snapshot,
    DBClusterSnapshotIdentifier: id,
    DBClusterSnapshotArn: `arn:aws:rds:${region.name}:${caller.account.id}:cluster-snapshot:${id}`,
    SourceDBClusterSnapshotArn: original.snapshot.DBClusterSnapshotArn,
    SnapshotType: 'manual',
    Status: 'copying',
    PercentProgress: 0,
    SnapshotCreateTime: region.rds.place.world.clock.now(),
    ...(KmsKeyId === undefined ? {} : { KmsKeyId }),
    TagList,
    RestorableBy: [],
  };
  beginCopy(CLUSTER_FORM, caller, { copy, original, names: [id, copy.DBClusterIdentifier ?? ''] });
  return { DBClusterSnapshot: copy };
};
