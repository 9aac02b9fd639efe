import { canonicalJson } from '../../shared/core/canonical.ts';
import { type Evidence, unknown } from '../../shared/core/evidence.ts';
import { type EvidenceKind, type Facts, isMetric, METRICS_OF } from '../../shared/core/facts.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { judgeAll } from '../../shared/core/rules.ts';
import type { Judgement } from '../../shared/core/verdict.ts';
import { windowOf } from '../../shared/core/window.ts';
import type { ScopeReader } from '../../shared/ports.ts';

/** The resource as it was found just now. */
export interface Found {
  readonly reader: ScopeReader;
  readonly facts: Facts;
  readonly context: JudgeContext;
}

/** It is on its way to where it may be touched: worth another look in a while. */
class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

/**
 * Why the action is not to be done any more, if so. The rule that proposed it judges the resource again, with the metrics
 * up to now, and has to propose the same. What starts something needs no rule: it must only still be there and stopped.
 * @throws {NotYetError}
 */
export async function judgeAgain(found: Found, proposal: Proposal): Promise<string | undefined> {
  if (proposal.action.kind.startsWith('start-')) return whyNotStarted(found.facts, proposal);
  const judged = await judgeFully(found, proposal);
  if (judged.verdict !== 'act') return judged.verdict === 'leave' ? judged.because : 'no rule judges it';
  return canonicalJson(judged.action) === canonicalJson(proposal.action)
    ? undefined
    : 'the rule now proposes something else';
}

function whyNotStarted(facts: Facts, { action }: Proposal): string | undefined {
  const state = facts.type === 'instance' ? facts.state : facts.status;
  if (state === 'stopping') throw new NotYetError('it is still stopping');
  if (state !== 'stopped') return `it is ${state}, not stopped: somebody has moved it since`;
  const typeBefore = action.kind === 'start-instance' ? action.expect.instanceType : undefined;
  const typeNow = facts.type === 'instance' ? facts.instanceType : undefined;
  return typeBefore === typeNow || typeBefore === undefined
    ? undefined
    : `its type is now ${typeNow}, not ${typeBefore}`;
}

/** The rule's word, with everything read that it asks for. Its price is beside the point by now. */
async function judgeFully({ reader, facts: first, context }: Found, { rule }: Proposal): Promise<Judgement> {
  let facts = withEvidence(first, new Map([['hourlyPrice', unknown('not asked for again')]]));
  const range = windowOf(context.policy, [rule], context.now);
  for (;;) {
    const [judged] = judgeAll([facts], [rule], context);
    if (!judged) return { verdict: 'leave', because: 'no rule judges it' };
    if (judged.judgement.verdict !== 'lacks') return judged.judgement;
    const { evidence } = judged.judgement;
    facts = withEvidence(
      facts,
      isMetric(evidence)
        ? await reader.readMetrics(facts, METRICS_OF[facts.type], range) // what it will lack next comes with it
        : await readOne(reader, { facts, kind: evidence, range }),
    );
  }
}

async function readOne(
  reader: ScopeReader,
  { facts, kind, range }: { facts: Facts; kind: EvidenceKind; range: { from: Date; to: Date } },
): Promise<ReadonlyMap<EvidenceKind, Evidence<unknown>>> {
  const answers = await reader.read(new Map([[facts, kind]]), range);
  return new Map([[kind, answers.get(facts.identity.arn) ?? unknown('it was not answered')]]);
}

const withEvidence = (facts: Facts, answers: ReadonlyMap<EvidenceKind, Evidence<unknown>>): Facts =>
  ({ ...facts, evidence: { ...facts.evidence, ...Object.fromEntries(answers) } }) as Facts;
