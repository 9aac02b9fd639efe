import { describeAction } from '../../shared/core/action.ts';
import type { AccountFacts, EvidenceKind, Facts } from '../../shared/core/facts.ts';
import { type Arn, consoleLink, parseArn } from '../../shared/core/identity.ts';
import { formatMoney } from '../../shared/core/money.ts';
import { modeOf, type RuleId } from '../../shared/core/policy.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { EVIDENCE_OF, judgeAll } from '../../shared/core/rules.ts';
import type { Judgement } from '../../shared/core/verdict.ts';
import { windowOf } from '../../shared/core/window.ts';
import { gather } from './gather.ts';
import type { Account, Look } from './run.ts';
import { typesOf } from './tick.ts';

/** Everything there is to say of one resource. */
export interface Explanation {
  readonly resource: { readonly arn: Arn; readonly id: string; readonly name: string; readonly console?: string };
  readonly facts: Omit<Facts, 'evidence'>;
  readonly evidence: Facts['evidence'];
  readonly verdicts: readonly {
    readonly rule: RuleId;
    readonly mode: string;
    readonly verdict: Judgement['verdict'];
    readonly because: string;
    readonly action?: string;
    readonly saving?: string;
  }[];
}

class ResourceNotFoundError extends Error {
  override readonly name = 'ResourceNotFoundError';
  constructor(
    resource: string,
    { accounts, unreadable }: { accounts: readonly Account[]; unreadable: readonly string[] },
  ) {
    const looked = accounts.map(({ account, regions }) => `${account} (${regions.join(', ')})`).join('; ');
    const blind = unreadable.length > 0 ? `; could not be read: ${unreadable.join('; ')}` : '';
    super(`no instance or database has the ARN, id or name "${resource}" in ${looked}${blind}`);
  }
}

/**
 * Explains every resource that has this ARN, id or name: the verdict of each rule with all of its evidence, also of what
 * the verdict did not need.
 * @throws {ResourceNotFoundError}
 */
export async function explain(resource: string, accounts: readonly Account[], looking: Look): Promise<Explanation[]> {
  const places = narrowed(resource, accounts);
  const found: Explanation[] = [];
  const unreadable: string[] = [];
  for (const account of places) {
    const context = {
      now: looking.now,
      policy: looking.policy,
      vetoes: await looking.ledger.vetoes(account.account, looking.now),
    };
    const facts = await gather(looking.sources, {
      ...account,
      types: typesOf(looking.rules),
      range: windowOf(looking.policy, looking.rules, looking.now),
      wanted: (known) => nextOf(known, resource),
    });
    unreadable.push(...facts.unreadable.map(({ region, what, why }) => `${what}s in ${region}: ${why}`));
    found.push(...named(facts, resource).map((one) => explanationOf(one, looking.rules, context)));
  }
  if (found.length === 0) throw new ResourceNotFoundError(resource, { accounts: places, unreadable });
  return found;
}

/** An ARN says where to look; a name may be anywhere. */
function narrowed(resource: string, accounts: readonly Account[]): Account[] {
  const arn = parseArn(resource);
  if (!arn) return [...accounts];
  const there = accounts.filter(({ account, regions }) => account === arn.account && regions.includes(arn.region));
  return there.map(({ account }) => ({ account, regions: [arn.region] }));
}

const named = ({ resources }: AccountFacts, resource: string): Facts[] =>
  resources.filter(({ identity, name }) => [identity.arn, identity.id, name].includes(resource));

/** The next kind of evidence that the resource's type has and nobody read. */
function nextOf(known: AccountFacts, resource: string): Map<Facts, EvidenceKind> {
  return new Map(
    named(known, resource).flatMap((facts): [Facts, EvidenceKind][] => {
      const next = EVIDENCE_OF[facts.type].find((kind) => !(kind in facts.evidence));
      return next ? [[facts, next]] : [];
    }),
  );
}

function explanationOf(facts: Facts, rules: readonly RuleId[], context: JudgeContext): Explanation {
  const { evidence, ...rest } = facts;
  const console = consoleLink(facts.identity.arn);
  return {
    resource: { ...facts.identity, name: facts.name, ...(console ? { console } : {}) },
    facts: rest,
    evidence,
    verdicts: judgeAll([facts], rules, context).map(({ rule, judgement }) => ({
      rule,
      mode: modeOf(context.policy, rule),
      ...wordsFor(judgement),
    })),
  };
}

function wordsFor(judgement: Judgement) {
  const { verdict } = judgement;
  if (judgement.verdict === 'leave') return { verdict, because: judgement.because };
  if (judgement.verdict === 'lacks') return { verdict, because: `${judgement.evidence} was not read` };
  const { saving } = judgement;
  const worth = saving.known
    ? `${formatMoney(saving.value.monthly)} a month (${saving.value.basis})`
    : `unknown: ${saving.why}`;
  return { verdict, because: judgement.because, action: describeAction(judgement.action), saving: worth };
}
