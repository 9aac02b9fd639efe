import { type BackupClient, paginateListProtectedResources } from '@aws-sdk/client-backup';
import type { HttpHandlerOptions } from '@smithy/types';
import type { Arn } from '../../core/identity.ts';
import { everyItem } from '../pages.ts';

/** When AWS Backup last backed up each resource of which it still holds something, gone ones among them. */
export async function readLastBackups(
  client: BackupClient,
  options: HttpHandlerOptions,
): Promise<ReadonlyMap<Arn, Date>> {
  const pages = paginateListProtectedResources({ client, pageSize: 1000 }, {}, options);
  const resources = await everyItem(pages, (page) => page.Results);
  return new Map(
    resources.flatMap(({ ResourceArn, LastBackupTime }) =>
      ResourceArn && LastBackupTime ? [[ResourceArn, LastBackupTime] as const] : [],
    ),
  );
}
