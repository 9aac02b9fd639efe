import pLimit from 'p-limit';
import type { Scope } from '../core/identity.ts';
import { describeProblem, InvalidPolicyError } from '../core/policy.ts';
import type { Ledger, StoredPolicy } from '../ports.ts';

/**
 * The check behind `{"check": true}` and `npm run doctor`: a function tries everything that it needs and could try without
 * changing anything, and says of each what is missing, why it matters and what mends it. Only the function itself can:
 * what its role may do shows under its role alone.
 */

/** What trying one call has shown; the adapters in shared/aws/check answer so. */
export type Answer =
  | { readonly state: 'ok' }
  | {
      readonly state: 'denied';
      readonly code: string;
      readonly by?: 'organization' | 'boundary' | 'caller' | 'resource';
    }
  /** The region is not enabled in the account. */
  | { readonly state: 'closed'; readonly code: string }
  /** Neither granted nor denied: an outage, throttling, the network. */
  | { readonly state: 'failed'; readonly code: string }
  | { readonly state: 'untried'; readonly why: string };

/** A role that the function assumes in every account. */
export interface AccountRole {
  readonly name: string;
  /** What it is like when it cannot be assumed, as a sentence. */
  readonly matters: string;
  enter(account: string): Promise<Answer>;
  /** The answer to each operation that the role is for, by IAM action; none for a role that acts. */
  look?(scope: Scope, now: Date): Promise<Readonly<Record<string, Answer>>>;
}

/** Everything that one function needs. */
export interface Needs {
  readonly function: string;
  /** The stage that it was deployed with: the members trust the roles of one stage. */
  readonly stage: string;
  readonly ledger: Pick<Ledger, 'currentPolicy'>;
  /** The other reads of the ledger, by the DynamoDB keys that they touch. */
  readonly reads?: Readonly<Record<string, (own: Scope, now: Date) => Promise<unknown>>>;
  readonly roles: readonly AccountRole[];
  /** What it calls itself in the hub, by IAM action: how to try it. */
  readonly hub: Readonly<Record<string, () => Promise<Answer>>>;
  /** The IAM actions that show only by doing them. */
  readonly untried: readonly (keyof typeof SHOWN_BY)[];
}

/** Whose check it is, and of what: without `scopes` of what the policy names. */
export interface Asked {
  readonly own: Scope;
  readonly now: Date;
  readonly scopes?:
    | readonly { readonly account: string; readonly regions?: readonly string[] | undefined }[]
    | undefined;
}

/**
 * `ok` and `note` need nothing; `untried` could not be tried by looking; `missing` has to be mended; `failed` was not answered.
 */
export interface Finding {
  readonly state: 'ok' | 'note' | 'untried' | 'missing' | 'failed';
  /** An IAM action, or one of: ledger, policy, scopes, region, topic, ... */
  readonly what: string;
  readonly account?: string;
  readonly region?: string;
  readonly says: string;
  readonly matters?: string;
  readonly fix?: string;
}

export interface CheckReport {
  /** Nothing is missing, and everything that can be tried was answered. */
  readonly ok: boolean;
  readonly function: string;
  readonly account: string;
  readonly region: string;
  readonly findings: readonly Finding[];
}

/** Tries everything. It throws only when the code itself is wrong: what AWS refuses is a finding. */
export async function check(needs: Needs, asked: Asked): Promise<CheckReport> {
  const { account, region } = asked.own;
  const checking = { needs, asked };
  const { stored, findings: ledger } = await checkLedger(checking);
  const places = placesOf(asked, stored);
  const atOnce = pLimit(stored.known ? (stored.policy?.policy.concurrency ?? CONCURRENCY) : CONCURRENCY);
  const [hub, ...estate] = await Promise.all([
    Promise.all(Object.entries(needs.hub).map(([what, ask]) => checkHub(what, ask, checking))),
    ...needs.roles.map((role) => checkRole(role, places.accounts, { ...checking, atOnce })),
  ]);
  const untried = needs.untried.map(
    (what): Finding => ({ state: 'untried', what, says: 'it shows only by doing it', fix: SHOWN_BY[what] }),
  );
  const findings = [...ledger, ...hub, ...untried, ...places.findings, ...estate.flat()];
  const ok = !findings.some(({ state }) => state === 'missing' || state === 'failed');
  return { ok, function: needs.function, account, region, findings };
}

