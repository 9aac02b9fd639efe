import type { CopySnapshot } from '../../core/retention/action.ts';
import type { Snapshot } from '../../core/retention/facts.ts';
import { MARKS, takenAtOf } from '../../core/retention/marks.ts';
import { stateOf } from '../../core/retention/shelf.ts';
import type { Asked, ChangeVerbs, Progress } from '../../ports-acting.ts';
import { ask, type Verdict } from './ask.ts';
import { STAYS } from './create-snapshot.ts';
import { only } from './only.ts';
import { notAsExpected, RefusedError } from './refused.ts';
import { type RdsIn, type SnapshotForm, snapshotForm } from './snapshot-forms.ts';
import {
  firstOf,
  nameIn,
  notYet,
  orNextPlan,
  passedOver,
  progressOf,
  seenIn,
  whatStands,
  whileThere,
} from './snapshot-looks.ts';

/**
 * A copy of a snapshot, asked for where it is to be. The source is shared with another account just before, until whoever asks
 * says that it need not be any longer. Nothing is taken from anybody, so there is nothing to protect or to take back.
 */
export function copySnapshot(rdsIn: RdsIn): ChangeVerbs {
  const placesOf = async (action: CopySnapshot): Promise<Places> => ({
    home: snapshotForm({ rds: await rdsIn(action.source.scope), scope: action.source.scope }, action.form),
    there: snapshotForm({ rds: await rdsIn(action.scope), scope: action.scope }, action.form),
  });
  return {
    apply: async (action, _, at) => {
      const wanted = only('copy-snapshot', action);
      return copy(await placesOf(wanted), withDue(wanted, at));
    },
    settled: async (action) => {
      const wanted = only('copy-snapshot', action);
      return progress(await placesOf(wanted), wanted);
    },
    callOff: async (action) => {
      const wanted = only('copy-snapshot', action);
      return callOff(await placesOf(wanted), wanted);
    },
    shareNoLonger: async (action) => {
      const wanted = only('copy-snapshot', action);
      await shareNoLonger(await placesOf(wanted), wanted);
    },
    undo: async () => {
      throw notAsExpected(STAYS);
    },
    undone: async () => ({ state: 'failed', because: STAYS }),
  };
}

interface Places {
  readonly home: SnapshotForm;
  readonly there: SnapshotForm;
}

const sourceName = ({ source }: CopySnapshot): string => nameIn(source.arn);

/** The copy says until when it is waited for: whoever finds it later on its way knows that it hangs. */
function withDue(action: CopySnapshot, at: string | undefined): CopySnapshot {
  if (!at) return action;
  const due = new Date(Date.parse(at) + action.withinHours * 3_600_000);
  return { ...action, tags: { ...action.tags, [MARKS.due]: due.toISOString() } };
}

async function copy({ home, there }: Places, action: CopySnapshot): Promise<Asked> {
  const { [MARKS.due]: _due, ...tags } = action.tags; // of another try it is another time
  const asking = ask({
    look: async () => {
      const standing = await there.describe(action.name);
      if (standing) return { standing };
      return { source: await home.describe(sourceName(action)), leaves: await seenIn(there, action.after) };
    },
    judge: ({ standing, source, leaves }) =>
      standing ? whatStands(standing, { ...action, tags }) : firstOf(whyNot(source, action), whileThere(leaves)),
    mutate: async () => {
      if (action.shareWith) await home.share(sourceName(action), { add: action.shareWith });
      await there.copy(action);
    },
  });
  try {
    return await orNextPlan(asking);
  } catch (error) {
    throw error instanceof RefusedError ? refusal(error, action) : error;
  }
}

function whyNot(source: Snapshot | undefined, { databaseId, source: expected }: CopySnapshot): Verdict {
  if (!source) return passedOver('its source is gone');
  const isOther = source.of !== undefined && source.of !== databaseId;
  if (isOther || takenAtOf(source)?.toISOString() !== expected.takenAt) {
    return passedOver('another snapshot carries the name of its source');
  }
  if (stateOf(source) === 'good') return 'ask';
  const is = `its source is ${source.status}`;
  return stateOf(source) === 'coming' ? notYet(is) : passedOver(is);
}

const UNSEEN = new Set(['DBSnapshotNotFoundFault', 'DBClusterSnapshotNotFoundFault']);

/** What was shared a moment ago may not be seen by the other account yet. Whoever is refused a key has to know which. */
function refusal(error: RefusedError, { shareWith, kmsKey, source }: CopySnapshot): RefusedError {
  const { message, code, cause } = error;
  if (shareWith && UNSEEN.has(code)) {
    return new RefusedError(message, { code, retryable: true, untimely: true, cause });
  }
  if (code !== 'KMSKeyNotAccessibleFault') return error;
  const under = kmsKey ? `, and the copy is to be under ${kmsKey}` : '';
  return new RefusedError(`${message}; the source is in ${source.scope.account}${under}`, {
    code,
    retryable: false,
    cause,
  });
}

async function progress({ home, there }: Places, action: CopySnapshot): Promise<Progress> {
  const standing = await there.describe(action.name);
  const now = progressOf(standing, action);
  if (now.state !== 'failed' || standing?.status !== 'failed') return now;
  const source = await home.describe(sourceName(action));
  return source ? now : { ...now, because: 'the copy has failed: its source was deleted meanwhile' };
}

/**
 * The end of a copy that hangs. AWS calls off a cluster's while it is `copying`; of an instance's its reference says both that
 * it does and that it only deletes what is available: it is asked.
 * https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBSnapshot.html
 */
async function callOff({ there }: Places, action: CopySnapshot): Promise<Progress> {
  const standing = await there.describe(action.name);
  const now = progressOf(standing, action);
  if (now.state !== 'pending') return now;
  const hangs = `it is still ${now.seen} after ${action.withinHours} hours`;
  try {
    await ask({
      look: () => there.describe(action.name),
      judge: (seen) => (seen ? whyNotCalledOff(seen, action) : 'done'),
      mutate: () => there.remove(action.name),
    });
    return { state: 'failed', because: `${hangs} and was called off: the next plan makes it again` };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const goesOn = 'nobody waits for it any more, and the next plan makes another';
    return { state: 'failed', because: `${hangs} and could not be called off (${error.message}): ${goesOn}` };
  }
}

/** Only what is incomplete and ours is ended. */
function whyNotCalledOff(seen: Snapshot, action: CopySnapshot): Verdict {
  if (seen.status === 'deleting') return 'done';
  const now = progressOf(seen, action);
  return now.state === 'pending' ? 'ask' : notAsExpected(now.state === 'done' ? 'it has just come' : now.because);
}

/** Who reads a source that is gone, reads nothing. */
async function shareNoLonger({ home }: Places, action: CopySnapshot): Promise<void> {
  const { shareWith } = action;
  const source = shareWith && (await home.describe(sourceName(action)));
  if (source) await home.share(sourceName(action), { remove: shareWith });
}
