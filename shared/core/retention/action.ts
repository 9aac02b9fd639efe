import type { Tags } from '../facts.ts';
import { type Arn, type Identity, partitionOf, type Scope } from '../identity.ts';
import type { Form } from './facts.ts';

interface Common {
  readonly form: Form;
  /** Where the snapshot lies, or will: the operation is called there. */
  readonly scope: Scope;
  /** The snapshot's name. Asking for it a second time finds the first one. */
  readonly name: string;
}

/** What makes a snapshot. */
interface Making extends Common {
  /** The quota has room for it only once this one is deleted, in the same place: it waits for that. */
  readonly after?: Arn;
}

/** Everything that retention may do. Data only: it is hashed, approved and carried out as it is. */
export type SnapshotAction =
  | (Making & {
      readonly kind: 'create-snapshot';
      readonly database: Identity;
      /** Besides these, whoever carries it out writes down the time at which it asked (`lamplighter:taken`). */
      readonly tags: Tags;
      readonly expect: { readonly statuses: readonly string[] };
    })
  | (Making & {
      readonly kind: 'copy-snapshot';
      /** `retention`: an automated one at home. `handover`: at home, so that another account can read it. */
      readonly purpose: 'retention' | 'handover' | 'off-site';
      readonly databaseId: string;
      readonly source: { readonly arn: Arn; readonly scope: Scope; readonly takenAt: string };
      readonly tags: Tags;
      /** Is it not available after so long, it hangs: nobody waits for it any more. */
      readonly withinHours: number;
      readonly kmsKey?: string;
      readonly optionGroup?: string;
      /** The copy takes the option group along (`CopyOptionGroup`). */
      readonly copyOptionGroup?: true;
      /** The account with which the source must be shared for as long as the copy takes. */
      readonly shareWith?: string;
    })
  | (Common & {
      readonly kind: 'delete-snapshot';
      readonly snapshot: Arn;
      /** `tags`: what makes it ours, and must still be there. */
      readonly expect: {
        readonly databaseId: string;
        readonly takenAt?: string;
        readonly status: string;
        readonly tags: Tags;
        /** What serves its periods in its place, here or, of a handover, where it was copied to: each must be good. */
        readonly instead: readonly Arn[];
        /** So many of the newest good ones of the database must be others, in the same place: these, as of the plan. */
        readonly keepAtLeast: number;
        readonly newest: readonly Arn[];
      };
    });

/** The ARN of what an action makes or deletes. */
export const snapshotArnOf = ({ form, scope, name }: Pick<SnapshotAction, 'form' | 'scope' | 'name'>): Arn => {
  const kind = form === 'cluster' ? 'cluster-snapshot' : 'snapshot';
  return `arn:${partitionOf(scope.region)}:rds:${scope.region}:${scope.account}:${kind}:${name}`;
};

export type CreateSnapshot = Extract<SnapshotAction, { kind: 'create-snapshot' }>;
export type CopySnapshot = Extract<SnapshotAction, { kind: 'copy-snapshot' }>;
export type DeleteSnapshot = Extract<SnapshotAction, { kind: 'delete-snapshot' }>;
