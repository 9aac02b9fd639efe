import type { Tag } from '@aws-sdk/client-rds';
import type { RdsState } from '../../estate/rds-state.ts';
import { AwsError } from '../../http/errors.ts';
import { invalidValue } from './errors.ts';
import type { Snapshot, SnapshotForm } from './snapshot-forms.ts';

/** What holds for snapshots of instances and of clusters alike. */

/** A name that is still free, in the form in which it is stored. @throws AwsError when it is not */
export function checkNewName<S extends Snapshot>(form: SnapshotForm<S>, rds: RdsState, asked: string): string {
  const name = checkSnapshotName(asked);
  if (form.held(rds).has(name)) throw form.alreadyExists(name);
  return name;
}

/** @throws AwsError InvalidParameterValue */
function checkSnapshotName(name: string): string {
  if (!/^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{0,254}$/.test(name) || name.endsWith('-')) {
    throw invalidValue(
      `Invalid snapshot identifier: ${name}. It must begin with a letter, contain only letters, digits and hyphens, and not end with a hyphen or contain two in a row.`,
    );
  }
  return name.toLowerCase();
}

/** @throws AwsError SnapshotQuotaExceeded */
export function checkQuota<S extends Snapshot>(form: SnapshotForm<S>, rds: RdsState): void {
  const { used, max } = quotaOf(form, rds);
  if (used >= max) throw new AwsError('SnapshotQuotaExceeded', `Cannot create more than ${max} manual snapshots`);
}

/** AWS counts manual snapshots only, copies among them; automated ones and those of AWS Backup are exempt. */
export function quotaOf<S extends Snapshot>(form: SnapshotForm<S>, rds: RdsState) {
  const used = [...form.held(rds).values()].filter((one) => one.SnapshotType === 'manual').length;
  return { used, max: form.quota(rds) };
}

/** What a database hands down to its snapshot if it does so at all, and what was asked for, which wins. */
export function snapshotTags(
  { CopyTagsToSnapshot, TagList }: { CopyTagsToSnapshot?: boolean | undefined; TagList: readonly Tag[] },
  asked: readonly Tag[] = [],
): Tag[] {
  const inherited = CopyTagsToSnapshot ? TagList : [];
  return [...new Map([...inherited, ...asked].map((tag) => [tag.Key, tag])).values()];
}
