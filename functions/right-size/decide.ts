import { describeAction, targetOf } from '../../shared/core/action.ts';
import { chartsFor } from '../../shared/core/charts.ts';
import { afterCommitments, type OnDemand } from '../../shared/core/commitments.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import type { AccountFacts, EvidenceKind, Facts } from '../../shared/core/facts.ts';
import type { Arn } from '../../shared/core/identity.ts';
import { climbed, noticeDays, noticeOf, type Rung, type Sight } from '../../shared/core/ladder.ts';
import { add, formatMoney, times } from '../../shared/core/money.ts';
import {
  applyCaps,
  byWorth,
  capOf,
  type Deferral,
  describeResource,
  type Finding,
  type Left,
  type Plan,
  type Proposal,
  sealPlan,
  type Woken,
} from '../../shared/core/plan.ts';
import { type Cause, isRule, modeOf, type Policy, type RuleId } from '../../shared/core/policy.ts';
import type { JudgeContext } from '../../shared/core/rules/exempt.ts';
import { type Judged, judgeAll, RULE_IDS } from '../../shared/core/rules.ts';
import type { ActVerdict, Judgement } from '../../shared/core/verdict.ts';

/** What is decided under: the context of the rules, and which of them are in force. */
export interface DecideContext extends JudgeContext {
  readonly rules: readonly RuleId[];
  /** What no commitment covers; without it savings are at list price. */
  readonly onDemand?: Evidence<OnDemand> | undefined;
  /** What was announced as unused before this tick; without it nothing waits for a notice. */
  readonly ladder?: readonly Rung[] | undefined;
  /** About which an alarm said that they do nothing: they come first, whatever they are worth. */
  readonly first?: ReadonlySet<Arn>;
}

/** A resource that may be proposed: for sure, or once what is lacking has been read. */
interface Candidate {
  readonly proposal: Proposal;
  readonly facts: Facts;
  readonly judged: Judged;
}

/** Facts and policy to the plan of one account. Total: it never throws and reads nothing. */
export const decide = (account: AccountFacts, context: DecideContext): Plan =>
  planOf(account, judgeAll(account.resources, context.rules, context), context);

/** Verdicts to the plan, by rank, savings, caps and notices. */
export function planOf(account: AccountFacts, judged: readonly Judged[], context: DecideContext): Plan {
  const { policy, first } = context;
  const caps = capsFor(judged, policy);
  const { candidates, outdone, small } = candidatesOf(judged, context);
  const { within, beyond } = applyCaps(candidates, caps, first);
  const shown = applyCaps(small, caps, first).within.filter(isSure);
  const taken = new Map([...candidates, ...small].map(({ proposal }) => [proposal.resource.arn, proposal.rule]));
  const findings = judged.flatMap((one) => findingOf(one, policy));
  const drawn = withCharts(account, context);
  return sealPlan(
    {
      function: 'right-size',
      account: account.account,
      time: context.now,
      act: within.filter(isSure).map(({ proposal }) => drawn(proposal)),
      deferred: beyond.map(({ proposal }) => defer(drawn(proposal), caps)),
      findings: [
        ...findings.filter(({ resource }) => !taken.has(resource.arn)),
        ...shown.map(({ proposal }) => committedFinding(proposal, policy)),
      ].map(drawn),
      woken: judged.flatMap((one) => wokenOf(one, context)),
      leave: [
        ...judged.flatMap((one) => leftOf(one, policy)),
        ...within.filter((candidate) => !isSure(candidate)).map(({ proposal }) => notRead(proposal)),
        ...small.filter((one) => !shown.includes(one)).map(({ proposal }) => committedLeft(proposal)),
        ...[...outdone, ...findings].flatMap((one) => outdoneBy(one, taken)),
      ],
      unreadable: account.unreadable,
    },
    policy,
  );
}

const isSure = ({ judged }: Candidate): boolean => judged.judgement.verdict === 'act';

