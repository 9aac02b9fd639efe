import type { AccountFacts, EvidenceKind, Facts } from '../../shared/core/facts.ts';
import {
  applyCaps,
  capOf,
  type Deferral,
  describeResource,
  type Left,
  type Plan,
  type Proposal,
  sealPlan,
} from '../../shared/core/plan.ts';
import { modeOf, type Policy, type RuleId } from '../../shared/core/policy.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { type Judged, judgeAll, RULE_IDS } from '../../shared/core/rules.ts';
import type { ActVerdict } from '../../shared/core/verdict.ts';

/** What is decided under: the context of the rules, and which of them are in force. */
export interface DecideContext extends JudgeContext {
  readonly rules: readonly RuleId[];
}

/** A resource that may be proposed: for sure, or once what is lacking has been read. */
interface Candidate {
  readonly proposal: Proposal;
  readonly judged: Judged;
}

/** Facts and policy to the plan of one account. Total: it never throws and reads nothing. */
export function decide(account: AccountFacts, context: DecideContext): Plan {
  const { policy } = context;
  const judged = judgeAll(account.resources, context.rules, context);
  const caps = capsFor(judged, policy);
  const { within, beyond } = applyCaps(candidatesOf(judged, policy), caps);
  const isSure = ({ judged: one }: Candidate) => one.judgement.verdict === 'act';
  return sealPlan(
    {
      function: 'right-size',
      account: account.account,
      time: context.now,
      act: within.filter(isSure).map(({ proposal }) => proposal),
      deferred: beyond.map(({ proposal }) => defer(proposal, caps)),
      leave: [
        ...judged.flatMap((one) => leftOf(one, policy)),
        ...within.filter((candidate) => !isSure(candidate)).map(({ proposal }) => notRead(proposal)),
      ],
      unreadable: account.unreadable,
    },
    policy,
  );
}

/**
 * What has to be read next before `decide` can tell. Evidence that AWS serves by the hundred is wanted for every resource
 * that lacks it; what costs a call for each resource only for as many as the plan can hold.
 */
export function wanted(account: AccountFacts, context: DecideContext): Map<Facts, EvidenceKind> {
  const judged = judgeAll(account.resources, context.rules, context);
  const { within } = applyCaps(candidatesOf(judged, context.policy), capsFor(judged, context.policy));
  const blocked = judged.filter(({ judgement }) => judgement.verdict === 'lacks' && !judgement.ifFine);
  const wants = new Map<Facts, EvidenceKind>();
  for (const { facts, judgement } of [...blocked, ...within.map((candidate) => candidate.judged)]) {
    if (judgement.verdict === 'lacks') wants.set(facts, judgement.evidence);
  }
  return wants;
}

function candidatesOf(judged: readonly Judged[], policy: Policy): Candidate[] {
  return judged.flatMap((one) => {
    const verdict = expectedVerdict(one);
    return verdict ? [{ proposal: propose(one, verdict, policy), judged: one }] : [];
  });
}

function expectedVerdict({ judgement }: Judged): ActVerdict | undefined {
  if (judgement.verdict === 'act') return judgement;
  return judgement.verdict === 'lacks' ? judgement.ifFine : undefined;
}

function propose({ facts, rule }: Judged, verdict: ActVerdict, policy: Policy): Proposal {
  const { action, because, saving, undo } = verdict;
  return { rule, mode: modeOf(policy, rule), action, resource: describeResource(facts, policy), because, saving, undo };
}

function capsFor(judged: readonly Judged[], policy: Policy): Map<RuleId, number> {
  const judgedBy = (rule: RuleId) => judged.filter((one) => one.rule === rule).length;
  return new Map(RULE_IDS.map((rule) => [rule, capOf(rule, judgedBy(rule), policy)]));
}

function defer(proposal: Proposal, caps: ReadonlyMap<RuleId, number>): Deferral {
  return {
    ...proposal,
    deferredBecause: `beyond the cap of ${caps.get(proposal.rule)} ${proposal.rule} actions a plan`,
  };
}

function leftOf({ facts, rule, judgement }: Judged, policy: Policy): Left[] {
  const resource = describeResource(facts, policy);
  if (judgement.verdict === 'leave') {
    const { because, unknown } = judgement;
    return [unknown ? { rule, resource, because, unknown } : { rule, resource, because }];
  }
  if (judgement.verdict === 'act' || judgement.ifFine) return [];
  return [{ rule, resource, because: `${judgement.evidence} was not read`, unknown: true }];
}

/** Nobody read it although its turn had come: left, because what is not known never justifies an action. */
const notRead = ({ rule, resource }: Proposal): Left => ({
  rule,
  resource,
  because: 'idle, but its last safety check was not read',
  unknown: true,
});
