import { vi } from 'vitest';
import type { Report } from '../../functions/watch-spend/report.ts';
import { type BillOptions, seedBill } from '../../sandbox/bill/seed-bill.ts';
import type { BillLine } from '../../sandbox/estate/billing.ts';
import { dateOf } from '../../sandbox/estate/days.ts';
import { functionEnv } from '../../sandbox/hub/hub.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { spendLedger } from '../../shared/aws/ledger/watching.ts';
import type { Anomaly } from '../../shared/core/spend/anomaly.ts';
import { lambdaContext, type Stage, stageForTest } from './right-size.ts';

export const PAYER = '123456789012';

/** A Sunday morning, well after the beginning of a month. */
export const NOW = new Date('2026-11-22T07:30:00Z');

/** A stage with the hub as the payer of whatever the test bills. */
export async function spendStage(policy: object = {}): Promise<Stage> {
  const stage = await stageForTest({ now: NOW, policy });
  stage.sandbox.estate.hub.role('lamplighter-look', { externalId: 'lamplighter' });
  stage.sandbox.estate.billing.resourceLevelData = true;
  return stage;
}

/** The same with the bill of the shop. */
export async function shopStage(options: BillOptions, policy: object = {}): Promise<Stage> {
  const stage = await spendStage(policy);
  seedBill(stage.sandbox, options);
  return stage;
}

/** So much a day; what a day is to cost instead is in `days`. A fee has no late data: what is billed is what is seen. */
export function billLine({ days = {}, usual, ...line }: Partial<BillLine> & Usual): BillLine {
  return {
    account: '111111111111',
    service: 'Amazon Relational Database Service',
    usageType: 'APN2-InstanceUsage:db.r6g.large',
    region: 'ap-northeast-2',
    arrives: 'fee',
    unblended: (day) => days[dateOf(day)] ?? (usual === 0 ? undefined : usual * (1 + 0.02 * Math.sin(day * 2.3))),
    ...line,
  };
}

interface Usual {
  /** About so much on every day. */
  readonly usual: number;
  readonly days?: Readonly<Record<string, number>>;
}

/** The same amount on each of some days. */
export const onDays = (amount: number, ...days: string[]): Record<string, number> =>
  Object.fromEntries(days.map((day) => [day, amount]));

export type Answered = Report & { readonly said: string };

/** Wakes watch-spend through its exported handler, in a new execution environment as at a cold start. */
export async function wakeSpend<Result = Answered>(
  stage: Stage,
  event: unknown,
  requestId = 'delivery-1',
): Promise<Result> {
  Object.assign(process.env, functionEnv(stage.sandbox, stage.hub, 'watch-spend'));
  vi.resetModules();
  const { handler } = await import('../../functions/watch-spend/handler.ts');
  const context = { ...lambdaContext(stage, requestId), functionName: 'lamplighter-watch-spend-prod' };
  return (await (handler as unknown as Handler)(event, context)) as Result;
}

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** A scheduled tick so many days after {@link NOW}; the sandbox's clock is there by then. */
export async function tickOn(stage: Stage, day: number, requestId = `day-${day}`): Promise<Answered> {
  const time = new Date(NOW.getTime() + day * 86_400_000);
  const ahead = time.getTime() - stage.sandbox.clock.now().getTime();
  if (ahead > 0) stage.sandbox.clock.advance(ahead);
  // The SDK compares its own clock with the answers', and repeats what failed when they differ.
  if (vi.isFakeTimers()) vi.setSystemTime(time);
  return wakeSpend(stage, { time: time.toISOString() }, requestId);
}

const tableOf = ({ hub }: Stage) => ({ client: hub.dynamodb, table: hub.table });

export const ledgerOf = (stage: Stage) => spendLedger(tableOf(stage));
export const answersOf = (stage: Stage) => answerLedger(tableOf(stage));

/** Everything that is kept about anomalies, by first day. */
export const anomaliesIn = async (stage: Stage): Promise<readonly Anomaly[]> =>
  ledgerOf(stage).anomalies(PAYER, { from: '2025-09-01', to: '2027-12-31' });

/** How many pages of Cost Explorer were asked for. */
export const paidCalls = ({ sandbox }: Stage): number =>
  sandbox.calls.count('GetCostAndUsage') + sandbox.calls.count('GetCostAndUsageWithResources');
