import type { EvidenceKind, Facts } from './facts.ts';
import type { Policy, RuleId } from './policy.ts';
import type { JudgeContext } from './rules/exempt.ts';
import { judgeIdleDatabase } from './rules/idle-database.ts';
import { judgeIdleInstance } from './rules/idle-instance.ts';
import type { Judgement } from './verdict.ts';

/** A pure function that judges one resource of one type. */
export type Rule = {
  [Type in Facts['type']]: {
    readonly type: Type;
    readonly judge: (facts: Extract<Facts, { type: Type }>, context: JudgeContext) => Judgement;
  };
}[Facts['type']];

/** Every rule there is. To add one: its file, its test, its section in the policy, and a line here. */
export const RULES: { readonly [Id in RuleId]: Rule } = {
  'idle-database': { type: 'database', judge: judgeIdleDatabase },
  'idle-instance': { type: 'instance', judge: judgeIdleInstance },
};

export const RULE_IDS = Object.keys(RULES) as RuleId[];

/** Every kind of evidence that exists for a type of resource: what a full explanation reads. */
export const EVIDENCE_OF = {
  instance: ['peakCpuPercent', 'networkBytes', 'instanceStore', 'volumes', 'stopProtection', 'hourlyPrice'],
  database: ['peakConnections', 'peakIops', 'hourlyPrice'],
} as const satisfies Record<Facts['type'], readonly EvidenceKind[]>;

/** One rule's word on one resource. */
export interface Judged {
  readonly facts: Facts;
  readonly rule: RuleId;
  readonly judgement: Judgement;
}

/** The rules of the policy that are not switched off. */
export const rulesInForce = (policy: Policy): RuleId[] =>
  RULE_IDS.filter((id) => (policy.rules[id].mode ?? policy.defaults.mode) !== 'off');

/** Each resource judged by each of the rules that judge its type. */
export function judgeAll(resources: readonly Facts[], rules: readonly RuleId[], context: JudgeContext): Judged[] {
  return resources.flatMap((facts) =>
    rules.flatMap((rule) => {
      const judgement = judgeOne(RULES[rule], facts, context);
      return judgement ? [{ facts, rule, judgement }] : [];
    }),
  );
}

function judgeOne(rule: Rule, facts: Facts, context: JudgeContext): Judgement | undefined {
  if (rule.type === 'instance' && facts.type === 'instance') return rule.judge(facts, context);
  if (rule.type === 'database' && facts.type === 'database') return rule.judge(facts, context);
  return undefined;
}
