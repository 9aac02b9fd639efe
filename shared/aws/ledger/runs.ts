import * as z from 'zod';
import { isSuperseded, type Plan } from '../../core/plan.ts';
import type { Claim, Ledger, Run, RunKey, TimeRange } from '../../ports.ts';
import type { ActingLedger } from '../../ports-acting.ts';
import { LedgerCorruptError } from './errors.ts';
import { expiresAfter, keyText, readItem } from './items.ts';
import {
  getItem,
  IF_NEW,
  type Item,
  type Key,
  type LedgerTable,
  type Put,
  putItem,
  queryPages,
  updateItem,
} from './table.ts';

/** `RUN#function#account / TICK#time`: one item a tick; with it a plan counts. */
const partitionOf = ({ function: name, account }: RunKey): string => `RUN#${name}#${account}`;
const keyOf = (run: RunKey): Key => ({ pk: partitionOf(run), sk: `TICK#${run.time}` });

const runSchema = z.object({
  sk: z.string().startsWith('TICK#'),
  planId: z.string(),
  state: z.enum(['recorded', 'announced', 'handed-over']),
  digest: z.string(),
  saidAt: z.string().optional(),
  holder: z.string().optional(),
});

/** Enough for the current run and the one that was announced before it, unless announcing has failed for a while. */
const FIRST_PAGE = 4;

export function runsIn(ledger: LedgerTable): Pick<Ledger, 'runs' | 'claim' | 'release' | 'announced' | 'handedOver'> {
  return {
    runs: (key) => currentAndPrevious(ledger, key),
    claim: (run, claim) => updateItem(ledger, keyOf(run), claiming(claim)),
    release: async (run, holder) => {
      await updateItem(ledger, keyOf(run), { ...RELEASING, values: { holder } }); // refused: it is not ours any more
    },
    announced: async (run, saidAt) => {
      const values = { announced: 'announced', handedOver: 'handed-over', saidAt };
      if (await updateItem(ledger, keyOf(run), { ...ANNOUNCING, values })) return;
      if (await getItem(ledger, keyOf(run))) return; // handed over meanwhile, so announced before
      throw new LedgerCorruptError(keyText(keyOf(run)), 'the run that was announced is missing');
    },
    handedOver: async (run) => {
      if (await updateItem(ledger, keyOf(run), HANDING_OVER)) return;
      throw new LedgerCorruptError(
        keyText(keyOf(run)),
        'the run that was handed over is missing, or was not announced',
      );
    },
  };
}

/** Which plan came after a plan. Only one that is handed over counts: the older is not given up for what may not come. */
export const supersedingIn = (ledger: LedgerTable): Pick<ActingLedger, 'supersededBy'> => ({
  supersededBy: async (plan) => {
    if (!isSuperseded(plan)) return undefined;
    const range = { text: 'pk = :pk AND sk > :tick', values: { pk: partitionOf(plan), tick: keyOf(plan).sk } };
    for await (const page of queryPages(ledger, { keys: range, newestFirst: true, firstPage: FIRST_PAGE })) {
      const runs = page.map((item) => runOf(plan, item));
      // Two ticks of one minute may have decided the same: then both runs are this plan's.
      const newer = runs.find(({ planId, state }) => state === 'handed-over' && planId !== plan.id);
      if (newer) return newer.planId;
    }
    return undefined;
  },
});

const runFor = (plan: Plan, digest: string, claim?: Claim): Run => ({
  function: plan.function,
  account: plan.account,
  time: plan.time,
  planId: plan.id,
  state: 'recorded',
  digest,
  ...(claim && { holder: claim.holder }),
});

function itemOf(run: Run, claim?: Claim): Item {
  const { function: _function, account: _account, time, ...attributes } = run;
  const until = claim && { until: claim.until.toISOString() };
  return { ...keyOf(run), ...attributes, ...until, expires: expiresAfter(new Date(time)) };
}

/** The item of a run that is new, for a transaction. */
export const newRun = (plan: Plan, digest: string): Put => ({ item: itemOf(runFor(plan, digest)), condition: IF_NEW });

/** Puts the run there, or returns the one that is there already: another delivery of the tick came first. */
export async function recordRun(ledger: LedgerTable, plan: Plan, digest: string, claim?: Claim): Promise<Run> {
  const run = runFor(plan, digest, claim);
  if (await putItem(ledger, itemOf(run, claim), IF_NEW)) return run;
  const standing = await getItem(ledger, keyOf(run));
  if (!standing) throw new LedgerCorruptError(keyText(keyOf(run)), 'it was there and is gone');
  return runOf(run, standing);
}

async function currentAndPrevious(ledger: LedgerTable, key: RunKey): Promise<{ current?: Run; previous?: Run }> {
  const range = { text: 'pk = :pk AND sk BETWEEN :first AND :tick', values: rangeUpTo(key) };
  let current: Run | undefined;
  for await (const page of queryPages(ledger, { keys: range, newestFirst: true, firstPage: FIRST_PAGE })) {
    const runs = page.map((item) => runOf(key, item));
    current ??= runs.find(({ time }) => time === key.time);
    const previous = runs.find(({ time, state }) => time < key.time && state !== 'recorded');
    if (previous) return { ...(current && { current }), previous };
  }
  return current ? { current } : {};
}

/** The runs of a function and account whose ticks are in the range, the oldest first. */
export async function runsBetween(
  ledger: LedgerTable,
  key: Omit<RunKey, 'time'>,
  { from, to }: TimeRange,
): Promise<Run[]> {
  const [first, last] = [from, to].map((time) => `TICK#${time.toISOString()}`);
  const values = { pk: partitionOf({ ...key, time: '' }), first, last };
  const runs: Run[] = [];
  for await (const page of queryPages(ledger, { keys: { text: 'pk = :pk AND sk BETWEEN :first AND :last', values } })) {
    runs.push(...page.map((item) => runOf({ ...key, time: '' }, item)));
  }
  return runs;
}

const rangeUpTo = (key: RunKey) => ({ pk: partitionOf(key), first: 'TICK#', tick: keyOf(key).sk });

function runOf({ function: name, account }: RunKey, item: Item): Run {
  const { sk, planId, state, digest, saidAt, holder } = readItem(runSchema, item);
  const known = { ...(saidAt !== undefined && { saidAt }), ...(holder !== undefined && { holder }) };
  return { function: name, account, time: sk.slice('TICK#'.length), planId, state, digest, ...known };
}

/** A claim that has ended is anybody's; who holds one may take it again, as a retry of the same delivery does. */
const claiming = ({ holder, now, until }: Claim) => ({
  text: 'SET #holder = :holder, #until = :until',
  condition: '#state = :recorded AND (attribute_not_exists(#holder) OR #holder = :holder OR #until <= :now)',
  names: ['holder', 'until', 'state'],
  values: { holder, until: until.toISOString(), now: now.toISOString(), recorded: 'recorded' },
});

const RELEASING = {
  text: 'REMOVE #holder, #until',
  condition: '#holder = :holder',
  names: ['holder', 'until'],
};

/** What was said first stays, and a run that is further stays there. */
const ANNOUNCING = {
  text: 'SET #state = :announced, #saidAt = if_not_exists(#saidAt, :saidAt) REMOVE #holder, #until',
  condition: 'attribute_exists(pk) AND #state <> :handedOver',
  names: ['state', 'saidAt', 'holder', 'until'],
};

const HANDING_OVER = {
  text: 'SET #state = :handedOver',
  condition: '#state IN (:announced, :handedOver)',
  names: ['state'],
  values: { announced: 'announced', handedOver: 'handed-over' },
};
