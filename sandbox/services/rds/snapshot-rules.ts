import { AwsError } from '../../http/errors.ts';
import { invalidValue } from './errors.ts';

/** What holds for snapshots of instances and of clusters alike. */

/** A name in the form in which it is stored. @throws AwsError InvalidParameterValue */
export function checkSnapshotName(name: string): string {
  if (!/^[a-zA-Z](?!.*--)[a-zA-Z0-9-]{0,254}$/.test(name) || name.endsWith('-')) {
    throw invalidValue(
      `Invalid snapshot identifier: ${name}. It must begin with a letter, contain only letters, digits and hyphens, and not end with a hyphen or contain two in a row.`,
    );
  }
  return name.toLowerCase();
}

/** AWS counts manual snapshots only; automated ones and those of AWS Backup are exempt. */
export function checkQuota(snapshots: Iterable<{ readonly SnapshotType: string }>, quota: number, code: string): void {
  const manual = [...snapshots].filter((one) => one.SnapshotType === 'manual').length;
  if (manual >= quota) throw new AwsError(code, `Cannot create more than ${quota} manual snapshots`);
}

/** Whether a listing shows a snapshot of this type; without a type it shows automated and manual ones. */
export function showsType(type: string, asked: string | undefined): boolean {
  return asked === undefined ? type === 'automated' || type === 'manual' : type === asked;
}
