/**
 * What Lambda allows a durable execution. None of it can be raised. Where two documents of AWS disagree,
 * the stricter number stands here.
 */
export const LIMITS = {
  /** Operations of one execution, as they are metered: every retry, poll and redelivery counts again. */
  operations: 3_000,
  /** The input of an execution, and what one operation may keep: a result or a state. */
  payloadBytes: 256 * 1024,
  /** An update that carries an error. */
  errorBytes: 32 * 1024,
  /** Everything that an execution keeps. */
  storageBytes: 100 * 1024 ** 2,
  /** Operations that an invocation is handed, and that GetDurableExecutionState answers at once. */
  page: 100,
  /** What a caller may name an execution. */
  name: /^[A-Za-z0-9_-]{1,64}$/,
  /** How long an ended execution keeps its name, unless its function says otherwise. */
  retentionDays: 14,
} as const;
