import { AssumeRoleCommand, type STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@smithy/types';
import { AccessDeniedError, isDenied } from './errors.ts';

/** A role that every account has under the same name. */
export interface AssumedRole {
  readonly roleName: string;
  readonly externalId: string;
  /** Shown in the account's CloudTrail as the session that looked or acted. */
  readonly sessionName: string;
  readonly partition: string;
}

/** The credentials of an account. @throws {AccessDeniedError} when the account does not let us in */
export type CredentialsOf = (account: string) => Promise<AwsCredentialIdentity>;

/** STS's limit on `RoleSessionName`, with its alphabet. */
const SESSION_NAME = { longest: 64, foreign: /[^\w+=,.@-]/g } as const;

/** Before a session's end it is renewed rather than used to its last second. */
const RENEW_BEFORE_MS = 5 * 60_000;

/** The credentials of one role (to look, or to act), one session an account for as long as it lasts. */
export function assumedRole(sts: STSClient, role: AssumedRole): CredentialsOf {
  const sessions = new Map<string, Promise<AwsCredentialIdentity>>();
  return async (account) => {
    const standing = sessions.get(account);
    const open = standing && (await standing.catch(() => undefined));
    if (open && !isEnding(open)) return open;
    const renewing = sessions.get(account);
    if (renewing && renewing !== standing) return renewing; // another region was first while we waited
    const renewed = assume(sts, role, account);
    sessions.set(account, renewed);
    return renewed;
  };
}

// The one place that asks the clock of the machine: a session's end is real time, not the tick's.
const isEnding = ({ expiration }: AwsCredentialIdentity): boolean =>
  expiration !== undefined && expiration.getTime() - Date.now() < RENEW_BEFORE_MS;

async function assume(sts: STSClient, role: AssumedRole, account: string): Promise<AwsCredentialIdentity> {
  const arn = `arn:${role.partition}:iam::${account}:role/${role.roleName}`;
  try {
    const { Credentials: session } = await sts.send(
      new AssumeRoleCommand({
        RoleArn: arn,
        RoleSessionName: role.sessionName.replace(SESSION_NAME.foreign, '-').slice(0, SESSION_NAME.longest),
        ExternalId: role.externalId,
      }),
    );
    if (!session?.AccessKeyId || !session.SecretAccessKey) throw new Error(`STS returned no credentials for ${arn}`);
    return {
      accessKeyId: session.AccessKeyId,
      secretAccessKey: session.SecretAccessKey,
      ...(session.SessionToken ? { sessionToken: session.SessionToken } : {}),
      ...(session.Expiration ? { expiration: session.Expiration } : {}),
    };
  } catch (error) {
    if (isDenied(error)) throw new AccessDeniedError(`may not assume ${arn}`, error);
    throw error;
  }
}
