import type { AssumeRoleRequest, AssumeRoleResponse } from '@aws-sdk/client-sts';
import { SECOND } from '../../clock.ts';
import { type Role, trusted } from '../../estate/identity.ts';
import { AwsError } from '../../http/errors.ts';
import type { Caller, Operation } from '../service.ts';

/** Gives out credentials whose calls land in the role's account. */
export const assumeRole: Operation<AssumeRoleRequest, AssumeRoleResponse> = (input, caller) => {
  const session = input.RoleSessionName ?? '';
  checkSessionName(session);
  checkDuration(input.DurationSeconds ?? 3600);
  const role = findRole(input, caller);
  const account = role.arn.split(':')[4]!;
  const principal = {
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${role.name}/${session}`,
    userId: `${role.id}:${session}`,
  };
  const { accessKeyId, secretAccessKey, sessionToken } = caller.estate.accessKeys.issueTemporary(principal);
  return {
    AssumedRoleUser: { Arn: principal.arn, AssumedRoleId: principal.userId },
    Credentials: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      // The client compares this with its own clock, so it is the one date here that is not the sandbox's.
      Expiration: new Date(Date.now() + (input.DurationSeconds ?? 3600) * SECOND),
    },
  };
};

function checkSessionName(name: string): void {
  const failure =
    name.length > 64
      ? 'have length less than or equal to 64'
      : name.length < 2
        ? 'have length greater than or equal to 2'
        : undefined;
  if (failure) throw invalidSession(name, failure);
  if (!/^[\w+=,.@-]*$/.test(name)) throw invalidSession(name, 'satisfy regular expression pattern: [\\w+=,.@-]*');
}

function checkDuration(seconds: number): void {
  if (seconds >= 900 && seconds <= 43_200) return;
  const limit = seconds < 900 ? 'greater than or equal to 900' : 'less than or equal to 43200';
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${limit}`,
  );
}

const invalidSession = (name: string, constraint: string): AwsError =>
  new AwsError(
    'ValidationError',
    `1 validation error detected: Value '${name}' at 'roleSessionName' failed to satisfy constraint: Member must ${constraint}`,
  );

/** A missing role, a stranger and a wrong external id look the same: AWS does not say which it was. */
function findRole({ RoleArn = '', ExternalId }: AssumeRoleRequest, { estate, principal }: Caller): Role {
  const [, account, name] = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]+)$/.exec(RoleArn) ?? [];
  if (!account || !name) throw new AwsError('ValidationError', `${RoleArn} is invalid`);
  const role = estate.existing(account)?.roles.get(name);
  if (role && trusted(role, principal) && (role.externalId === undefined || role.externalId === ExternalId))
    return role;
  throw new AwsError(
    'AccessDenied',
    `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
    403,
  );
}
