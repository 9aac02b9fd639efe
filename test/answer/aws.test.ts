import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { listenLambda } from '../../sandbox/durable/http/listen.ts';
import type { Lambda } from '../../sandbox/durable/lambda.ts';
import { actingLedger } from '../../shared/aws/ledger/acting.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { overridesIn } from '../../shared/aws/ledger/keep-on.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import { dynamoPolicyStore } from '../../shared/aws/ledger/policies.ts';
import type { LedgerTable } from '../../shared/aws/ledger/table.ts';
import { lambdaWaker } from '../../shared/aws/waker.ts';
import { digestOf, type Plan } from '../../shared/core/plan.ts';
import { registerFlow, START, startLambda } from '../durable/support/lambda.ts';
import { type LocalDynamo, startDynamo } from '../ledger/local-table.ts';
import { ACCOUNT } from '../support/plan-specimen.ts';
import { type Answered, CONTEXT, changeOf, KIM, LEE, POLICY, planOf, read, STRANGER, urlEvent } from './support.ts';

let dynamo: LocalDynamo;
beforeAll(async () => {
  dynamo = await startDynamo();
});
afterAll(() => dynamo.close());

/** Lambda with a durable function `flow` that waits for one callback, and where it listens. */
async function listening() {
  const lambda = startLambda();
  registerFlow(lambda, async ({ plan = '' }: { plan?: string }, context) => {
    if (plan.startsWith('undo')) return 'undone';
    await context.waitForCallback('answer', async () => {}, { timeout: { days: 3 } });
    return 'answered';
  });
  const endpoint = await listenLambda({ lambda });
  onTestFinished(() => endpoint.close());
  return { lambda, url: endpoint.url };
}

describe('the waker', () => {
  const wakerAt = (endpoint: string) => {
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const client = new LambdaClient({ region: 'ap-northeast-2', endpoint, credentials, maxAttempts: 1 });
    onTestFinished(() => client.destroy());
    return lambdaWaker(client);
  };

  it('wakes once; the second time it is over', async () => {
    const { lambda, url } = await listening();
    const execution = lambda.start({ functionName: 'flow:live', payload: {} });
    await lambda.advance({ hours: 1 });
    const [id = ''] = lambda.callbacks.waiting();
    expect(await wakerAt(url).wake(id)).toBe('woken');
    await lambda.finish();
    expect(execution.result).toBe('"answered"');
    expect(await wakerAt(url).wake(id)).toBe('over');
  });

  it('takes one that nobody knows any more for over', async () => {
    const { url } = await listening();
    expect(await wakerAt(url).wake(Buffer.from('long ago').toString('base64url'))).toBe('over');
  });

  it('throws what may pass', async () => {
    await expect(wakerAt('http://127.0.0.1:1').wake('id')).rejects.toThrow();
  });
});

