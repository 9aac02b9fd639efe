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

/** Everything that retention may do. Data only: it is hashed, approved and carried out as it is. */
export type SnapshotAction =
  | (Common & {
      readonly kind: 'create-snapshot';
      readonly database: Identity;
      /** Besides these, whoever carries it out writes down the time at which it asked (`lamplighter:taken`). */
      readonly tags: Tags;
      readonly expect: { readonly statuses: readonly string[] };
    })
  | (Common & {
      readonly kind: 'copy-snapshot';
      /** `retention`: an automated one at home. `handover`: at home, so that another account can read it. */
      readonly purpose: 'retention' | 'handover' | 'off-site';
      readonly databaseId: string;
      readonly source: { readonly arn: Arn; readonly scope: Scope; readonly takenAt: string };
      readonly tags: Tags;
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
        /** So many of the newest good ones of the database must be others, in the same place. */
        readonly keepAtLeast: number;
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
