import type { GetCallerIdentityRequest, GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Operation } from '../service.ts';

export const getCallerIdentity: Operation<GetCallerIdentityRequest, GetCallerIdentityResponse> = (
  _,
  { principal },
) => ({
  Account: principal.account,
  Arn: principal.arn,
  UserId: principal.userId,
});
