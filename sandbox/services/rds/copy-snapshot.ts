import type { CopyDBSnapshotMessage, CopyDBSnapshotResult } from '@aws-sdk/client-rds';
import { defaultOptionGroup } from '../../estate/rds-engines.ts';
import type { StoredSnapshot } from '../../estate/rds-shapes.ts';
import { AwsError } from '../../http/errors.ts';
import type { Caller, Operation } from '../service.ts';
import { beginCopy, checkCopiesInProgress } from './copy-progress.ts';
import { findOriginal, keyOfCopy, type Original, tagsOfCopy } from './copy-rules.ts';
import { missing } from './errors.ts';
import { INSTANCE_FORM } from './snapshot-forms.ts';
import { checkNewName, checkQuota } from './snapshot-rules.ts';

/** Called where the copy is to be. A pre-signed URL is needed in GovCloud only, and ignored here as elsewhere. */
export const copyDBSnapshot: Operation<CopyDBSnapshotMessage, CopyDBSnapshotResult> = (input, caller) => {
  const { region } = caller;
  if (!input.TargetDBSnapshotIdentifier) throw missing('TargetDBSnapshotIdentifier');
  const original = findOriginal(INSTANCE_FORM, caller, input.SourceDBSnapshotIdentifier);
  const id = checkNewName(INSTANCE_FORM, region.rds, input.TargetDBSnapshotIdentifier);
  const TagList = tagsOfCopy(caller, original, input);
  const KmsKeyId = keyOfCopy(INSTANCE_FORM, caller, { original, KmsKeyId: input.KmsKeyId });
  const OptionGroupName = optionGroupOf(caller, original, input);
  checkQuota(INSTANCE_FORM, region.rds);
  checkCopiesInProgress(caller, original.region);
  const copy: StoredSnapshot = {
    ...withoutOrigin(original.snapshot),
    ...originOf(caller, original),
    DBSnapshotIdentifier: id,
    DBSnapshotArn: `arn:aws:rds:${region.name}:${caller.account.id}:snapshot:${id}`,
    SnapshotType: 'manual',
    Status: 'creating',
    PercentProgress: 0,
    SnapshotCreateTime: region.rds.place.world.clock.now(),
    Encrypted: KmsKeyId !== undefined,
    ...(KmsKeyId === undefined ? {} : { KmsKeyId }),
    OptionGroupName,
    TagList,
    RestorableBy: [],
  };
  beginCopy(INSTANCE_FORM, caller, { copy, original, names: [id, copy.DBInstanceIdentifier ?? ''] });
  return { DBSnapshot: copy };
};

function withoutOrigin(snapshot: StoredSnapshot): StoredSnapshot {
  const { SourceRegion: _region, SourceDBSnapshotIdentifier: _source, ...rest } = snapshot;
  return rest;
}

/** Only a copy from another region or account says where it came from. */
function originOf({ account, region }: Caller, { snapshot, ...from }: Original<StoredSnapshot>) {
  return {
    ...(from.region === region.name ? {} : { SourceRegion: from.region }),
    ...(from.region === region.name && from.account === account.id
      ? {}
      : { SourceDBSnapshotIdentifier: snapshot.DBSnapshotArn }),
  };
}

/** An option group stays where it is, so a copy elsewhere gets the default one, the one that is named, or a copy of it. */
function optionGroupOf({ account, region }: Caller, original: Original<StoredSnapshot>, input: CopyDBSnapshotMessage) {
  const { snapshot } = original;
  const { OptionGroupName: own = '' } = snapshot;
  if (input.OptionGroupName) return input.OptionGroupName;
  const stays = original.region === region.name && original.account === account.id;
  if (stays || input.CopyOptionGroup) return own;
  if (region.rds.persistentOptionGroups.has(own)) {
    throw new AwsError(
      'InvalidParameterCombination',
      `The snapshot requires a target option group with the persistent options of ${own}.`,
    );
  }
  return defaultOptionGroup(snapshot);
}