/** What a function lacks without the action, as a sentence. */
const MATTERS: Readonly<Record<string, string>> = {
  'autoscaling:DescribeAutoScalingGroups': 'No instance is judged: it might belong to an Auto Scaling group',
  'cloudwatch:GetMetricData': 'Nothing is proposed: how busy anything is stays unknown',
  'ec2:DescribeInstanceAttribute': 'No instance is proposed: it might be protected against stopping',
  'ec2:DescribeInstanceTypes': 'No instance is proposed: it might have local disks, which a stop erases',
  'ec2:DescribeInstances': 'No instance is judged',
  'ec2:DescribeVolumes': 'A proposal does not say which volumes go on being billed',
  'pricing:GetProducts': 'What anything would save is unknown',
  'rds:DescribeDBClusters': 'No database is judged',
  'rds:DescribeDBInstances': 'No database is judged',
};

const mattersOf = (what: string): string => MATTERS[what] ?? 'What needs it fails';

/** How a person tests what no check can try. */
const SHOWN_BY = {
  'dynamodb:PutItem': 'The next full run shows it',
  'lambda:InvokeFunction': 'The first plan in mode `approve` or `auto` shows it; until then nothing is handed over',
  'sns:Publish':
    'The next message shows it: a plan is announced when it changes, else after `defaults.remindAfter` (7d). ' +
    'To hear of it now, wake the function with {} and look whether the message comes',
} as const;

interface Checking {
  readonly needs: Needs;
  readonly asked: Asked;
}

/** As many scopes at once as a scan reads by default. */
const CONCURRENCY = 4;

const TRY_AGAIN = 'Try again; if it lasts, look at the AWS Health Dashboard and at the network';

// The hub

/** The policy in the ledger: unknown when it could not be read, or is not valid. */
type Stored = { readonly known: true; readonly policy: StoredPolicy | undefined } | { readonly known: false };

