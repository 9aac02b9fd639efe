/**
 * Ten attempts with the SDK's exponential, jittered back-off (at most 20 s each): a scan may wait for the throttling that
 * it shares with production to pass, and fails loudly when it does not.
 */
export const PATIENT = {
  maxAttempts: 10,
  // A connection that says nothing would otherwise hang until Lambda ends the function.
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
} as const;

/** While an alarm is on nobody waits for long: four attempts, and who says nothing for ten seconds is silent. */
export const HASTY = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true },
} as const;
