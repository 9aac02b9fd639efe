import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod';
import { type HolidayBook, holidayBookSchema } from '../../core/calendar/holidays.ts';
import { canonicalJson } from '../../core/canonical.ts';
import { parsePolicy, policyHash } from '../../core/policy.ts';
import type { Ledger, NewPolicy, PolicyStore, StoredPolicy } from '../../ports.ts';
import { LedgerCorruptError, PolicyChangedError } from './errors.ts';
import { keyText, readItem, storedTime } from './items.ts';
import { type Expression, getItem, IF_NEW, type Item, type LedgerTable, putItem, queryPages } from './table.ts';

/** The policy in force, and beside it every version that was stored: `POLICY#versions / VERSION#000001`. */
export const CURRENT = { pk: 'POLICY#current', sk: 'POLICY' } as const;
const VERSIONS = 'POLICY#versions';

const policySchema = z.object({
  version: z.int(),
  policy: z.string(),
  hash: z.string(),
  storedAt: storedTime,
  storedBy: z.string(),
  /** As compressed JSON: a sixth, and every gate reads it. */
  holidays: z.instanceof(Uint8Array).optional(),
});

type Kept = z.output<typeof policySchema>;

export function policyIn(ledger: LedgerTable): Pick<Ledger, 'currentPolicy'> {
  return {
    currentPolicy: async () => {
      const item = await getItem(ledger, CURRENT);
      return item && storedPolicyOf(item);
    },
  };
}

/** @throws when it is one that a newer version no longer takes: the defaults in its place would be a silent change */
export function storedPolicyOf(item: Item): StoredPolicy {
  const kept = readItem(policySchema, item);
  const holidays = kept.holidays && holidaysIn(kept.holidays);
  return storedPolicy(kept, { policy: parsePolicy(parseJson(kept.policy)), ...(holidays && { holidays }) });
}

/** The deployer's way to change the policy. Throws {@link PolicyChangedError} when somebody else does at the same time. */
export function dynamoPolicyStore(ledger: LedgerTable): PolicyStore {
  return {
    store: async (wanted, by, now) => {
      const { policy, holidays } = wanted;
      const before = await inForce(ledger);
      if (before && isThere(before, wanted)) return storedPolicy(before, wanted);
      const next: Kept = {
        version: Math.max(before?.version ?? 0, await newestVersion(ledger)) + 1,
        policy: canonicalJson(policy),
        hash: policyHash(policy),
        storedAt: now,
        storedBy: by,
        ...(holidays && { holidays: gzipSync(canonicalJson(holidays)) }),
      };
      if (await replace(ledger, before, next)) return storedPolicy(next, wanted);
      const winner = await inForce(ledger);
      if (winner && isThere(winner, wanted)) return storedPolicy(winner, wanted); // its reply was lost, or it is the same
      throw new PolicyChangedError(winner);
    },
  };
}

/** Whether it is what was stored: the same policy, and no day of a holiday has moved, come or gone. */
function isThere({ hash, holidays }: Kept, wanted: NewPolicy): boolean {
  const known = holidays && holidaysIn(holidays);
  return hash === policyHash(wanted.policy) && canonicalJson(known ?? null) === canonicalJson(wanted.holidays ?? null);
}

/** The version first: what is in force is always among the versions. A crash in between leaves one that never was. */
async function replace(ledger: LedgerTable, before: Kept | undefined, next: Kept): Promise<boolean> {
  const attributes = { ...next, storedAt: next.storedAt.toISOString() };
  const unlessReplaced: Expression = before
    ? { text: '#version = :before', names: ['version'], values: { before: before.version } }
    : IF_NEW;
  return (
    (await putItem(ledger, { pk: VERSIONS, sk: versionKey(next.version), ...attributes }, IF_NEW)) &&
    (await putItem(ledger, { ...CURRENT, ...attributes }, unlessReplaced))
  );
}

async function inForce(ledger: LedgerTable): Promise<Kept | undefined> {
  const item = await getItem(ledger, CURRENT);
  return item && readItem(policySchema, item);
}

async function newestVersion(ledger: LedgerTable): Promise<number> {
  const keys = { text: 'pk = :pk', values: { pk: VERSIONS } };
  for await (const [newest] of queryPages(ledger, { keys, newestFirst: true, firstPage: 1 })) {
    if (newest) return readItem(policySchema, newest).version;
  }
  return 0;
}

const versionKey = (version: number): string => `VERSION#${String(version).padStart(6, '0')}`;

const storedPolicy = ({ version, storedAt, storedBy }: Kept, { policy, holidays }: NewPolicy): StoredPolicy => ({
  version,
  policy,
  storedAt,
  storedBy,
  ...(holidays && { holidays }),
});

function holidaysIn(compressed: Uint8Array): HolidayBook {
  try {
    return holidayBookSchema.parse(JSON.parse(gunzipSync(compressed).toString()));
  } catch (error) {
    throw new LedgerCorruptError(keyText(CURRENT), 'the holidays cannot be read', error);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LedgerCorruptError(keyText(CURRENT), 'the policy is not JSON', error);
  }
}