/** Adds to a finding what its rule's verdict rests on, drawn. It is done last: it has no part in what is decided. */
function withCharts({ resources }: AccountFacts, { now }: DecideContext) {
  const byArn = new Map(resources.map((facts) => [facts.identity.arn, facts]));
  return <T extends Proposal | Finding>(one: T): T => {
    const facts = byArn.get(one.resource.arn);
    const charts = facts ? chartsFor(one.rule, facts, now) : {};
    return Object.keys(charts).length > 0 ? { ...one, charts } : one;
  };
}

/**
 * What has to be read next before `decide` can tell. Evidence that AWS serves by the hundred is wanted for every resource
 * that lacks it; what costs a call for each resource only for as many as the plan can hold.
 */
export function wanted(account: AccountFacts, context: DecideContext): Map<Facts, EvidenceKind> {
  const judged = judgeAll(account.resources, context.rules, context);
  const caps = capsFor(judged, context.policy);
  const { candidates, small } = candidatesOf(judged, context);
  const within = [candidates, small].flatMap((some) => applyCaps(some, caps, context.first).within);
  const blocked = judged.filter(({ judgement }) => judgement.verdict === 'lacks' && !judgement.ifFine);
  const wants = new Map<Facts, EvidenceKind>();
  for (const { facts, judgement } of [...blocked, ...within.map((candidate) => candidate.judged)]) {
    if (judgement.verdict === 'lacks') wants.set(facts, judgement.evidence);
  }
  return wants;
}

/** Where the ladder stands once the plan is announced. */
export function ladderAfter(account: AccountFacts, plan: Plan, context: DecideContext): Rung[] {
  const isOn = new Set(context.ladder?.map(({ resource }) => resource));
  const resources = account.resources.filter(({ identity }) => isOn.has(identity.arn));
  return ladderOf(judgeAll(resources, context.rules, context), plan, context);
}

/** The same by verdicts: what the plan proposes was seen unused, what is used falls down. */
export function ladderOf(judged: readonly Judged[], plan: Plan, { ladder = [], policy, now }: DecideContext): Rung[] {
  const used = judged.flatMap(({ facts: { identity }, rule, judgement }): Sight[] =>
    isUsed(judgement) ? [{ rule, resource: identity.arn, id: identity.id, seen: 'used' }] : [],
  );
  const unused = plan.act.flatMap(({ rule, action }): Sight[] => {
    const { arn, id } = targetOf(action);
    if (!isRule(rule) || noticeDays(policy, rule) === undefined) return [];
    return [{ rule, resource: arn, id, seen: 'unused' }];
  });
  return climbed(ladder, [...used, ...unused], { policy, now });
}

const isUsed = (judgement: Judgement): boolean => judgement.verdict === 'leave' && judgement.used === true;

/** What was on the ladder and is used again: news of this tick, however often it is delivered. */
function wokenOf({ facts, rule, judgement }: Judged, { ladder = [], policy, now }: DecideContext): Woken[] {
  if (judgement.verdict !== 'leave' || !judgement.used) return [];
  const { arn, id } = facts.identity;
  const rung = ladder.find((one) => one.rule === rule && one.resource === arn && one.id === id);
  if (!rung || (rung.wokeAt !== undefined && rung.wokeAt !== now.toISOString())) return [];
  return [{ rule, resource: describeResource(facts, policy), because: judgement.because }];
}

/**
 * What may be proposed; of two rules that want one resource, the one that comes first in the registry. What commitments leave
 * of the savings is given out to the dearest first, and what is too small then is no candidate.
 */
function candidatesOf(
  judged: readonly Judged[],
  context: DecideContext,
): { candidates: Candidate[]; outdone: Proposal[]; small: Candidate[] } {
  const wanting = judged.flatMap((one) => {
    const verdict = expectedVerdict(one);
    return verdict ? [{ proposal: propose(one, verdict, context), facts: one.facts, judged: one }] : [];
  });
  const candidates: Candidate[] = [];
  const outdone: Proposal[] = [];
  for (const alike of Map.groupBy(wanting, ({ proposal }) => proposal.resource.arn).values()) {
    const [first, ...others] = alike.sort((a, b) => rank(a) - rank(b));
    if (first) candidates.push(first);
    outdone.push(...others.map(({ proposal }) => proposal));
  }
  const dearestFirst = candidates.sort((a, b) => byWorth(a.proposal, b.proposal));
  const { worth, small } = afterCommitments(dearestFirst, context.onDemand, context.policy.defaults.minMonthlySaving);
  return { candidates: worth, outdone, small };
}

