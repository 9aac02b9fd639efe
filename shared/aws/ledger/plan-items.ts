import * as z from 'zod';
import { hashOf } from '../../core/canonical.ts';
import { hashOfActions, type Plan, type Proposal } from '../../core/plan.ts';
import { LedgerCorruptError } from './errors.ts';
import { actionNumber, expiresAfter, readItem } from './items.ts';
import { pack, unpack } from './packed.ts';
import type { Expression, Item } from './table.ts';

/**
 * A plan as items of one partition:
 *
 *     PLAN#id / ACTION#0001#edition     one proposal, in order
 *     PLAN#id / DEFERRED#001#edition    compressed, see packed.ts
 *     PLAN#id / FINDING#001#edition
 *     PLAN#id / LEAVE#001#edition
 *     PLAN#id / HEADER                  everything else, and which edition counts
 *
 * Two ticks of one day may decide on the same actions for slightly different reasons: the same id and hash, other text.
 * The edition, a hash over the whole plan, keeps their parts apart, whoever writes them when: parts never change, and the
 * header that came first says which of them are the plan.
 */
export const planKey = (id: string): string => `PLAN#${id}`;
export const planIdOf = (partition: string): string => partition.slice('PLAN#'.length);
export const headerKey = (id: string) => ({ pk: planKey(id), sk: 'HEADER' }) as const;

/** One action of a plan, in whatever editions there are. */
export const partsOfAction = (id: string, number: number): Expression => ({
  text: 'pk = :pk AND begins_with(sk, :action)',
  values: { pk: planKey(id), action: `ACTION#${actionNumber(number)}#` },
});

const headerSchema = z.object({
  edition: z.string(),
  parts: z.object({ act: z.int(), deferred: z.int(), findings: z.int().default(0), leave: z.int() }),
  plan: z.looseObject({ id: z.string(), hash: z.string(), policyHash: z.string() }),
});

type Header = z.output<typeof headerSchema>;

/** Everything but the header. Writing the same plan again writes the same items. */
export function partsOf(plan: Plan): Item[] {
  const write = (name: string, attributes: Readonly<Record<string, unknown>>): Item => ({
    pk: planKey(plan.id),
    sk: `${name}#${suffixOf(hashOf(plan))}`,
    ...attributes,
    expires: expiresAfter(new Date(plan.time)),
  });
  return [
    ...plan.act.map((proposal, index) => write(`ACTION#${actionNumber(index + 1)}`, { proposal })),
    ...pack(plan.deferred).map((packed, index) => write(`DEFERRED#${pieceNumber(index)}`, { packed })),
    ...pack(plan.findings ?? []).map((packed, index) => write(`FINDING#${pieceNumber(index)}`, { packed })),
    ...pack(plan.leave).map((packed, index) => write(`LEAVE#${pieceNumber(index)}`, { packed })),
  ];
}

/** The item that makes the parts a plan. */
export function headerOf(plan: Plan, parts: readonly Item[]): Item {
  const { act: _act, deferred: _deferred, findings: _findings, leave: _leave, ...rest } = plan;
  const count = (name: string) => parts.filter(({ sk }) => sk.startsWith(name)).length;
  return {
    ...headerKey(plan.id),
    edition: hashOf(plan),
    parts: {
      act: count('ACTION#'),
      deferred: count('DEFERRED#'),
      findings: count('FINDING#'),
      leave: count('LEAVE#'),
    },
    plan: rest,
    expires: expiresAfter(new Date(plan.time)),
  };
}

/** The hash of a plan of which the header is there. */
export const hashInHeader = (header: Item): string => readItem(headerSchema, header).plan.hash;

/**
 * Puts a plan together again and freezes it.
 * @throws {LedgerCorruptError} when parts are missing, or are not those that were recorded
 */
export function planOf(id: string, items: readonly Item[]): Plan {
  const header = items.find(({ sk }) => sk === 'HEADER');
  if (!header) throw new LedgerCorruptError(planKey(id), 'the header is missing: never recorded, or expired');
  const { edition, parts, plan } = readItem(headerSchema, header);
  const named = (name: keyof Header['parts']) => partsNamed(name, { id, items, edition, count: parts[name] });
  const findings = unpacked(id, named('findings'));
  const whole = {
    ...plan,
    ...(findings.length > 0 ? { findings } : {}),
    act: named('act').map(({ proposal }) => proposal as Proposal),
    deferred: unpacked(id, named('deferred')),
    leave: unpacked(id, named('leave')),
  };
  if (plan.id !== id || hashOf(whole) !== edition || hashOfActions(whole) !== plan.hash) {
    throw new LedgerCorruptError(planKey(id), 'the hash is not that of what was recorded');
  }
  return frozenCopy(whole as unknown as Plan); // the hash says that it is what partsOf and headerOf were given
}

interface Parts {
  readonly id: string;
  readonly items: readonly Item[];
  readonly edition: string;
  readonly count: number;
}

function partsNamed(name: keyof Header['parts'], { id, items, edition, count }: Parts): Item[] {
  const prefix = { act: 'ACTION#', deferred: 'DEFERRED#', findings: 'FINDING#', leave: 'LEAVE#' }[name];
  const found = items.filter(({ sk }) => sk.startsWith(prefix) && sk.endsWith(`#${suffixOf(edition)}`));
  if (found.length === count) return found;
  throw new LedgerCorruptError(planKey(id), `${found.length} of ${count} ${prefix} items are there`);
}

function unpacked(id: string, items: readonly Item[]): unknown[] {
  try {
    return unpack(items.map(({ packed }) => packed as Uint8Array));
  } catch (error) {
    throw new LedgerCorruptError(planKey(id), 'what was compressed cannot be read', error);
  }
}

const frozenCopy = <T>(value: T): T =>
  JSON.parse(JSON.stringify(value), (_key, part: unknown) => Object.freeze(part)) as T;

const pieceNumber = (index: number): string => String(index + 1).padStart(3, '0');

/** 64 bits: enough to keep the few plans of one id apart. */
const suffixOf = (edition: string): string => edition.slice(0, 16);
