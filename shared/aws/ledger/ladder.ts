import * as z from 'zod';
import type { Rung } from '../../core/ladder.ts';
import { RULE_IDS } from '../../core/rules.ts';
import type { Ledger } from '../../ports.ts';
import { LedgerCorruptError } from './errors.ts';
import { expiresAfter, keyText } from './items.ts';
import { packedInto, unpackedFrom } from './packed-items.ts';
import { getItem, type Key, type LedgerTable, putItem } from './table.ts';

/** `LADDER#account / RUNGS`: one item an account, compressed, with the tick that left it so. Only right-size writes it. */
const keyOf = (account: string): Key => ({ pk: `LADDER#${account}`, sk: 'RUNGS' });

const rungs = z.array(
  z.object({
    rule: z.enum(RULE_IDS as [Rung['rule'], ...Rung['rule'][]]),
    resource: z.string(),
    id: z.string(),
    step: z.enum(['notify', 'act']),
    since: z.iso.datetime(),
    seen: z.iso.datetime(),
    wokeAt: z.iso.datetime().exactOptional(),
  }),
);

export const ladderIn = (ledger: LedgerTable): Pick<Ledger, 'ladder' | 'keepLadder'> => ({
  ladder: async (account) => {
    const item = await getItem(ledger, keyOf(account));
    if (!item) return [];
    const { data } = rungs.safeParse(await unpackedFrom(ledger, item));
    if (data) return data as Rung[];
    throw new LedgerCorruptError(keyText(item), 'not what this version of Lamplighter writes');
  },
  keepLadder: async (account, ladder, tick) => {
    const key = { ...keyOf(account), expires: expiresAfter(tick) };
    const time = tick.toISOString();
    const item = { ...key, tick: time, ...(await packedInto(ledger, key, ladder)) };
    // Refused: a later tick was here before.
    await putItem(ledger, item, {
      text: 'attribute_not_exists(pk) OR #tick <= :tick',
      names: ['tick'],
      values: { tick: time },
    });
  },
});
