import { canonicalJson } from '../../shared/core/canonical.ts';
import type { Message } from '../../shared/core/message.ts';
import { digestOf, type Plan, type Proposal, partsOf } from '../../shared/core/plan.ts';
import { NOTHING_REMEMBERED } from '../../shared/core/remediation/memory.ts';
import type { Announcer, Starter } from '../../shared/ports.ts';
import type { KeptRemediation, RemediationLedger, RemediationRecord } from '../../shared/ports-remediation.ts';
import { AtWorkError } from '../../shared/runtime/errors.ts';
import { stuckMessage } from './stuck.ts';

/** What runs are made of, and the delivery that they work for. */
export interface Delivery {
  readonly ledger: RemediationLedger;
  readonly announcer: Announcer;
  readonly starter: Starter;
  /** The Lambda request id, which the retries of one delivery share. */
  readonly holder: string;
  /** The clock of the machine: a turn ends in real time. */
  readonly clock: () => Date;
  readonly wait: (milliseconds: number) => Promise<unknown>;
}

/** What a look has found, what there is to keep of it, and how it reads when there is time to ask for what people want to see. */
export interface Found<Report> {
  readonly report: Report;
  readonly record: Omit<RemediationRecord, 'holder' | 'until'>;
  /** For who is not told. It never fails, like the other. */
  readonly answer: () => Promise<Report>;
  readonly tell: () => Promise<Told<Report>>;
}

interface Told<Report> {
  readonly report: Report;
  readonly messages: readonly Message[];
}

/** What became of the alarms of one account. */
export interface Outcome<Report> {
  readonly report: Report;
  /** `nothing`: everything was known before. */
  readonly said: 'kept' | 'nothing';
}

/**
 * Some alarms of one account, from what is remembered to the hand-over. The ledger takes what is decided and what is remembered
 * of it in one write, in the place of what the delivery before has left, and only then does any of it count. Whatever dies
 * behind that, the next delivery brings to its end.
 * @param opened what was kept when the delivery began
 */
export async function run<Report>(
  delivery: Delivery,
  { account, opened }: { readonly account: string; readonly opened: KeptRemediation | undefined },
  look: (before: RemediationRecord | undefined) => Promise<Found<Report>>,
): Promise<Outcome<Report>> {
  const { ledger, holder, clock } = delivery;
  for (let before = await freed(delivery, opened), attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const unfinished = before && before.state !== 'told' ? await finish(delivery, before) : undefined;
    const { report, record, tell } = await look(before);
    if (!isWorthKeeping(record, before)) {
      if (unfinished) throw unfinished.error;
      return { report, said: 'nothing' };
    }
    const until = new Date(clock().getTime() + FINISHED_MS).toISOString();
    const plans = [...(unfinished?.plans ?? []), ...record.plans];
    const messages = [...(unfinished?.messages ?? []), ...record.messages];
    const kept = await ledger.keep({ ...record, plans, messages, holder, until }, before);
    if (kept) {
      let told: Told<Report> | undefined;
      const failed = await finish(delivery, kept, async () => {
        told = await tell();
        return told.messages;
      });
      if (failed) throw failed.error;
      return { report: told?.report ?? report, said: 'kept' };
    }
    before = await freed(delivery, await ledger.kept(account));
  }
  throw new AtWorkError(account);
}

/** Another delivery may come between so often. */
const ATTEMPTS = 5;

/**
 * So long nobody else takes up what was kept, which is handed over and told within seconds. Taken up twice it is done once, and
 * told with one id.
 */
const FINISHED_MS = 30_000;

/** Another delivery is waited for, for longer than it has: what goes back to the queue comes minutes later. */
const PATIENCE = { looks: 20, everyMs: 2000 } as const;

/** Most of what an account says of its alarms is known, or asks for nothing. */
const isWorthKeeping = (
  next: Pick<RemediationRecord, 'plans' | 'messages' | 'memory'>,
  before: RemediationRecord | undefined,
) =>
  next.plans.length > 0 ||
  next.messages.length > 0 ||
  canonicalJson(next.memory) !== canonicalJson(before?.memory ?? NOTHING_REMEMBERED);

