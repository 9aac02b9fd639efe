import { type Durable, patiently } from './durable.ts';
import { type Followed, type Following, say } from './end.ts';
import type { Hands } from './hands.ts';
import { numberOf } from './item.ts';
import { release, revived, takeLease } from './lease.ts';
import { tryUndo } from './undo.ts';

/** What is stuck is tried again four times a day for a week, until somebody or something has freed it. */
const FREEING = { seconds: 6 * 3600, times: 28 } as const;

export async function free(hands: Hands, durable: Durable, following: Following): Promise<Followed> {
  const { plan, change } = following;
  const item = { plan, number: numberOf(change), approvedBy: change.approvedBy ?? '' };
  for (let round = 1; round <= FREEING.times; round++) {
    await durable.wait(`before freeing ${round}`, { seconds: FREEING.seconds });
    const lease = await durable.step(`lease to free ${round}`, () => takeLease(hands, item), patiently);
    if ('heldBy' in lease) continue;
    const tried = await tryUndo(hands, durable, item, `to free ${round}`);
    await release(hands, durable, { lease: revived(lease), name: `release freed ${round}` });
    if (!('done' in tried)) continue;
    const how = { outcome: 'undone', because: `taken back at last: ${change.because}` } as const;
    return say(hands, durable, following, { how, line: how });
  }
  return { change, troubles: [] };
}
