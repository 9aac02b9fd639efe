import { describeProblem, InvalidPolicyError, parsePolicy } from '../../core/policy.ts';
import type { StoredPolicy } from '../../ports.ts';
import type { Answer, Finding } from '../../ports-check.ts';
import type { Checking, Needs } from '../check.ts';
import { hubFix, mattersOf, refusal, TRY_AGAIN } from './fixes.ts';

/** The policy in the ledger: unknown when it could not be read, or is not valid. */
export type Stored = { readonly known: true; readonly policy: StoredPolicy | undefined } | { readonly known: false };

/** Reads the policy and every other part of the ledger that the function reads. */
export async function checkLedger(checking: Checking): Promise<{ stored: Stored; findings: Finding[] }> {
  const { needs } = checking;
  const { own, now } = checking.asked;
  const reads = Object.entries(needs.reads ?? {});
  const [policy, ...others] = await Promise.all([
    tried(() => needs.ledger.currentPolicy()),
    ...reads.map(([, read]) => tried(() => read(own, now))),
  ]);
  const errors = [policy, ...others].flatMap((one) => (one.error ? [one.error] : []));
  const unavailable = errors.find(isUnavailable);
  const corrupt = others.flatMap(({ error }) => (error && !isUnavailable(error) ? [corruptFinding(error)] : []));
  const answers = `answers for ${['POLICY#', ...reads.map(([key]) => key)].join(', ')}`;
  const ledger: Finding = unavailable
    ? unavailableFinding(unavailable, checking)
    : { state: 'ok', what: 'ledger', says: answers };
  const stored: Stored = policy.error ? { known: false } : { known: true, policy: policy.value };
  const calendars = (stored.known && stored.policy && needs.calendars?.(stored.policy, now)) || [];
  return {
    stored,
    findings: [ledger, ...corrupt, policyFinding(policy, needs), ...calendars, ...tagFindings(stored, needs)],
  };
}

type Tried<T> = { readonly value: T; readonly error?: undefined } | { readonly error: Error };

async function tried<T>(call: () => Promise<T>): Promise<Tried<T>> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** The ledger's own error, which this layer knows by its name. */
type Unavailable = Error & { readonly retryHelps: boolean };

const isUnavailable = (error: Error): error is Unavailable => error.name === 'LedgerUnavailableError';

function unavailableFinding({ message, retryHelps }: Unavailable, checking: Checking): Finding {
  return {
    state: retryHelps ? 'failed' : 'missing',
    what: 'ledger',
    says: message,
    matters: 'Without the ledger nothing is decided, recorded or announced: every run fails',
    fix: retryHelps ? TRY_AGAIN : hubFix(checking),
  };
}

/** What the ledger says of an item that cannot be what was written names its repair. */
const corruptFinding = ({ message }: Error): Finding => ({
  state: 'missing',
  what: 'ledger',
  says: message,
  matters: 'A run that comes to this item fails',
});

function policyFinding(policy: Tried<StoredPolicy | undefined>, { stage }: Needs): Finding {
  const store = `npm run policy -- FILE --table lamplighter-${stage}`;
  const { error } = policy;
  if (error && isUnavailable(error)) return { state: 'untried', what: 'policy', says: 'the ledger could not be read' };
  if (error) {
    const problems =
      error instanceof InvalidPolicyError ? error.problems.map(describeProblem).join('; ') : error.message;
    const matters = 'Every run fails: the defaults in its place would be a silent change';
    return { state: 'missing', what: 'policy', says: `the stored one is not valid: ${problems}`, matters, fix: store };
  }
  if (!policy.value) {
    const says =
      "none was ever stored: everything is at its default, which is to report on the hub's own account and region";
    return { state: 'note', what: 'policy', says, fix: store };
  }
  const { version, storedAt, storedBy } = policy.value;
  const says = `version ${version} is in force and valid, stored ${storedAt.toISOString()} by ${storedBy}`;
  return { state: 'ok', what: 'policy', says };
}

/** The code goes by the tags that the policy names, the explicit Deny in IAM by those that were deployed. */
function tagFindings(stored: Stored, { protectTag, holdTag, stage }: Needs): Finding[] {
  if (!stored.known) return [];
  const { defaults, snapshots } = stored.policy?.policy ?? parsePolicy({});
  return [
    ...(protectTag ? [tagFinding(STOP, { wanted: defaults.protectTag, deployed: protectTag, stage })] : []),
    ...(holdTag ? [tagFinding(DELETE, { wanted: snapshots.holdTag, deployed: holdTag, stage })] : []),
  ];
}

const STOP = { what: 'protectTag', member: 'ProtectTag', does: 'protects', keepsFrom: 'being stopped' };
const DELETE = { what: 'holdTag', member: 'HoldTag', does: 'holds snapshots', keepsFrom: 'being deleted' };

function tagFinding(
  { what, member, does, keepsFrom }: typeof STOP,
  { wanted, deployed, stage }: { readonly wanted: string; readonly deployed: string; readonly stage: string },
): Finding {
  if (wanted === deployed) return { state: 'ok', what, says: `${deployed}, as in the policy` };
  return {
    state: 'missing',
    what,
    says: `the policy ${does} by ${wanted}, the hub was deployed with ${deployed}`,
    matters: `Only the code keeps what is tagged ${wanted} from ${keepsFrom}: the roles lamplighter-act deny it for ${deployed}`,
    fix:
      `npx serverless deploy --stage ${stage} --param="${what}=${wanted}", and infra/member.yml in every ` +
      `other account with ${member}=${wanted}; or name ${deployed} in the policy`,
  };
}

/** One call of the function's own, in the hub; what was read may be worth a word. */
export async function checkCall(what: string, ask: () => Promise<Answer>, checking: Checking): Promise<Finding[]> {
  const answer = await ask();
  const matters = mattersOf(what);
  switch (answer.state) {
    case 'ok':
      return [{ state: 'ok', what, says: 'granted' }, ...(answer.finds ?? [])];
    case 'untried':
      return [{ state: 'untried', what, says: answer.why }];
    case 'failed':
      return [{ state: 'failed', what, says: `not answered (${answer.code})`, matters, fix: TRY_AGAIN }];
    default: {
      const says = `the function's role is ${refusal(answer)}`;
      return [{ state: 'missing', what, says, matters, fix: hubFix(checking) }];
    }
  }
}
