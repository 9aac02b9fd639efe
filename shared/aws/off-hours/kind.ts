import type { AwsCredentialIdentity } from '@smithy/types';
import type { Identity, Scope } from '../../core/identity.ts';
import type { ScheduledResource } from '../../core/off-hours/resource.ts';

/** How a client reaches one scope, and for how long AWS is asked before it counts as silent. */
export interface ClientConfig extends Patience {
  readonly region: string;
  readonly credentials: AwsCredentialIdentity;
}

export interface Patience {
  readonly maxAttempts: number;
  /** In milliseconds. */
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

/** One type of what may be under a schedule. Both read every page, or throw. */
export interface Kind {
  /** Everything of it that has the schedule tag. */
  list(config: ClientConfig, scope: Scope): Promise<ScheduledResource[]>;
  /** One of it as it is now, with or without the tag; nothing when it is gone, or another has its name. */
  find(config: ClientConfig, scope: Scope, identity: Identity): Promise<ScheduledResource | undefined>;
}