async function checkLedger({ needs, asked }: Checking): Promise<{ stored: Stored; findings: Finding[] }> {
  const { own, now } = asked;
  const reads = Object.entries(needs.reads ?? {});
  const [policy, ...others] = await Promise.all([
    tried(() => needs.ledger.currentPolicy()),
    ...reads.map(([, read]) => tried(() => read(own, now))),
  ]);
  const errors = [policy, ...others].flatMap((one) => (one.error ? [one.error] : []));
  const unavailable = errors.find(isUnavailable);
  const corrupt = others.flatMap(({ error }) => (error && !isUnavailable(error) ? [corruptFinding(error)] : []));
  const ledger = unavailable
    ? unavailableFinding(unavailable, { needs, asked })
    : ({
        state: 'ok',
        what: 'ledger',
        says: `answers for ${['POLICY#', ...reads.map(([key]) => key)].join(', ')}`,
      } as const);
  const stored: Stored = policy.error ? { known: false } : { known: true, policy: policy.value };
  return { stored, findings: [ledger, ...corrupt, policyFinding(policy, needs)] };
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

async function checkHub(what: string, ask: () => Promise<Answer>, checking: Checking): Promise<Finding> {
  const answer = await ask();
  const matters = mattersOf(what);
  switch (answer.state) {
    case 'ok':
      return { state: 'ok', what, says: 'granted' };
    case 'untried':
      return { state: 'untried', what, says: answer.why };
    case 'failed':
      return { state: 'failed', what, says: `not answered (${answer.code})`, matters, fix: TRY_AGAIN };
    default:
      return {
        state: 'missing',
        what,
        says: `the function's role is ${refusal(answer)}`,
        matters,
        fix: hubFix(checking),
      };
  }
}

// Accounts and regions

interface Place {
  readonly account: string;
  readonly regions: readonly string[];
}

/** What is looked at; what was asked for need not be in the policy yet, so that it can be checked before it is. */
function placesOf({ own, scopes }: Asked, stored: Stored): { accounts: readonly Place[]; findings: Finding[] } {
  const home = [{ account: own.account, regions: [own.region] }];
  const inPolicy = stored.known ? (stored.policy?.policy.scopes ?? []) : [];
  const known: readonly Place[] = inPolicy.length > 0 ? inPolicy : home;
  if (!scopes) {
    const says = `which accounts and regions to check is in the policy; without it only ${own.account} ${own.region} was`;
    return { accounts: known, findings: stored.known ? [] : [{ state: 'untried', what: 'scopes', says }] };
  }
  const regionsOf = (account: string) => known.find((one) => one.account === account)?.regions;
  const accounts = scopes.map(({ account, regions }) => ({
    account,
    regions: regions ?? regionsOf(account) ?? [own.region],
  }));
  const foreign = accounts.flatMap(({ account, regions }) =>
    regions.filter((region) => !regionsOf(account)?.includes(region)).map((region) => ({ account, region })),
  );
  const says = 'not among the scopes of the policy: it is not looked at until it is';
  return { accounts, findings: foreign.map((scope) => ({ state: 'note', what: 'scopes', ...scope, says })) };
}

/** An account as the role has found it; `answers` by region. */
interface Visit {
  readonly account: string;
  readonly entered: Answer;
  readonly answers: readonly { readonly region: string; readonly actions: Readonly<Record<string, Answer>> }[];
}

async function checkRole(
  role: AccountRole,
  places: readonly Place[],
  { atOnce, ...checking }: Checking & { readonly atOnce: ReturnType<typeof pLimit> },
): Promise<Finding[]> {
  const { now } = checking.asked;
  const visits = await Promise.all(
    places.map(async ({ account, regions }): Promise<Visit> => {
      const entered = await atOnce(() => role.enter(account));
      if (entered.state !== 'ok' || !role.look) return { account, entered, answers: [] };
      const look = (region: string) => role.look?.({ account, region }, now) ?? Promise.resolve({});
      const answers = await Promise.all(
        regions.map(async (region) => ({ region, actions: await atOnce(() => look(region)) })),
      );
      return { account, entered, answers };
    }),
  );
  return visits.flatMap((visit) => [
    entryFinding(role, { visit, visits }, checking),
    ...visit.answers.flatMap((answer) => regionFindings(role, { visit, ...answer }, checking)),
  ]);
}

/** AWS answers alike whether the role is missing, trusts another or wants another external id; the other accounts tell more. */
function entryFinding(
  { name, matters }: AccountRole,
  { visit, visits }: { readonly visit: Visit; readonly visits: readonly Visit[] },
  checking: Checking,
): Finding {
  const { account, entered } = visit;
  const what = `sts:AssumeRole ${name}`;
  if (entered.state === 'ok') return { state: 'ok', what, account, says: 'granted' };
  if (entered.state === 'untried') return { state: 'untried', what, account, says: entered.why };
  if (entered.state === 'failed') {
    return { state: 'failed', what, account, says: `not answered (${entered.code})`, matters, fix: TRY_AGAIN };
  }
  const { needs, asked } = checking;
  const own = `lamplighter-${needs.function}-${needs.stage}`;
  const refused = `${own} is ${refusal(entered)}`;
  const missing = { state: 'missing', what, account, matters } as const;
  if (isFromAbove(entered)) return { ...missing, says: refused, fix: organizationFix(what, { account }) };
  if (entered.state === 'denied' && entered.by === 'caller')
    return { ...missing, says: refused, fix: hubFix(checking) };
  const elsewhere = visits.filter((one) => one.entered.state === 'ok').length;
  const causes = `the role does not exist, does not trust ${own} of ${asked.own.account}, or wants another external id`;
  const others =
    elsewhere > 0
      ? `; it works in ${elsewhere} other ${elsewhere === 1 ? 'account' : 'accounts'}, so it is this account's role`
      : visits.length > 1
        ? '; no account lets it in, so look at the external id of the hub first'
        : '';
  return { ...missing, says: `${refused}: ${causes}${others}`, fix: memberFix(account, checking) };
}

interface Looked {
  readonly visit: Visit;
  readonly region: string;
  readonly actions: Readonly<Record<string, Answer>>;
}

function regionFindings(role: AccountRole, { visit, region, actions }: Looked, checking: Checking): Finding[] {
  const { account } = visit;
  const answers = Object.entries(actions);
  const closed = answers.map(([, answer]) => answer).find(({ state }) => state === 'closed');
  if (closed?.state === 'closed' && !answers.some(([, { state }]) => state === 'ok' || state === 'denied')) {
    return [closedFinding({ account, region }, closed.code)];
  }
  return answers.map(([what, answer]) => {
    const here = { what, account, region };
    const matters = mattersOf(what);
    switch (answer.state) {
      case 'ok':
        return { state: 'ok', ...here, says: 'granted' };
      case 'untried':
        return { state: 'untried', ...here, says: answer.why };
      case 'failed':
        return { state: 'failed', ...here, says: `not answered (${answer.code})`, matters, fix: TRY_AGAIN };
      default:
        return { state: 'missing', ...here, matters, ...deniedIn(role, { what, answer, visit, region }, checking) };
    }
  });
}

function closedFinding(scope: Scope, code: string): Finding {
  const { account, region } = scope;
  return {
    state: 'missing',
    what: 'region',
    ...scope,
    says: `not enabled in the account (${code})`,
    matters: 'Everything in it is unknown',
    fix:
      `With credentials of ${account}: aws account enable-region --region-name ${region}; ` +
      'or take the region out of `scopes` in the policy',
  };
}

/** A role is the same in every region: what it may in one and not in another, something above denies, unless AWS says otherwise. */
function deniedIn(
  { name }: AccountRole,
  denied: { what: string; answer: Refusal; visit: Visit; region: string },
  checking: Checking,
): Pick<Finding, 'says' | 'fix'> {
  const { what, answer, visit, region } = denied;
  const { account } = visit;
  const says = `${name} is ${refusal(answer)}`;
  const fromAbove = isFromAbove(answer);
  const elsewhere = visit.answers.find(({ actions }) => actions[what]?.state === 'ok')?.region;
  const itself = answer.state === 'denied' && answer.by === 'caller';
  if (itself || (!fromAbove && !elsewhere)) {
    return { says: `${says}: it is older than this version, or was changed`, fix: memberFix(account, checking) };
  }
  const but = fromAbove ? '' : `, though not in ${elsewhere}: a policy above the role denies it`;
  return { says: `${says}${but}`, fix: organizationFix(what, { account, region }) };
}

const isFromAbove = (answer: Refusal): boolean =>
  answer.state === 'denied' && (answer.by === 'organization' || answer.by === 'boundary');

type Refusal = Extract<Answer, { readonly state: 'denied' | 'closed' }>;

const REFUSERS = {
  organization: 'by a policy of the organization (SCP or RCP)',
  boundary: 'by a permissions boundary',
  caller: 'by its own policies',
  resource: 'by the policy of what is called',
} as const;

/** `denied (AccessDenied) by a permissions boundary` */
function refusal(answer: Refusal): string {
  const by = answer.state === 'denied' && answer.by ? ` ${REFUSERS[answer.by]}` : '';
  return `denied (${answer.code})${by}`;
}

// What mends it

const hubFix = ({ needs, asked }: Checking): string =>
  'Deploy the hub, with LAMPLIGHTER_EXTERNAL_ID set: ' +
  `npm run build && npx serverless deploy --stage ${needs.stage} --region ${asked.own.region}`;

/** The hub has its roles from its own stack; every other account from infra/member.yml. */
function memberFix(account: string, checking: Checking): string {
  const { needs, asked } = checking;
  if (account === asked.own.account) return hubFix(checking);
  return (
    `With credentials of ${account}: aws cloudformation deploy --stack-name lamplighter-member ` +
    '--template-file infra/member.yml --capabilities CAPABILITY_NAMED_IAM --parameter-overrides ' +
    `HubAccountId=${asked.own.account} Stage=${needs.stage} ExternalId=$LAMPLIGHTER_EXTERNAL_ID`
  );
}

function organizationFix(what: string, { account, region }: { account: string; region?: string }): string {
  const where = region ? `${account} in ${region}` : account;
  return `Have whoever keeps the policies of the organization allow ${what} in ${where}, or take it out of \`scopes\` in the policy`;
}
