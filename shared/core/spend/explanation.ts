import type { Evidence } from '../evidence.ts';

/** A part of the bill to which an anomaly goes back. */
export interface Cause {
  /** Its names, in the order in which the bill was grouped, e.g. usage type and region. */
  readonly keys: readonly string[];
  /** What it cost beyond its own past, over the days of the anomaly. */
  readonly amount: number;
  /** Of all that the causes cost, 0 to 1. */
  readonly share: number;
}

/** Somebody's call that created or changed something while it began. */
export interface Trace {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly event: string;
  /** The ARN of who called. */
  readonly actor: string;
  readonly resources: readonly string[];
}

/** What is known of why an anomaly is there. Each part by itself may be unknown. */
export interface Explanation {
  /** By usage type and region (of a new region: by service and usage type), the largest first. */
  readonly causes: Evidence<readonly Cause[]>;
  /** The same once more by a tag, a cost category or by resource. */
  readonly also: Evidence<readonly Cause[]> & { readonly by: string };
  /** From CloudTrail, the likeliest first. `complete: false` when there was more than was read. */
  readonly traces: Evidence<{ readonly events: readonly Trace[]; readonly complete: boolean }> & {
    readonly region?: string;
  };
  /** What Lamplighter itself changed in the account at the time: possible causes, in words. */
  readonly ours: Evidence<readonly string[]>;
}
