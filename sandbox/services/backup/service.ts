import * as Backup from '@aws-sdk/client-backup';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { listProtectedResources } from './protected-resources.ts';

export function awsBackup(): Service {
  return ownService('backup', modelOf(Backup, new Backup.BackupClient({ region: 'us-east-1' })), {
    ListProtectedResources: listProtectedResources,
  });
}
