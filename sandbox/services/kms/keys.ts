import type { DescribeKeyRequest, DescribeKeyResponse } from '@aws-sdk/client-kms';
import { defaultRdsKey, keyArn } from '../../estate/kms-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';

/** Every key of the region is there, and enabled unless somebody has disabled it. */
export const describeKey: Operation<DescribeKeyRequest, DescribeKeyResponse> = (
  { KeyId = '' },
  { account, region },
) => {
  const Arn = keyArn({ account: account.id, region: region.name }, KeyId);
  const [, , , at, AWSAccountId = '', resource = ''] = Arn.split(':');
  if (at !== region.name || region.kms.deleted.has(Arn)) {
    throw new AwsError('NotFoundException', `Key '${Arn}' does not exist`);
  }
  const isEnabled = !region.kms.inaccessible.has(Arn);
  return {
    KeyMetadata: {
      AWSAccountId,
      Arn,
      KeyId: resource.replace('key/', ''),
      Enabled: isEnabled,
      KeyState: isEnabled ? 'Enabled' : 'Disabled',
      KeyManager: Arn === defaultRdsKey(region.place) ? 'AWS' : 'CUSTOMER',
      KeyUsage: 'ENCRYPT_DECRYPT',
    },
  };
};
