import { targetOf } from '../../shared/core/action.ts';
import { canonicalJson } from '../../shared/core/canonical.ts';
import { type Evidence, unknown } from '../../shared/core/evidence.ts';
import type { EvidenceKind, Facts } from '../../shared/core/facts.ts';
import { parseArn, type Scope } from '../../shared/core/identity.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import { exemptFromAll, type JudgeContext } from '../../shared/core/rules/exempt.ts';
import { judgeAll, RULES } from '../../shared/core/rules.ts';
import { windowOf } from '../../shared/core/window.ts';
import type { ScopeReader } from '../../shared/ports.ts';

/** What a fresh look at the resource says: still to be done, or why not any more. */
export type Recheck = { readonly fine: true } | { readonly fine: false; readonly because: string };

const not = (because: string): Recheck => ({ fine: false, because });

/**
 * Reads the resource again, with the metrics up to now, and judges it by the rule that proposed the action. Only when the
 * same rule proposes the same action again is it fine. What starts something needs no rule: it must only still be there.
 */
export async function recheck(reader: ScopeReader, proposal: Proposal, context: JudgeContext): Promise<Recheck> {
  const { type } = RULES[proposal.rule];
  const facts = await reader.find(targetOf(proposal.action), type);
  if (!facts) return not('it is gone, or another resource carries its name');
  if (proposal.action.kind.startsWith('start-')) return startable(facts, proposal);
  const judged = await judgeFully(reader, facts, { proposal, context });
  if (judged.verdict === 'leave') return not(judged.because);
  return canonicalJson(judged.action) === canonicalJson(proposal.action)
    ? { fine: true }
    : not('the rule now proposes something else');
}

/** Why the resource is exempt by now (protected, vetoed), if it is: asked again just before the mutation. */
export async function exemptNow(
  reader: ScopeReader,
  proposal: Proposal,
  context: JudgeContext,
): Promise<string | undefined> {
  const facts = await reader.find(targetOf(proposal.action), RULES[proposal.rule].type);
  return facts ? exemptFromAll(facts, context) : 'it is gone, or another resource carries its name';
}

function startable(facts: Facts, { action }: Proposal): Recheck {
  const state = facts.type === 'instance' ? facts.state : facts.status;
  if (state !== 'stopped') return not(`it is ${state}, not stopped: somebody has moved it since`);
  const typeBefore = action.kind === 'start-instance' ? action.expect.instanceType : undefined;
  const typeNow = facts.type === 'instance' ? facts.instanceType : undefined;
  return typeBefore === typeNow || typeBefore === undefined
    ? { fine: true }
    : not(`its type is now ${typeNow}, not ${typeBefore}`);
}

interface Question {
  readonly proposal: Proposal;
  readonly context: JudgeContext;
}

/** The rule's word, with everything read that it asks for. Its price is beside the point by now. */
async function judgeFully(reader: ScopeReader, first: Facts, { proposal, context }: Question) {
  let facts = withEvidence(first, 'hourlyPrice', unknown('not asked for again'));
  const range = windowOf(context.policy, [proposal.rule], context.now);
  for (;;) {
    const [judged] = judgeAll([facts], [proposal.rule], context);
    if (judged?.judgement.verdict !== 'lacks')
      return judged?.judgement ?? { verdict: 'leave' as const, because: 'no rule judges it' };
    const { evidence } = judged.judgement;
    const answers = await reader.read(new Map([[facts, evidence]]), range);
    facts = withEvidence(facts, evidence, answers.get(facts.identity.arn) ?? unknown('it was not answered'));
  }
}

const withEvidence = (facts: Facts, kind: EvidenceKind, answer: Evidence<unknown>): Facts =>
  ({ ...facts, evidence: { ...facts.evidence, [kind]: answer } }) as Facts;

/** The account and region that the action's target is in. */
export function scopeOf({ action }: Proposal): Scope {
  const { account = '', region = '' } = parseArn(targetOf(action).arn) ?? {};
  return { account, region };
}
