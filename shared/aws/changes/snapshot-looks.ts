import type { Tags } from '../../core/facts.ts';
import { type Arn, parseArn } from '../../core/identity.ts';
import type { Snapshot } from '../../core/retention/facts.ts';
import { takenAtOf } from '../../core/retention/marks.ts';
import { stateOf } from '../../core/retention/shelf.ts';
import type { Progress } from '../../ports-acting.ts';
import type { Verdict } from './ask.ts';
import { notAsExpected, RefusedError } from './refused.ts';
import type { SnapshotForm } from './snapshot-forms.ts';

/** The name behind `snapshot:`; that of an automated one has a colon itself. */
export const nameIn = (arn: Arn): string => parseArn(arn)?.resource.replace(/^[\w-]+:/, '') ?? '';

/** A snapshot that is to be there: names are given once, and the tags tell whose it is. */
export interface Wanted {
  readonly name: string;
  readonly tags: Tags;
}

const isOurs = (snapshot: Snapshot, { tags }: Wanted): boolean =>
  Object.keys(tags).every((name) => snapshot.tags[name] === tags[name]);

/** What stands under the name already: what was asked for before, or somebody else's. */
export const whatStands = (snapshot: Snapshot, wanted: Wanted): Verdict =>
  isOurs(snapshot, wanted) ? 'done' : notAsExpected(otherTags(wanted));

const otherTags = ({ name }: Wanted): string => `a snapshot ${name} exists already, with other tags`;

/** How far a snapshot is that was asked for. Until it is available it protects nobody. */
export function progressOf(snapshot: Snapshot | undefined, wanted: Wanted): Progress {
  if (!snapshot) return { state: 'failed', because: 'it is gone' };
  if (!isOurs(snapshot, wanted)) return { state: 'failed', because: otherTags(wanted) };
  switch (stateOf(snapshot)) {
    case 'good':
      return { state: 'done', made: madeOf(snapshot) };
    case 'coming':
      return { state: 'pending', seen: snapshot.status };
    default:
      return { state: 'failed', because: `it is ${snapshot.status}: AWS does not say why` };
  }
}

function madeOf(snapshot: Snapshot) {
  const takenAt = takenAtOf(snapshot)?.toISOString();
  return {
    ...(snapshot.sizeGiB === undefined ? {} : { sizeGiB: snapshot.sizeGiB }),
    ...(takenAt ? { takenAt } : {}),
  };
}

/** Nobody has to look: the next plan sees how it is by now. */
export const passedOver = (message: string): RefusedError => notAsExpected(message, { untimely: true });

/** It may be its turn within hours; if not, the next plan sees. */
export const notYet = (message: string): RefusedError => notAsExpected(message, { retryable: true, untimely: true });

/** The snapshot whose place another one waits for, while it is there. */
export const seenIn = async (form: SnapshotForm, after: Arn | undefined): Promise<Snapshot | undefined> =>
  after === undefined ? undefined : form.describe(nameIn(after));

/** Its delete has been planned beside what waits for it. */
export const whileThere = (leaves: Snapshot | undefined): Verdict =>
  leaves ? notYet(`it waits until ${leaves.name} is deleted, whose place it takes`) : 'ask';

/** What stands in the way first. */
export const firstOf = (one: Verdict, other: Verdict): Verdict => (one === 'ask' ? other : one);

/** What passes within hours: room for snapshots, copies and databases at work. If not, the next plan sees. */
const IN_THE_WAY = new Set([
  'SnapshotQuotaExceededFault',
  'InvalidDBInstanceStateFault',
  'InvalidDBClusterStateFault',
  'InvalidDBSnapshotStateFault',
  'InvalidDBClusterSnapshotStateFault',
]);

/** AWS's no to what was asked of a snapshot, by what is to be done about it. */
export async function orNextPlan<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    if (!(error instanceof RefusedError) || !IN_THE_WAY.has(error.code)) throw error;
    const { message, code, cause } = error;
    throw new RefusedError(message, { code, retryable: true, untimely: true, cause });
  }
}
