import { describeAction } from '../../shared/core/action.ts';
import { type Charts, chartsOf } from '../../shared/core/charts.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import type { AccountFacts, DatabaseFacts, EvidenceKind, Facts, InstanceFacts } from '../../shared/core/facts.ts';
import { type Arn, consoleLink, parseArn } from '../../shared/core/identity.ts';
import { describeSaving, type Saving } from '../../shared/core/money.ts';
import { onHoursOf } from '../../shared/core/on-hours.ts';
import { modeOf, type RuleId } from '../../shared/core/policy.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { explainSizing, type SizingNumbers } from '../../shared/core/rules/explain-sizing.ts';
import { EVIDENCE_OF, judgeAll } from '../../shared/core/rules.ts';
import type { FindVerdict, Judgement } from '../../shared/core/verdict.ts';
import { windowOf } from '../../shared/core/window.ts';
import { gather } from './gather.ts';
import type { Account, Look } from './run.ts';
import { typesOf } from './tick.ts';

/** Everything there is to say of one resource. */
export interface Explanation {
  readonly resource: { readonly arn: Arn; readonly id: string; readonly name: string; readonly console?: string };
  readonly facts: Omit<Facts, 'evidence'>;
  readonly evidence: Facts['evidence'];
  /** The series among the evidence, drawn. */
  readonly charts: Charts;
  /** Of a machine: what it needs, and every type that was considered for it. */
  readonly sizing?: Evidence<SizingNumbers>;
  readonly verdicts: readonly {
    readonly rule: RuleId;
    readonly mode: string;
    readonly verdict: Exclude<Judgement['verdict'], 'find'> | FindVerdict['kind'];
    readonly because: string;
    readonly action?: string;
    /** Of a finding or a suggestion: what may come of it or why it is left to people, and what to do. */
    readonly note?: string;
    readonly step?: string;
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
    super(`no instance, database, volume or snapshot has the ARN, id or name "${resource}" in ${looked}${blind}`);
  }
}

/**
 * Explains every resource that has this ARN, id or name: the verdict of each rule with all of its evidence, also of what
 * the verdict did not need.
 * @throws {ResourceNotFoundError}
 */
export async function explain(resource: string, accounts: readonly Account[], looking: Look): Promise<Explanation[]> {
  const { policy, holidays, rules, now } = looking;
  const window = windowOf(policy, rules, now);
  const onHours = onHoursOf({ policy, holidays, window });
  const places = narrowed(resource, accounts);
  const found: Explanation[] = [];
  const unreadable: string[] = [];
  for (const account of places) {
    const context = { now, policy, onHours, vetoes: await looking.ledger.vetoes(account.account, now) };
    const facts = await gather(looking.sources, {
      ...account,
      types: typesOf(rules),
      range: window,
      wanted: (known) => nextOf(known, resource),
    });
    unreadable.push(...facts.unreadable.map(({ region, what, why }) => `${what}s in ${region}: ${why}`));
    found.push(...named(facts, resource).map((one) => explanationOf(one, rules, context)));
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
      const kinds: readonly EvidenceKind[] = EVIDENCE_OF[facts.type];
      const next = kinds.find((kind) => !(kind in facts.evidence));
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
    charts: chartsOf(facts, context.now),
    ...(isSized(facts) ? { sizing: explainSizing(facts, context) } : {}),
    verdicts: judgeAll([facts], rules, context).map(({ rule, judgement }) => ({
      rule,
      mode: modeOf(context.policy, rule),
      ...wordsFor(judgement),
    })),
  };
}

/** The instances of a cluster are not sized. */
const isSized = (facts: Facts): facts is InstanceFacts | DatabaseFacts =>
  facts.type === 'instance' || (facts.type === 'database' && facts.form === 'instance');

function wordsFor(judgement: Judgement) {
  if (judgement.verdict === 'leave') return { verdict: judgement.verdict, because: judgement.because };
  if (judgement.verdict === 'lacks')
    return { verdict: judgement.verdict, because: `${judgement.evidence} was not read` };
  const { because, saving } = judgement;
  const worth = saving ? { saving: inWords(saving) } : {};
  if (judgement.verdict === 'act')
    return { verdict: judgement.verdict, because, action: describeAction(judgement.action), ...worth };
  const { kind, note, step } = judgement;
  return { verdict: kind, because, note, step, ...worth };
}

const inWords = (saving: Evidence<Saving>): string =>
  saving.known ? describeSaving(saving.value) : `unknown: ${saving.why}`;
