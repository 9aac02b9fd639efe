import type { Arn } from './identity.ts';

/** Who goes first where two want one resource. */
export const PRIORITY = { person: 4, remediation: 3, 'off-hours': 2, 'right-size': 1 } as const;

/** One plan's right to work on one resource, from before recheck until after watch and undo. */
export interface Lease {
  readonly resource: Arn;
  readonly planId: string;
  readonly priority: number;
  /** Grows by one each time that the lease changes hands: a holder that was overtaken shows an old number. */
  readonly fence: number;
  /** A lease that nobody gave back is anybody's after this. */
  readonly until: Date;
}
