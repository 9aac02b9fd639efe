import * as z from 'zod';
import { canonicalJson } from '../../core/canonical.ts';
import { type Policy, parsePolicy, policyHash } from '../../core/policy.ts';
import type { Ledger, PolicyStore, StoredPolicy } from '../../ports.ts';
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
  return storedPolicy(kept, parsePolicy(parseJson(kept.policy)));
}

/** The deployer's way to change the policy. Throws {@link PolicyChangedError} when somebody else does at the same time. */
export function dynamoPolicyStore(ledger: LedgerTable): PolicyStore {
  return {
    store: async (policy, by, now) => {
      const hash = policyHash(policy);
      const before = await inForce(ledger);
      if (before?.hash === hash) return storedPolicy(before, policy);
      const version = Math.max(before?.version ?? 0, await newestVersion(ledger)) + 1;
      const next: Kept = { version, policy: canonicalJson(policy), hash, storedAt: now, storedBy: by };
      if (await replace(ledger, before, next)) return storedPolicy(next, policy);
      const winner = await inForce(ledger);
      if (winner?.hash === hash) return storedPolicy(winner, policy); // ours after all, its reply was lost; or the same
      throw new PolicyChangedError(winner);
    },
  };
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

const storedPolicy = ({ version, storedAt, storedBy }: Kept, policy: Policy): StoredPolicy => ({
  version,
  policy,
  storedAt,
  storedBy,
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new LedgerCorruptError(keyText(CURRENT), 'the policy is not JSON', error);
  }
}
