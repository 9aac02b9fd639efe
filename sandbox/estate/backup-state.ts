import type { ProtectedResource } from '@aws-sdk/client-backup';

/** AWS Backup of one account and region, as far as it is asked: what it has backed up. Nothing is backed up by itself. */
export class BackupState {
  /** By ARN. A resource stays after it is gone, as long as backups of it are kept. */
  readonly protectedResources = new Map<string, ProtectedResource>();

  /** Notes that a resource was backed up. */
  backedUp(ResourceArn: string, LastBackupTime: Date, more: Omit<ProtectedResource, 'ResourceArn'> = {}): void {
    this.protectedResources.set(ResourceArn, { ResourceArn, LastBackupTime, ...more });
  }
}
