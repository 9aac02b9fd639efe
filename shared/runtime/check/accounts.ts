import type pLimit from 'p-limit';
import type { Scope } from '../../core/identity.ts';
import type { AccountRole, Answer, Answers, Finding, Place } from '../../ports-check.ts';
import type { Asked, Checking } from '../check.ts';
import {
  hubFix,
  isFromAbove,
  mattersOf,
  memberFix,
  organizationFix,
  type Refusal,
  refusal,
  TRY_AGAIN,
} from './fixes.ts';
import type { Stored } from './hub.ts';

/** What is looked at; what was asked for need not be in the policy yet, so that it can be checked before it is. */
export function placesOf({ own, scopes }: Asked, stored: Stored): { accounts: readonly Place[]; findings: Finding[] } {
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
  readonly answers: readonly { readonly region: string; readonly actions: Answers }[];
}

/** Enters the accounts one by one, so many at once, and tries in each region what the role is for. */
export async function checkRole(
  role: AccountRole,
  places: readonly Place[],
  { atOnce, ...checking }: Checking & { readonly atOnce: ReturnType<typeof pLimit> },
): Promise<Finding[]> {
  const { now } = checking.asked;
  const visits = await Promise.all(
    places.map(async ({ account, regions }): Promise<Visit> => {
      const entered = await atOnce(() => role.enter(account));
      if (entered.state !== 'ok') return { account, entered, answers: [] };
      const answers = await Promise.all(
        regions.map(async (region) => ({ region, actions: await atOnce(() => role.look({ account, region }, now)) })),
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
  readonly actions: Answers;
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
        return { state: 'ok', ...here, says: `granted to ${role.name}` };
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