/** What is kept, once nobody else is at work on it. @throws {AtWorkError} */
async function freed(delivery: Delivery, kept: KeptRemediation | undefined): Promise<KeptRemediation | undefined> {
  let now = kept;
  for (let look = 0; look < PATIENCE.looks; look += 1) {
    if (!now || !isAtWork(now, delivery)) return now;
    await delivery.wait(PATIENCE.everyMs);
    now = await delivery.ledger.kept(now.account);
  }
  throw new AtWorkError(now?.account ?? '');
}

const isAtWork = ({ state, holder, until }: KeptRemediation, delivery: Delivery): boolean =>
  !['told', 'announced'].includes(state) &&
  holder !== delivery.holder &&
  Date.parse(until) > delivery.clock().getTime();

/** What carry-out could not be given, and what could not be said; and why. */
interface Unfinished {
  readonly plans: readonly Plan[];
  readonly messages: readonly Message[];
  readonly error: unknown;
}

/**
 * Brings what is kept to its end from wherever it stands. First what is to be done: an alarm does not wait for a message, and no
 * plan for another one that cannot be handed over, which people hear of. A crash between SNS taking a message and the ledger
 * noting it repeats the message with the same id; nothing else can repeat it, and nothing can lose it. Starting twice
 * starts once.
 */
async function finish(
  delivery: Delivery,
  kept: KeptRemediation,
  tell: () => Promise<readonly Message[]> = async () => [],
): Promise<Unfinished | undefined> {
  const { ledger } = delivery;
  const stuck = kept.state === 'handed-over' ? undefined : await handOverAll(delivery, kept);
  if (kept.state === 'recorded' && !stuck && kept.messages.length > 0) await ledger.advance(kept, 'handed-over');
  const untold = kept.state === 'announced' ? undefined : await say(delivery, { kept, tell, stuck });
  if (untold) return { plans: stuck?.plans ?? [], ...untold };
  if (stuck) {
    if (kept.state === 'recorded') await ledger.advance(kept, 'announced');
    return { ...stuck, messages: [] };
  }
  await ledger.advance(kept, 'told');
  return undefined;
}

type Stuck = Pick<Unfinished, 'plans' | 'error'>;

async function handOverAll(delivery: Delivery, { plans, planned }: KeptRemediation): Promise<Stuck | undefined> {
  const failed: { readonly plan: Plan; readonly error: unknown }[] = [];
  for (const plan of plans) {
    if (!planned) await delivery.ledger.record(plan, digestOf(plan));
    await handOver(delivery, plan).catch((error: unknown) => failed.push({ plan, error }));
  }
  const [first] = failed;
  return first && { plans: failed.map(({ plan }) => plan), error: first.error };
}

interface Saying {
  readonly kept: KeptRemediation;
  readonly tell: () => Promise<readonly Message[]>;
  readonly stuck: Stuck | undefined;
}

async function say(
  { announcer }: Delivery,
  { kept: { account, messages }, tell, stuck }: Saying,
): Promise<Pick<Unfinished, 'messages' | 'error'> | undefined> {
  try {
    const told = new Map((messages.length > 0 ? await tell() : []).map((one) => [one.id, one]));
    for (const message of messages) await announcer.send(told.get(message.id) ?? message);
    if (stuck) await announcer.send(stuckMessage(account, stuck.plans, (stuck.error as Error).message));
    return undefined;
  } catch (error) {
    return { messages, error };
  }
}

/** People hear of it while it is done: an alarm that is on waits for nobody. */
async function handOver({ ledger, starter }: Delivery, plan: Plan): Promise<void> {
  await ledger.announced(plan, plan.time);
  if (!plan.act.some(mayBeCarriedOut)) return;
  for (const part of partsOf(plan)) await starter.start(part);
  await ledger.handedOver(plan);
}

const mayBeCarriedOut = ({ mode }: Proposal): boolean => mode === 'approve' || mode === 'auto';
