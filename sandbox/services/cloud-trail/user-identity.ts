import { createHash } from 'node:crypto';
import type { Actor } from '../../estate/cloud-trail-state.ts';

/** The `userIdentity` element of a CloudTrail event (AWS CloudTrail user guide). */
export function userIdentity(actor: Actor, accountId: string): object {
  switch (actor.type) {
    case 'IAMUser':
      return {
        type: 'IAMUser',
        principalId: uniqueId('AIDA', actor.name),
        arn: `arn:aws:iam::${accountId}:user/${actor.name}`,
        accountId,
        accessKeyId: accessKeyOf(actor, accountId),
        userName: actor.name,
      };
    case 'AssumedRole':
      return {
        type: 'AssumedRole',
        principalId: `${uniqueId('AROA', actor.role)}:${actor.session}`,
        arn: `arn:aws:sts::${accountId}:assumed-role/${actor.role}/${actor.session}`,
        accountId,
        accessKeyId: accessKeyOf(actor, accountId),
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: uniqueId('AROA', actor.role),
            arn: `arn:aws:iam::${accountId}:role/${actor.role}`,
            accountId,
            userName: actor.role,
          },
          attributes: { mfaAuthenticated: 'false' },
        },
      };
    case 'Root':
      return {
        type: 'Root',
        principalId: accountId,
        arn: `arn:aws:iam::${accountId}:root`,
        accountId,
        accessKeyId: accessKeyOf(actor, accountId),
      };
    case 'AWSService':
      return { type: 'AWSService', invokedBy: actor.service };
    default:
      return actor satisfies never;
  }
}

/** LookupEvents shows a role by its session; a service of AWS has no name. */
export function userNameOf(actor: Actor): string | undefined {
  switch (actor.type) {
    case 'IAMUser':
      return actor.name;
    case 'AssumedRole':
      return actor.session;
    case 'Root':
      return 'root';
    case 'AWSService':
      return undefined;
    default:
      return actor satisfies never;
  }
}

/** A service of AWS signs with no key of the account. */
export function accessKeyOf(actor: Actor, account: string): string | undefined {
  if (actor.type === 'AWSService') return undefined;
  return uniqueId(actor.type === 'AssumedRole' ? 'ASIA' : 'AKIA', `${account} ${userNameOf(actor)}`);
}

/** The same one for the same text. */
const uniqueId = (prefix: string, of: string): string =>
  prefix + createHash('sha256').update(of).digest('hex').toUpperCase().slice(0, 17);
