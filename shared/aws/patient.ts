/**
 * Ten attempts with the SDK's exponential, jittered back-off (at most 20 s each): a scan may wait for the throttling that
 * it shares with production to pass, and fails loudly when it does not.
 */
export const PATIENT = {
  maxAttempts: 10,
  // A connection that says nothing would otherwise hang until Lambda ends the function.
  requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000, throwOnRequestTimeout: true },
} as const;
