import * as z from 'zod';
import { hashOf } from '../../core/canonical.ts';
import { LedgerCorruptError } from './errors.ts';
import { keyText, readItem } from './items.ts';
import { pack, unpack } from './packed.ts';
import { getItems, type Item, type Key, type LedgerTable, writeItems } from './table.ts';

/**
 * A list of any size under one key, compressed. What fits is in the item itself; the rest is in pieces behind it:
 *
 *     KEY                  edition, pieces, packed: the first piece
 *     KEY#PIECE#edition#2  the second, and so on
 *
 * The pieces are written first. Their edition, a hash over the list, keeps those of two writers apart, and the item says
 * which count.
 */
const schema = z.object({ edition: z.string(), pieces: z.int(), packed: z.instanceof(Uint8Array).optional() });

/** The attributes that make an item carry the list. Writes the pieces that do not fit into it. */
export async function packedInto(
  ledger: LedgerTable,
  key: Key & { readonly expires: number },
  list: readonly unknown[],
) {
  const [packed, ...more] = pack(list);
  const edition = hashOf(list).slice(0, 16);
  const { expires } = key;
  const items = more.map((piece, index): Item => ({ ...pieceKey(key, edition, index + 2), packed: piece, expires }));
  for (const item of items) await writeItems(ledger, [item]); // one by one: a batch takes 16 MB in all
  return { edition, pieces: packed ? items.length + 1 : 0, ...(packed && { packed }) };
}

/** @throws {LedgerCorruptError} when a piece is missing, or the pieces are not those of one list */
export async function unpackedFrom(ledger: LedgerTable, item: Item): Promise<unknown[]> {
  const { edition, pieces, packed } = readItem(schema, item);
  if (!packed) return [];
  const keys = Array.from({ length: pieces - 1 }, (_, index) => pieceKey(item, edition, index + 2));
  const found = new Map((await getItems(ledger, keys)).map((one) => [one.sk, one.packed as Uint8Array]));
  const rest = keys.map(({ sk }) => found.get(sk));
  if (rest.includes(undefined)) {
    throw new LedgerCorruptError(keyText(item), `${found.size + 1} of ${pieces} pieces are there`);
  }
  try {
    return unpack([packed, ...(rest as Uint8Array[])]);
  } catch (error) {
    throw new LedgerCorruptError(keyText(item), 'what was compressed cannot be read', error);
  }
}

const pieceKey = ({ pk, sk }: Key, edition: string, number: number): Key => ({
  pk,
  sk: `${sk}#PIECE#${edition}#${String(number).padStart(3, '0')}`,
});
