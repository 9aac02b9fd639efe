import * as KMS from '@aws-sdk/client-kms';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { listAliases } from './aliases.ts';
import { describeKey } from './keys.ts';

export function kms(): Service {
  return ownService('kms', modelOf(KMS, new KMS.KMSClient({ region: 'us-east-1' })), {
    DescribeKey: describeKey,
    ListAliases: listAliases,
  });
}
