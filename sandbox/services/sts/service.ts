import * as STS from '@aws-sdk/client-sts';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { assumeRole } from './assume-role.ts';
import { getCallerIdentity } from './get-caller-identity.ts';

export function sts(): Service {
  return ownService('sts', modelOf(STS, new STS.STSClient({ region: 'us-east-1' })), {
    AssumeRole: assumeRole,
    GetCallerIdentity: getCallerIdentity,
  });
}
