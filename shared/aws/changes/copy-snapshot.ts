import { parseArn } from '../../core/identity.ts';
import type { CopySnapshot } from '../../core/retention/action.ts';
import type { Snapshot } from '../../core/retention/facts.ts';
import { takenAtOf } from '../../core/retention/marks.ts';
import { stateOf } from '../../core/retention/shelf.ts';
import type { Asked, ChangeVerbs, Progress } from '../../ports-acting.ts';
import { ask, type Verdict } from './ask.ts';
import { STAYS } from './create-snapshot.ts';
import { only } from './only.ts';
import { notAsExpected, RefusedError } from './refused.ts';
import { type RdsIn, type SnapshotForm, snapshotForm } from './snapshot-forms.ts';
import { notYet, orNextPlan, passedOver, progressOf, whatStands } from './snapshot-looks.ts';

/**
 * A copy of a snapshot, asked for where it is to be. Another account reads the source for as long as the copy takes, and no
 * longer. Nothing is taken from anybody, so there is nothing to protect or to take back.
 */
export function copySnapshot(rdsIn: RdsIn): ChangeVerbs {
  const placesOf = async (action: CopySnapshot): Promise<Places> => ({
    home: snapshotForm({ rds: await rdsIn(action.source.scope), scope: action.source.scope }, action.form),
    there: snapshotForm({ rds: await rdsIn(action.scope), scope: action.scope }, action.form),
  });
  return {
    apply: async (action) => {
      const wanted = only('copy-snapshot', action);
      return copy(await placesOf(wanted), wanted);
    },
    settled: async (action) => {
      const wanted = only('copy-snapshot', action);
      return progress(await placesOf(wanted), wanted);
    },
    advance: async (action, { seen }) => {
      const wanted = only('copy-snapshot', action);
      const places = await placesOf(wanted);
      const now = await progress(places, wanted);
      // What AWS does not show yet looks as if it were gone: the source is still read.
      const isOver = now.state === 'done' || (now.state === 'failed' && seen.startsWith(COPYING));
      if (isOver) await shareNoLonger(places, wanted);
      return now;
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

/** The name behind `snapshot:`; that of an automated one has a colon itself. */
const sourceName = ({ source }: CopySnapshot): string => parseArn(source.arn)?.resource.replace(/^[\w-]+:/, '') ?? '';

async function copy({ home, there }: Places, action: CopySnapshot): Promise<Asked> {
  let shared = false;
  const asking = ask({
    look: async () => {
      const standing = await there.describe(action.name);
      return { standing, source: standing ? undefined : await home.describe(sourceName(action)) };
    },
    judge: ({ standing, source }) => (standing ? whatStands(standing, action) : whyNot(source, action)),
    mutate: async () => {
      if (action.shareWith) {
        shared = true;
        await home.share(sourceName(action), { add: action.shareWith });
      }
      await there.copy(action);
    },
  });
  try {
    return await orNextPlan(asking);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (shared && !UNSEEN.has(error.code)) await shareNoLonger({ home, there }, action);
    throw refusal(error, action);
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

/**
 * What was shared a moment ago may not be seen by the other account yet, and stays shared until it is. Whoever is refused a
 * key has to know which.
 */
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

const COPYING = 'copying';

async function progress({ home, there }: Places, action: CopySnapshot): Promise<Progress> {
  const standing = await there.describe(action.name);
  const now = progressOf(standing, action);
  if (now.state === 'pending') {
    return { ...now, seen: action.shareWith ? `${COPYING}; its source is shared with ${action.shareWith}` : COPYING };
  }
  if (now.state === 'done' || standing?.status !== 'failed') return now;
  const source = await home.describe(sourceName(action));
  return source ? now : { ...now, because: 'the copy has failed: its source was deleted meanwhile' };
}

/** A source that is gone is read by nobody. */
async function shareNoLonger({ home }: Places, action: CopySnapshot): Promise<void> {
  const { shareWith } = action;
  const source = shareWith && (await home.describe(sourceName(action)));
  if (source && stateOf(source) === 'good') await home.share(sourceName(action), { remove: shareWith });
}
