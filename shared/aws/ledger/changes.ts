import * as z from 'zod';
import type { Change } from '../../core/change.ts';
import type { Arn } from '../../core/identity.ts';
import type { ChangeHistory, ChangeKind, Ledger } from '../../ports.ts';
import type { ActingLedger, AnswerLedger } from '../../ports-acting.ts';
import {
  afterwards,
  type ChangePlace,
  changeItem,
  changeKey,
  changeOf,
  changesOfResource,
  mattersSince,
  newestFirst,
  planAndNumber,
  STATUS_OF,
} from './change-items.ts';
import { lostEveryRace } from './errors.ts';
import { readItem } from './items.ts';
import { partsOfAction } from './plan-items.ts';
import {
  type Expression,
  getItem,
  getItems,
  IF_NEW,
  type Item,
  type Key,
  keysByStatus,
  type LedgerTable,
  putItem,
  queryPages,
} from './table.ts';

/** A change is written twice or three times in its life: nobody loses so many races. */
const ATTEMPTS = 5;

/** The way of the function that acts. */
export const recordedChangesIn = (ledger: LedgerTable): Pick<ActingLedger, 'recordChange'> => ({
  recordChange: async (change, before) => {
    const next = before ? afterwards(before, change) : change;
    if (await putItem(ledger, changeItem(next), before ? ifNewOr(before) : IF_NEW)) return;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (await added(ledger, change)) return;
    }
    throw lostEveryRace(ledger.table, 'PutItem', ATTEMPTS);
  },
});

const ifNewOr = (before: Change): Expression => ({
  text: `${IF_NEW.text} OR #change = :before`,
  names: ['change'],
  values: { before: changeItem(before).change },
});

/** Reads what stands and writes what comes after it; false when somebody else has written in between. */
async function added(ledger: LedgerTable, change: Change): Promise<boolean> {
  const before = await getItem(ledger, changeItem(change));
  if (!before) return putItem(ledger, changeItem(change), IF_NEW);
  const after = changeItem(afterwards(changeOf(before), change));
  if (after.change === before.change) return true;
  return putItem(ledger, after, { text: '#change = :before', names: ['change'], values: { before: before.change } });
}

/** By the resource: what was done to whatever has carried its name. */
export const historyIn = (ledger: LedgerTable): ChangeHistory => ({
  changesOf: async (resource) => {
    const changes: Change[] = [];
    for await (const page of queryPages(ledger, { keys: changesOfResource(resource) })) {
      changes.push(...page.map(changeOf));
    }
    return changes;
  },
});

/** By way of the plan, because the index is for people only. */
export const changesOfPlanIn = (ledger: LedgerTable): Pick<ActingLedger, 'changesOfPlan'> => ({
  changesOfPlan: async ({ id: planId, act }, numbers = act.map((_, index) => index + 1)) => {
    const places = numbers.flatMap((number) => {
      const resource = act[number - 1]?.resource.arn;
      return resource === undefined ? [] : [{ resource, planId, number }];
    });
    return (await getItems(ledger, places.map(changeKey))).map(changeOf);
  },
});

/** What stands and what has ended since some time. The index says which it may be, the table what they are. */
export const changesIn = (ledger: LedgerTable): Pick<Ledger, 'changes'> => ({
  changes: async (since, kind) => {
    const keys = await keysSince(ledger, since, kind);
    return (await read(ledger, keys, since)).sort(newestFirst);
  },
});

/** The keys are small: what is behind them is read a few hundred at a time. */
export const changesByResourceIn = (ledger: LedgerTable): Pick<AnswerLedger, 'changesByResource'> => ({
  changesByResource: async function* (since) {
    const byResource = Map.groupBy(await keysSince(ledger, since), ({ pk }) => pk);
    for (const lot of lotsOf([...byResource.values()])) yield read(ledger, lot, since);
  },
});

async function keysSince(ledger: LedgerTable, since: Date, kind?: ChangeKind): Promise<Key[]> {
  const statuses = kind ? [STATUS_OF[kind]] : Object.values(STATUS_OF);
  const keys = statuses.map((status) => keysByStatus(ledger, status, since.toISOString()));
  return (await Promise.all(keys)).flat();
}

async function read(ledger: LedgerTable, keys: readonly Key[], since: Date): Promise<Change[]> {
  const changes = (await getItems(ledger, keys)).map(changeOf);
  return changes.filter((change) => mattersSince(change, since.toISOString()));
}

/** A lot has so many keys at least, but for the last. */
const LOT = 500;

function lotsOf(groups: readonly (readonly Key[])[]): Key[][] {
  const lots: Key[][] = [];
  for (const group of groups) {
    const last = lots.at(-1);
    if (last && last.length < LOT) last.push(...group);
    else lots.push([...group]);
  }
  return lots;
}

/** One change by its id. */
export const changeIn = (ledger: LedgerTable): Pick<AnswerLedger, 'change'> => ({
  change: async (id) => {
    const item = await itemOf(ledger, id);
    return item && changeOf(item);
  },
});

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
