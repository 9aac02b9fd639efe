import type { Scope } from './core/identity.ts';

/** What a check finds, and how the adapters in shared/aws/check answer it. */

/** The kinds of policy that can refuse a call. */
export type Refuser = 'organization' | 'boundary' | 'caller' | 'resource';

/** What trying one call has shown. */
export type Answer =
  /** `finds`: what is to be said about what was read. */
  | { readonly state: 'ok'; readonly finds?: readonly Finding[] }
  /** `by`: which policy refuses it, as far as AWS says. */
  | { readonly state: 'denied'; readonly code: string; readonly by?: Refuser }
  /** The region is not enabled in the account. */
  | { readonly state: 'closed'; readonly code: string }
  /** Neither granted nor denied: an outage, throttling, the network. */
  | { readonly state: 'failed'; readonly code: string }
  | { readonly state: 'untried'; readonly why: string };

/** The answer to each operation, by its IAM action. */
export type Answers = Readonly<Record<string, Answer>>;

/** An account with those of its regions that are checked. */
export interface Place {
  readonly account: string;
  readonly regions: readonly string[];
}

/** A role that the function assumes in every account. */
export interface AccountRole {
  readonly name: string;
  /** What it is like when it cannot be assumed, as a sentence. */
  readonly matters: string;
  enter(account: string): Promise<Answer>;
  /** Tries the reads that the role is for. */
  look(scope: Scope, now: Date): Promise<Answers>;
  /** Where the role is needed, if that is elsewhere than in the scopes that are looked at. */
  places?(own: Scope): Promise<readonly Place[]>;
}

/**
 * `ok` and `note` need nothing; `untried` could not be tried by looking; `missing` has to be mended; `failed` was not answered.
 */
export interface Finding {
  readonly state: 'ok' | 'note' | 'untried' | 'missing' | 'failed';
  /** An IAM action, or one of: ledger, policy, scopes, region, protectTag, holdTag, ... */
  readonly what: string;
  readonly account?: string;
  readonly region?: string;
  readonly says: string;
  readonly matters?: string;
  readonly fix?: string;
}
