import type { Tag } from '@aws-sdk/client-rds';
import { keyArn } from '../../estate/kms-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Caller } from '../service.ts';
import { invalidValue, missing } from './errors.ts';
import { isPublic, isSharedWith, type Snapshot, type SnapshotForm, snapshotName } from './snapshot-forms.ts';
import { checkTags } from './tags.ts';

/** What is copied, and where it is. */
export interface Original<S extends Snapshot> {
  readonly snapshot: S;
  readonly account: string;
  readonly region: string;
}

/** Finds what to copy: an own snapshot of this region by its name, any other by its ARN. @throws AwsError */
export function findOriginal<S extends Snapshot>(
  form: SnapshotForm<S>,
  { estate, account, region }: Caller,
  id: string | undefined,
): Original<S> {
  if (!id) throw missing(`Source${form.parameter}`);
  const [, , , at = region.name, owner = account.id] = id.startsWith('arn:') ? id.split(':') : [];
  const place = estate.existing(owner)?.region(at);
  const snapshot = place && form.held(place.rds).get(snapshotName(id));
  if (!snapshot || (owner !== account.id && !isSharedWith(snapshot, account.id) && !isPublic(snapshot))) {
    throw form.notFound(id);
  }
  if (snapshot.Status !== 'available') throw form.invalidState(`${id} is not in available state.`);
  // Neptune and DocumentDB (API references of CopyDBClusterSnapshot): what is shared is copied within its region only.
  if (owner !== account.id && at !== region.name && /^(neptune|docdb)/.test(snapshot.Engine ?? '')) {
    throw invalidValue(`A shared snapshot of ${snapshot.Engine} can only be copied in its own region.`);
  }
  return { snapshot, account: owner, region: at };
}

/** The key under which the copy is encrypted, undefined if it is not. @throws AwsError when there is none to be had */
export function keyOfCopy<S extends Snapshot>(
  form: SnapshotForm<S>,
  caller: Caller,
  { original, KmsKeyId }: { readonly original: Original<S>; readonly KmsKeyId: string | undefined },
): string | undefined {
  const { snapshot } = original;
  const { account, region } = caller;
  if (form.isEncrypted(snapshot)) {
    checkKeyOfOriginal(caller, original);
    if (!KmsKeyId && original.account !== account.id) throw inaccessible(form, 'None');
    if (!KmsKeyId && original.region !== region.name) {
      throw invalidValue('Must specify new KMS key for cross region encrypted snapshot copy.');
    }
  } else if (KmsKeyId && !form.canBecomeEncrypted) {
    throw new AwsError(
      'InvalidParameterCombination',
      'An unencrypted DB cluster snapshot cannot be copied with a KMS key.',
    );
  }
  if (!KmsKeyId) return snapshot.KmsKeyId;
  const arn = keyArn({ account: account.id, region: region.name }, KmsKeyId);
  // A key of another region does not exist in this one.
  if (!arn.startsWith(`arn:aws:kms:${region.name}:`) || region.kms.inaccessible.has(arn)) {
    throw inaccessible(form, KmsKeyId);
  }
  return arn;
}

function checkKeyOfOriginal<S extends Snapshot>({ estate }: Caller, { snapshot, account, region }: Original<S>): void {
  const { kms } = estate.account(account).region(region);
  if (!kms.inaccessible.has(snapshot.KmsKeyId ?? '')) return;
  throw new AwsError('KMSKeyNotAccessibleFault', `The source snapshot KMS key ${NOT_ACCESSIBLE}`);
}

const NOT_ACCESSIBLE = 'does not exist, is not enabled or you do not have permissions to access it';

const inaccessible = <S extends Snapshot>(form: SnapshotForm<S>, key: string): AwsError =>
  new AwsError('KMSKeyNotAccessibleFault', `${form.keyIsCalled} [${key}] ${NOT_ACCESSIBLE}.`);

/** Tags of one's own, or else those of the original when that is asked for; other accounts' tags are not to be seen. */
export function tagsOfCopy<S extends Snapshot>(
  { account }: Caller,
  original: Original<S>,
  { Tags = [], CopyTags = false }: { readonly Tags?: Tag[] | undefined; readonly CopyTags?: boolean | undefined },
): Tag[] {
  checkTags(Tags);
  if (Tags.length > 0) return Tags;
  if (!CopyTags || original.account !== account.id) return [];
  return original.snapshot.TagList.filter(({ Key }) => !Key?.startsWith('aws:'));
}
