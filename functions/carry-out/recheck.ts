import type { Action } from '../../shared/core/action.ts';
import { canonicalJson } from '../../shared/core/canonical.ts';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import { type EvidenceKind, type Facts, isMetric, METRICS_OF, stateOf } from '../../shared/core/facts.ts';
import { HOURS_PER_MONTH, type Money } from '../../shared/core/money.ts';
import type { Proposal } from '../../shared/core/plan.ts';
import { isRule } from '../../shared/core/policy.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { judgeAll } from '../../shared/core/rules.ts';
import type { InstanceTypeFacts } from '../../shared/core/sizing/instance-type.ts';
import type { Judgement } from '../../shared/core/verdict.ts';
import { windowOf } from '../../shared/core/window.ts';
import type { ScopeReader } from '../../shared/ports.ts';
import type { ChoiceReader } from '../../shared/ports-acting.ts';
import { scopeOf } from './item.ts';

/** The resource as it was found just now. */
export interface Found {
  readonly reader: ScopeReader;
  readonly choice: ChoiceReader;
  readonly facts: Facts;
  readonly context: JudgeContext;
}

/** It is on its way to where it may be touched: worth another look in a while. */
class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

/**
 * Why the action is not to be done any more, if so. The rule that proposed it judges the resource again, with the metrics
 * up to now, and has to propose the same, at no higher loss.
 * @throws {NotYetError}
 */
export async function judgeAgain(found: Found, proposal: Proposal): Promise<string | undefined> {
  waitForBackup(found.facts, proposal);
  const judged = await judgeFully(found, proposal);
  if (judged.verdict === 'lacks') return 'no rule judges it';
  if (judged.verdict !== 'act') return judged.because;
  if (!stillDoes(proposal.action, judged.action)) return 'the rule now proposes something else';
  if (judged.undo.reversibility === 'full' || proposal.undo.reversibility !== 'full') return undefined;
  return `it could no longer be taken back in full: it would lose ${judged.undo.loses ?? 'something'}`;
}

/** The rule proposes the same; or of a volume no more: how much it was used is another number every day. */
function stillDoes(proposed: Action, judged: Action): boolean {
  if (proposed.kind !== 'change-volume-type' || judged.kind !== 'change-volume-type')
    return canonicalJson(judged) === canonicalJson(proposed);
  const most = (of: 'iops' | 'throughputMiBs') => Math.max(proposed.to[of] ?? 0, judged.to[of] ?? 0);
  const raised = { ...judged.to, iops: most('iops'), throughputMiBs: most('throughputMiBs') };
  return canonicalJson({ ...judged, to: raised }) === canonicalJson(proposed);
}

/** A database that is just backed up is changed after that, in the same window. */
export function waitForBackup(facts: Facts, { action }: Proposal): void {
  const waits = action.kind === 'resize-database' || action.kind === 'change-database-storage';
  if (waits && stateOf(facts) === 'backing-up') throw new NotYetError('it is backing-up');
}

/**
 * Why a change is not to be taken back by a person's plan, if so. Needs no rule: it must only be as the change has left it.
 * @throws {NotYetError} while it is still being changed
 */
export async function whyNotTakenBack(found: Found, proposal: Proposal): Promise<string | undefined> {
  const { facts } = found;
  const { action } = proposal;
  switch (action.kind) {
    case 'start-database':
    case 'start-instance':
      return whyNotStarted(facts, proposal);
    case 'resize-instance':
      return runsAs(facts, 'running') ?? isStill(facts.type === 'instance' ? facts.instanceType : '', action.from);
    case 'resize-database':
      return runsAs(facts, 'available') ?? isStill(facts.type === 'database' ? facts.classes[0] : '', action.from);
    case 'change-volume-type':
      return isStill(facts.type === 'volume' ? facts.spec.type : '', action.from.type);
    case 'set-unlimited-credits':
      return undefined; // which only its verbs see, in the breath of the mutation
    case 'change-database-storage':
      return isStill(facts.type === 'database' ? facts.storage.storageType : '', action.from.type);
    default:
      return judgeAgain(found, proposal);
  }
}

/** In the middle of a resize it is down, and has the one type or the other. */
function runsAs(facts: Facts, wanted: 'running' | 'available'): undefined {
  const state = stateOf(facts);
  if (state !== wanted) throw new NotYetError(`it is ${state}, not ${wanted}`);
}

const isStill = (now: string | undefined, left: string): string | undefined =>
  now === left ? undefined : `it is ${now} by now, not ${left}: somebody has changed it since`;

function whyNotStarted(facts: Facts, { action }: Proposal): string | undefined {
  const state = stateOf(facts);
  if (state === 'stopping') throw new NotYetError('it is still stopping');
  if (state !== 'stopped') return `it is ${state}, not stopped: somebody has moved it since`;
  const typeBefore = action.kind === 'start-instance' ? action.expect.instanceType : undefined;
  const typeNow = facts.type === 'instance' ? facts.instanceType : undefined;
  return typeBefore === typeNow || typeBefore === undefined
    ? undefined
    : `its type is now ${typeNow}, not ${typeBefore}`;
}

/** The rule's word, with everything read that it asks for. Its price is beside the point by now. */
async function judgeFully(found: Found, proposal: Proposal): Promise<Judgement> {
  const { reader, facts: first, context } = found;
  const { rule } = proposal;
  if (!isRule(rule)) return { verdict: 'leave', because: 'no rule judges it' };
  const notAskedAgain = unknown('not asked for again');
  let facts = withEvidence(
    first,
    new Map([
      ['hourlyPrice', notAskedAgain],
      ['prices', notAskedAgain],
    ]),
  );
  const range = windowOf(context.policy, [rule], context.now);
  for (;;) {
    const [judged] = judgeAll([facts], [rule], context);
    if (!judged) return { verdict: 'leave', because: 'no rule judges it' };
    if (judged.judgement.verdict !== 'lacks') return judged.judgement;
    const { evidence } = judged.judgement;
    facts = withEvidence(
      facts,
      evidence === 'offered'
        ? new Map([[evidence, await offeredFor(found, proposal)]])
        : isMetric(evidence, facts.type)
          ? await reader.readMetrics(facts, METRICS_OF[facts.type], range) // what it will lack next comes with it
          : await readOne(reader, { facts, kind: evidence, range }),
    );
  }
}

/**
 * The machine as it is and as it is to be: whether that still fits is the question, not what else would. The prices differ by
 * what was promised.
 */
async function offeredFor(
  { choice, facts }: Found,
  proposal: Proposal,
): Promise<Evidence<readonly InstanceTypeFacts[]>> {
  const { action, saving } = proposal;
  const resizes = action.kind === 'resize-instance' || action.kind === 'resize-database';
  if (!resizes || (facts.type !== 'instance' && facts.type !== 'database')) return unknown('nothing is resized');
  const types = await choice.read(scopeOf(proposal), facts, [action.from, action.to]);
  if (!types.known) return types;
  const priceOf = (name: string): Evidence<Money> => {
    if (!saving.known) return saving;
    const { list, monthly, share = 1 } = saving.value;
    const { currency, amount } = list ?? monthly;
    return known({ currency, amount: name === action.from ? 1 + amount / (share * HOURS_PER_MONTH) : 1 });
  };
  return known(types.value.map((type) => ({ ...type, hourlyPrice: priceOf(type.name) })));
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
