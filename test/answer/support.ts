import type { Context } from 'aws-lambda';
import { onTestFinished, vi } from 'vitest';
import { eventSchema } from '../../functions/answer/event.ts';
import { handle } from '../../functions/answer/handle.ts';
import type { Ports } from '../../functions/answer/ports.ts';
import type { Change } from '../../shared/core/change.ts';
import { digestOf, type Part, type Plan, type Proposal, sealPlan } from '../../shared/core/plan.ts';
import { type Mode, parsePolicy } from '../../shared/core/policy.ts';
import { proposalOf } from '../../shared/core/retention/proposal.ts';
import { defineFunction } from '../../shared/runtime/define-function.ts';
import { MemoryLedger } from '../support/memory-ledger.ts';
import { ACCOUNT, many, proposal, TICK } from '../support/plan-specimen.ts';

export const role = (session: string, name = 'sre-oncall', account = ACCOUNT): string =>
  `arn:aws:sts::${account}:assumed-role/${name}/${session}`;
export const KIM = role('kim');
export const LEE = role('lee');
export const STRANGER = role('eve', 'developer');

/** Whoever has a role `sre-*` may answer; approvals are due in three days, the grace is seven. */
export const POLICY = parsePolicy({
  timezone: 'Asia/Seoul',
  approvers: [{ accounts: '*', principals: [`arn:aws:iam::${ACCOUNT}:role/sre-*`] }],
});

export const hours = (count: number, from: Date = TICK): Date => new Date(from.getTime() + count * 3_600_000);

/** Three actions, all of one mode or each of its own. */
export function planOf(modes: readonly Mode[] = ['approve', 'approve', 'approve'], time: Date = TICK): Plan {
  const act = many(modes.length, (number): Proposal => ({ ...proposal(number), mode: modes[number - 1] ?? 'report' }));
  return sealPlan(
    { function: 'right-size', account: ACCOUNT, time, act, deferred: [], leave: [], unreadable: [] },
    POLICY,
  );
}

/** Snapshots to take, each in a mode of its own. */
export function takings(modes: readonly Mode[]): Plan {
  const [account, region] = [ACCOUNT, 'ap-northeast-2'];
  const act = many(modes.length, (number): Proposal => {
    const database = { arn: `arn:aws:rds:${region}:${account}:db:orders-${number}`, id: `db-${number}` };
    const name = `lamplighter-orders-${number}`;
    return proposalOf({
      action: {
        kind: 'create-snapshot',
        form: 'instance',
        scope: { account, region },
        name,
        database,
        tags: {},
        expect: { statuses: ['available'] },
      },
      databaseName: `orders-${number}`,
      mode: modes[number - 1] ?? 'report',
      because: 'due',
    });
  });
  const draft = { function: 'snapshot-databases', account, time: TICK, act, deferred: [], leave: [], unreadable: [] };
  return sealPlan(draft, POLICY);
}

/** How the first action of the plan ended: kept, and standing. */
export function changeOf(plan: Plan, spoiled: Partial<Change> = {}, number = 1): Change {
  return {
    id: `${plan.id}/${number}`,
    planId: plan.id,
    account: plan.account,
    proposal: plan.act[number - 1]!,
    outcome: 'kept',
    because: 'no alarm in 2 hours; watched: 2 of its own',
    approvedBy: KIM,
    appliedAt: hours(2).toISOString(),
    finishedAt: hours(4).toISOString(),
    ...spoiled,
  };
}

/** The function over a ledger in memory, with a clock that the test sets. */
export interface Desk {
  readonly ledger: MemoryLedger;
  /** What the function logged, a line each. */
  readonly lines: readonly string[];
  /** Callbacks that were woken, and plans of which the execution was started. */
  readonly woken: string[];
  readonly started: string[];
  now: Date;
  waker: Ports['waker'];
  /** Records the plan, hands it over, and lets an execution wait for it. */
  open(plan: Plan): Promise<Plan>;
  /** A request through the handler, as the Function URL delivers it. */
  ask(by: string, request: unknown): Promise<Answered>;
  deliver(event: unknown): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>> & { readonly text: string; readonly error?: string };
}

export async function openDesk(policy: unknown = POLICY): Promise<Desk> {
  const ledger = new MemoryLedger();
  await ledger.store({ policy: parsePolicy(policy) }, 'deployer', TICK);
  const desk: Desk = {
    ledger,
    lines: captureLog(),
    woken: [],
    started: [],
    now: hours(1),
    waker: {
      wake: async (callbackId) => {
        desk.woken.push(callbackId);
        return 'woken';
      },
    },
    open: async (plan) => {
      const run = await ledger.record(plan, digestOf(plan));
      await ledger.announced(run, plan.time);
      await ledger.handedOver(run);
      await ledger.claimPlan(plan.id, `execution of ${plan.id}`, new Date(plan.time));
      await ledger.waitOn(plan.id, 'approve', `callback of ${plan.id}`);
      return plan;
    },
    ask: (by, request) => desk.deliver(urlEvent(by, JSON.stringify(request))),
    deliver: async (event) => read(await handler(event, CONTEXT)),
  };
  const ports = {
    ledger,
    waker: { wake: (callbackId: string) => desk.waker.wake(callbackId) },
    starter: {
      start: async ({ plan }: Part) => {
        desk.started.push(plan);
      },
    },
    clock: () => desk.now,
  };
  const needs = { function: 'answer', stage: 'prod', ledger, roles: [], hub: {}, untried: [] };
  const handler = defineFunction({ name: 'answer', event: eventSchema, handle: handle({ ...ports, needs }) });
  return desk;
}

export function read(response: unknown): Answered {
  const { statusCode, body } = response as { statusCode: number; body: string };
  return { status: statusCode, body: JSON.parse(body) };
}

/** What a Function URL with IAM authentication delivers, payload version 2.0. */
export function urlEvent(userArn: string, body: string | undefined, more: Readonly<Record<string, unknown>> = {}) {
  return {
    version: '2.0',
    headers: { authorization: 'AWS4-HMAC-SHA256 Signature=s3cr3t', 'x-amz-security-token': 's3cr3t' },
    requestContext: {
      authorizer: { iam: { userArn, accessKey: 'ASIAEXAMPLE' } },
      http: { method: 'POST', path: '/' },
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: false,
    ...more,
  };
}

export const CONTEXT = {
  awsRequestId: 'request-1',
  functionName: 'lamplighter-answer-prod',
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:ap-northeast-2:${ACCOUNT}:function:lamplighter-answer-prod`,
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 60_000,
} as unknown as Context;

/** All that the function writes to its log, a line each, until the test is over. */
function captureLog(): string[] {
  const lines: string[] = [];
  const take = (text: string | Uint8Array): boolean => {
    lines.push(String(text));
    return true;
  };
  const streams = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  onTestFinished(() => {
    for (const stream of streams) stream.mockRestore();
  });
  return lines;
}
