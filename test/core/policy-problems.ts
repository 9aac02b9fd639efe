import { describeProblem, InvalidPolicyError, type PolicyProblem, parsePolicy } from '../../shared/core/policy.ts';

/** Everything that is wrong with a policy; nothing when it is valid. */
export function problemsOf(input: unknown): readonly PolicyProblem[] {
  try {
    parsePolicy(input);
    return [];
  } catch (error) {
    if (error instanceof InvalidPolicyError) return error.problems;
    throw error;
  }
}

export const inWords = (input: unknown): string[] => problemsOf(input).map(describeProblem);
