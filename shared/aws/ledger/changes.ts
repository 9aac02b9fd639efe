import * as z from 'zod';
import type { Change } from '../../core/change.ts';
import type { Arn } from '../../core/identity.ts';
import type { ActingLedger, AnswerLedger } from '../../ports-acting.ts';
import {
  afterwards,
  CHANGES,
  type ChangePlace,
  changeItem,
  changeKey,
  changeOf,
  mattersSince,
  newestFirst,
  planAndNumber,
} from './change-items.ts';
import { lostEveryRace } from './errors.ts';
import { readItem } from './items.ts';
import { partsOfAction } from './plan-items.ts';
import { getItem, getItems, IF_NEW, type Item, keysByStatus, type LedgerTable, putItem, queryPages } from './table.ts';

/** A change is written when it ends and once or twice after: nobody loses so many races. */
const ATTEMPTS = 5;

/** The way of the function that acts. */
export const recordedChangesIn = (ledger: LedgerTable): Pick<ActingLedger, 'recordChange'> => ({
  recordChange: async (change) => {
    if (await putItem(ledger, changeItem(change), IF_NEW)) return;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (await added(ledger, change)) return;
    }
    throw lostEveryRace(ledger.table, 'PutItem', ATTEMPTS);
  },
});

/** Reads what stands and writes what comes after it; false when somebody else has written in between. */
async function added(ledger: LedgerTable, change: Change): Promise<boolean> {
  const before = await getItem(ledger, changeItem(change));
  if (!before) return putItem(ledger, changeItem(change), IF_NEW);
  const after = changeItem(afterwards(changeOf(before), change));
  if (after.change === before.change) return true;
  return putItem(ledger, after, { text: '#change = :before', names: ['change'], values: { before: before.change } });
}

export function changesIn(ledger: LedgerTable): Pick<AnswerLedger, 'change' | 'changes'> {
  return {
    change: async (id) => {
      const item = await itemOf(ledger, id);
      return item && changeOf(item);
    },
    // The index says which it may be, the table what they are.
    changes: async (since) => {
      const from = since.toISOString();
      const items = await getItems(ledger, await keysByStatus(ledger, CHANGES, from));
      const changes = items.map(changeOf).filter((change) => mattersSince(change, from));
      return changes.sort(newestFirst);
    },
  };
}

/**
 * The action in the plan says which resource the change is about. Parts of a plan that was refused may lie beside it, but
 * no change is named after them.
 */
async function itemOf(ledger: LedgerTable, id: string): Promise<Item | undefined> {
  const place = planAndNumber(id);
  if (!place) return undefined;
  const keys = (await resourcesOf(ledger, place)).map((resource) => changeKey({ ...place, resource }));
  const [only, ...others] = keys;
  if (!only) return undefined;
  return others.length === 0 ? getItem(ledger, only) : (await getItems(ledger, keys))[0];
}

const actionSchema = z.object({ proposal: z.object({ resource: z.object({ arn: z.string() }) }) });

async function resourcesOf(ledger: LedgerTable, { planId, number }: Omit<ChangePlace, 'resource'>): Promise<Arn[]> {
  const found = new Set<Arn>();
  for await (const page of queryPages(ledger, { keys: partsOfAction(planId, number) })) {
    for (const item of page) found.add(readItem(actionSchema, item).proposal.resource.arn);
  }
  return [...found];
}