const rank = ({ judged }: Candidate): number => RULE_IDS.indexOf(judged.rule);

function expectedVerdict({ judgement }: Judged): ActVerdict | undefined {
  if (judgement.verdict === 'act') return judgement;
  return judgement.verdict === 'lacks' ? judgement.ifFine : undefined;
}

function propose({ facts, rule }: Judged, verdict: ActVerdict, { policy, now, ladder }: DecideContext): Proposal {
  const { verdict: _, ...proposed } = verdict;
  const { arn, id } = targetOf(verdict.action);
  const notice = ladder && noticeOf(ladder, { rule, resource: arn, id }, { policy, now });
  const mode = notice ? 'report' : modeOf(policy, rule);
  return { rule, mode, resource: describeResource(facts, policy), ...proposed, ...(notice ? { notice } : {}) };
}

function findingOf({ facts, rule, judgement }: Judged, policy: Policy): Finding[] {
  if (judgement.verdict !== 'find') return [];
  const { verdict: _, ...finding } = judgement;
  return [{ rule, resource: describeResource(facts, policy), ...finding }];
}

/** It is worth doing at list price, and is not once commitments are counted: for people, who know when these end. */
function committedFinding(proposal: Proposal, { defaults }: Policy): Finding {
  const { rule, resource, because, saving } = proposal;
  const currency = saving.known ? saving.value.monthly.currency : '';
  const least = formatMoney({ currency, amount: defaults.minMonthlySaving });
  const step = `wait: it is proposed once it saves ${least} a month after commitments`;
  return { rule, kind: 'suggestion', resource, because, note: leftIdle(proposal), step, saving };
}

const committedLeft = (proposal: Proposal): Left => ({
  rule: proposal.rule,
  resource: proposal.resource,
  because: leftIdle(proposal),
});

function leftIdle({ action, saving }: Proposal): string {
  if (!saving.known) return 'commitments cover its kind';
  const { monthly, list = monthly } = saving.value;
  const idle = formatMoney(add(list, times(-1, monthly)));
  return `commitments cover its kind: to ${describeAction(action)} would leave ${idle} a month of them idle`;
}

/** A resource is proposed once: what another rule would do to it waits until the first has nothing to say. */
function outdoneBy({ rule, resource }: Proposal | Finding, taken: ReadonlyMap<Arn, Cause>): Left[] {
  const by = taken.get(resource.arn);
  return by && by !== rule ? [{ rule, resource, because: `${by} wants to act on it first` }] : [];
}

function capsFor(judged: readonly Judged[], policy: Policy): Map<RuleId, number> {
  const judgedBy = (rule: RuleId) => judged.filter((one) => one.rule === rule).length;
  return new Map(RULE_IDS.map((rule) => [rule, capOf(rule, judgedBy(rule), policy)]));
}

function defer(proposal: Proposal, caps: ReadonlyMap<Cause, number>): Deferral {
  return {
    ...proposal,
    deferredBecause: `beyond the cap of ${caps.get(proposal.rule)} ${proposal.rule} actions a plan`,
  };
}

function leftOf({ facts, rule, judgement }: Judged, policy: Policy): Left[] {
  const resource = describeResource(facts, policy);
  switch (judgement.verdict) {
    case 'leave': {
      const { because, unknown } = judgement;
      return [unknown ? { rule, resource, because, unknown } : { rule, resource, because }];
    }
    case 'lacks':
      if (judgement.ifFine) return [];
      return [{ rule, resource, because: `${judgement.evidence} was not read`, unknown: true }];
    default:
      return [];
  }
}

/** Nobody read it although its turn had come: left, because what is not known never justifies an action. */
const notRead = ({ rule, resource }: Proposal): Left => ({
  rule,
  resource,
  because: 'it would be proposed, but its last safety check was not read',
  unknown: true,
});
