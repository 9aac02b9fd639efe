import { glob } from './glob.ts';
import type { Arn } from './identity.ts';
import type { Policy } from './policy.ts';

/** One entry of the policy's `approvers`. */
export type Approver = Policy['approvers'][number];

/** The IAM identity behind a request, taken apart. */
export interface Person {
  readonly arn: Arn;
  readonly partition: string;
  readonly account: string;
  readonly identity:
    | { readonly kind: 'role'; readonly role: string; readonly session: string }
    | { readonly kind: 'other'; readonly service: 'iam' | 'sts'; readonly resource: string };
}

const IAM_ARN = /^arn:([\w-]+):(iam|sts)::(\d{12}):(.+)$/s;
const ASSUMED_ROLE = /^assumed-role\/([^/]+)\/([^/]+)$/;

/** Takes the ARN of a caller apart, as STS or a Function URL names one; `undefined` when it is none. */
function personOf(arn: Arn): Person | undefined {
  const parts = iamParts(arn);
  if (!parts) return undefined;
  const { partition, service, account, resource } = parts;
  const [, role, session] = (service === 'sts' && ASSUMED_ROLE.exec(resource)) || [];
  const identity: Person['identity'] =
    role && session ? { kind: 'role', role, session } : { kind: 'other', service, resource };
  return { arn, partition, account, identity };
}

/** A person as other people know them: `kim (role sre-oncall)`, else the user's name, else the ARN. */
export function nameOfPerson(arn: Arn): string {
  const person = personOf(arn);
  if (!person) return arn;
  const { identity } = person;
  if (identity.kind === 'role') return `${identity.session} (role ${identity.role})`;
  return identity.resource.startsWith('user/') ? lastSegment(identity.resource) : arn;
}

/** Whether the policy lets this caller answer for this account. */
export const mayAnswer = (by: Arn, account: string, approvers: readonly Approver[]): boolean =>
  principalsFor(account, approvers).some((pattern) => matchesPrincipal(pattern, by));

/** The principals that may answer for the account, as the policy writes them. */
export const principalsFor = (account: string, approvers: readonly Approver[]): string[] => [
  ...new Set(
    approvers.flatMap(({ accounts, principals }) => (accounts === '*' || accounts.includes(account) ? principals : [])),
  ),
];

/**
 * Whether a principal of the policy means this caller; `*` stands for any characters. The partition and the account are
 * compared as they are: no `*` reaches into another account.
 *
 * A role signs as `sts::123456789012:assumed-role/NAME/SESSION`, which has lost the role's path. Names are unique within
 * an account, so `role/path/NAME` means the role of that name. `role/path/*` says nothing but the path, which cannot be
 * checked, and matches nobody.
 */
export function matchesPrincipal(pattern: string, by: Arn): boolean {
  const person = personOf(by);
  const wanted = iamParts(pattern);
  if (!person || !wanted) return false;
  if (wanted.partition !== person.partition || wanted.account !== person.account) return false;
  const { identity } = person;
  if (identity.kind === 'other') return wanted.service === identity.service && glob(wanted.resource, identity.resource);
  return wanted.service === 'iam' ? meansRole(wanted.resource, identity.role) : meansSession(wanted.resource, identity);
}

function meansRole(resource: string, role: string): boolean {
  if (!resource.startsWith('role/')) return resource.includes('*') && glob(resource, `role/${role}`);
  const name = lastSegment(resource);
  const hasPath = resource !== `role/${name}`;
  if (hasPath && /^\**$/.test(name)) return false;
  return glob(name, role);
}

/**
 * Segment by segment: a session name is its user's to choose, and must never pass for a part of the role's. What ends
 * early means everything behind it only when it ends in `*`.
 */
function meansSession(resource: string, { role, session }: { role: string; session: string }): boolean {
  const segments = resource.split('/');
  const isShort = segments.length < 3;
  if (segments.length > 3 || (isShort && !resource.endsWith('*'))) return false;
  return segments.every((pattern, index) => glob(pattern, ['assumed-role', role, session][index] ?? ''));
}

function iamParts(arn: string) {
  const [, partition, service, account, resource] = IAM_ARN.exec(arn) ?? [];
  if (!partition || !service || !account || !resource) return undefined;
  return { partition, service: service as 'iam' | 'sts', account, resource };
}

const lastSegment = (resource: string): string => resource.slice(resource.lastIndexOf('/') + 1);
