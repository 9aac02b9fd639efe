/** The month's paid calls are used up. What was spent since is unknown, and a retry within the month does not help. */
export class PaidCallsUsedUpError extends Error {
  override readonly name = 'PaidCallsUsedUpError';
  constructor(month: string, most: number) {
    super(
      `the ${most} paid calls to Cost Explorer that ${month} has for this are used up; ` +
        'raise `spend.paidCallsPerMonth` in the policy (npm run policy -- FILE)',
    );
  }
}

/** Cost Explorer answers, and has nothing about the last days: what was spent on them is unknown. */
export class NoCostDataError extends Error {
  override readonly name = 'NoCostDataError';
  constructor(payer: string, since: string | undefined) {
    const last = since ? `nothing about the days after ${since}` : 'nothing at all';
    super(
      `Cost Explorer has ${last} for the payer ${payer}: is it enabled there, and is spend.payer the right account? ` +
        'Nothing is judged until it has',
    );
  }
}
