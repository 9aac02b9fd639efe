import * as z from 'zod';
import { daysBefore } from '../../core/time.ts';
import type { CatalogueCache, CataloguePart } from '../../ports.ts';
import { expiresAfter, keyText, storedTime } from './items.ts';
import { pack, unpack } from './packed.ts';
import { getItems, type Key, type LedgerTable, putItem } from './table.ts';

/** AWS adds types a few times a year; a week keeps the calls few. */
const FRESH_DAYS = 7;

/** `CATALOGUE#region / part`, compressed. */
const keyOf = ({ region, of }: CataloguePart): Key => ({ pk: `CATALOGUE#${region}`, sk: of });

const partSchema = z.object({ at: storedTime, packed: z.instanceof(Uint8Array) });

/** What AWS sells, remembered for a week. */
export const dynamoCatalogueCache = (ledger: LedgerTable): CatalogueCache => ({
  get: async (parts, now) => {
    const items = new Map((await getItems(ledger, parts.map(keyOf))).map((item) => [keyText(item), item]));
    return parts.map((part) => {
      const { data } = partSchema.safeParse(items.get(keyText(keyOf(part))));
      return data && data.at >= daysBefore(FRESH_DAYS, now) ? unpacked(data.packed) : undefined;
    });
  },
  put: async (part, rows, now) => {
    const [packed, ...more] = pack(rows);
    if (!packed || more.length > 0) return; // nothing to remember, or too much for an item: AWS is asked again
    const at = now.toISOString();
    await putItem(ledger, { ...keyOf(part), packed, at, expires: expiresAfter(now, FRESH_DAYS) });
  },
});

/** What cannot be read is read from AWS again, and that takes its place. */
function unpacked(packed: Uint8Array): readonly unknown[] | undefined {
  try {
    return unpack([packed]);
  } catch {
    return undefined;
  }
}