describe('the deployed handler', () => {
  let table: LedgerTable;
  let lambda: Lambda;
  let handler: (event: unknown, context: typeof CONTEXT) => Promise<unknown>;
  beforeEach(async () => {
    table = await dynamo.table();
    const { url, lambda: started } = await listening();
    lambda = started;
    const env = {
      AWS_REGION: 'ap-northeast-2',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      AWS_ENDPOINT_URL_LAMBDA: url,
      LEDGER_TABLE: table.table,
      CARRY_OUT_ARN: `arn:aws:lambda:ap-northeast-2:${ACCOUNT}:function:flow:live`,
      LOG_LEVEL: 'SILENT',
    };
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    vi.resetModules();
    handler = (await import('../../functions/answer/handler.ts')).handler as unknown as typeof handler;
    await dynamoPolicyStore(table).store({ policy: POLICY }, 'deployer', START);
  });

  const ask = async (by: string, request: object): Promise<Answered> =>
    read(await handler(urlEvent(by, JSON.stringify(request)), CONTEXT));

  /** A plan of today that an execution waits for. */
  async function waiting(): Promise<Plan> {
    const plan = planOf(undefined, START);
    const run = await dynamoLedger(table).record(plan, digestOf(plan));
    await dynamoLedger(table).announced(run, plan.time);
    const acting = actingLedger(table);
    await acting.claimPlan(plan.id, 'execution', START);
    lambda.start({ functionName: 'flow:live', payload: { plan: plan.id }, name: plan.id });
    await lambda.advance({ hours: 1 });
    await acting.waitOn(plan.id, 'approve', lambda.callbacks.waiting()[0] ?? '');
    return plan;
  }

  it('records an approval, wakes the execution, and tells the second person', async () => {
    const plan = await waiting();
    const about = { plan: plan.id, hash: plan.hash };
    expect(await ask(STRANGER, { about, say: 'approve' })).toMatchObject({ status: 403 });
    expect(await ask(KIM, { about, say: 'approve', actions: [1] })).toMatchObject({
      status: 200,
      body: { said: 'now', execution: 'woken' },
    });
    await lambda.finish();
    expect(lambda.callbacks.waiting()).toEqual([]);
    expect(await ask(KIM, { about, say: 'approve', actions: [1] })).toMatchObject({
      status: 200,
      body: { said: 'before', execution: 'not waiting' },
    });
    expect(await ask(LEE, { about, say: 'approve' })).toMatchObject({ status: 409, body: { by: KIM } });
    expect(await ask(LEE, { about, say: 'veto', until: '2026-12-31' })).toMatchObject({ status: 200 });
    expect((await answerLedger(table).answers(plan.id)).vetoes).toMatchObject([{ by: LEE }]);
    expect(await dynamoLedger(table).vetoes(ACCOUNT, START)).toHaveLength(3);
  });

  it('of two people at once takes one', async () => {
    const plan = await waiting();
    const request = { about: { plan: plan.id, hash: plan.hash }, say: 'approve' };
    const answered = await Promise.all([KIM, LEE, KIM, LEE].map((by) => ask(by, request)));
    const { approval } = await answerLedger(table).answers(plan.id);
    const [first, second] = approval?.by === KIM ? [200, 409] : [409, 200];
    expect(answered.map(({ status }) => status)).toEqual([first, second, first, second]);
  });

  it('keeps a resource on, and takes it back', async () => {
    const resource = `arn:aws:rds:ap-northeast-2:${ACCOUNT}:db:orders-1`;
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
    const about = { about: { resource }, say: 'keep-on' };
    expect(await ask(STRANGER, { ...about, until: tomorrow })).toMatchObject({ status: 403 });
    expect(await ask(KIM, { ...about, until: tomorrow })).toMatchObject({ status: 200, body: { said: 'now' } });
    expect((await overridesIn(table).overrides(ACCOUNT, new Date())).get(resource)?.because).toContain('by kim');
    expect(await ask(LEE, { ...about, until: 'now' })).toMatchObject({ status: 200, body: { takenBack: true } });
    expect(await overridesIn(table).overrides(ACCOUNT, new Date())).toEqual(new Map());
  });

  it('does not know a plan that was never recorded', async () => {
    const plan = planOf();
    const request = { about: { plan: plan.id, hash: plan.hash }, say: 'approve' };
    expect(await ask(KIM, request)).toMatchObject({ status: 404, body: { error: 'unknown-plan' } });
  });

  it('takes a change back by a plan of its own, which is started once', async () => {
    const plan = await waiting();
    const at = START.toISOString();
    const change = changeOf(plan, { appliedAt: at, finishedAt: at });
    await actingLedger(table).recordChange(change);
    const first = await ask(KIM, { about: { change: change.id }, say: 'undo' });
    expect(first).toMatchObject({ status: 200, body: { said: 'now', execution: 'started' } });
    expect((await ask(KIM, { about: { change: change.id }, say: 'undo' })).body).toMatchObject({
      said: 'before',
      plan: first.body.plan,
    });
    expect(await answerLedger(table).answers(String(first.body.plan))).toMatchObject({ approval: { by: KIM } });
    expect(await ask(KIM, { about: { change: `${plan.id}/2` }, say: 'undo' })).toMatchObject({ status: 404 });
  });

  it('refuses a direct invoke', async () => {
    await expect(handler({ about: {}, say: 'approve' }, CONTEXT)).rejects.toMatchObject({ name: 'InvalidEventError' });
  });
});
