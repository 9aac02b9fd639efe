import { withDurableExecution } from '@aws/durable-execution-sdk-js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createClock } from '../../sandbox/clock.ts';
import { listenLambda } from '../../sandbox/durable/http/listen.ts';
import { type OutsideCalls, openOutsideCalls } from '../../sandbox/durable/http/outside-calls.ts';
import type { Moment } from '../../sandbox/durable/kill-points.ts';
import { Lambda } from '../../sandbox/durable/lambda.ts';
import { inProcess } from '../../sandbox/durable/runtimes/in-process.ts';
import { inWorker } from '../../sandbox/durable/runtimes/in-worker.ts';
import { type CleanUp, cleanUp } from './support/clean-up.ts';
import { type Cloud, startCloud } from './support/cloud.ts';
import { MONTH_SECONDS, resultOf, START, startFlow } from './support/lambda.ts';

interface Stage {
  readonly lambda: Lambda;
  readonly cloud: Cloud;
  readonly outside: OutsideCalls;
}

/** Where a run dies. */
type Death = readonly [what: 'checkpoint' | 'outside call', nth: number, moment: Moment];

async function setStage(): Promise<Stage> {
  const clock = createClock(START);
  // Many stages play at once, so none may set this process's Date.
  const lambda = new Lambda({ clock });
  const cloud = await startCloud(clock.now);
  const outside = await openOutsideCalls(lambda, cloud.url);
  onTestFinished(() => outside.close());
  return { lambda, cloud, outside };
}

async function inThisProcess(): Promise<Stage> {
  const stage = await setStage();
  const runtime = inProcess(withDurableExecution(cleanUp(stage.outside.url)));
  stage.lambda.register('flow', { runtime, durable: { executionTimeoutSeconds: MONTH_SECONDS } });
  return stage;
}

async function inWorkers(): Promise<Stage> {
  const stage = await setStage();
  const endpoint = await listenLambda({ lambda: stage.lambda });
  onTestFinished(() => endpoint.close());
  const runtime = inWorker({
    module: new URL('./support/clean-up.ts', import.meta.url),
    env: {
      CLOUD_URL: stage.outside.url,
      AWS_ENDPOINT_URL_LAMBDA: endpoint.url,
      AWS_REGION: 'ap-northeast-2',
      AWS_ACCESS_KEY_ID: 'AKIAWORKER',
      AWS_SECRET_ACCESS_KEY: 'secret',
    },
  });
  stage.lambda.register('flow', { runtime, durable: { executionTimeoutSeconds: MONTH_SECONDS } });
  return stage;
}

/** Plays a clean-up that dies once, or not at all, and tells what came of it. */
async function play({ lambda, cloud, outside }: Stage, event: CleanUp, death?: Death) {
  if (death) (death[0] === 'checkpoint' ? lambda : outside).killPoints.killAt(death[1], death[2]);
  const execution = startFlow(lambda, event);
  lambda.clock.after({ days: 2 }, () => {
    for (const id of lambda.callbacks.waiting()) lambda.callbacks.succeed(id, 'yes');
  });
  await lambda.finish();
  const { status, crashes } = execution;
  return { status, crashes, result: resultOf(execution), effects: cloud.effects.toSorted() };
}

type Outcome = Awaited<ReturnType<typeof play>>;

/** Plays each death on a stage of its own. */
async function playAll(stage: () => Promise<Stage>, event: CleanUp, deaths: readonly Death[]) {
  const played = deaths.map(
    async (death): Promise<[string, Outcome]> => [death.join(' '), await play(await stage(), event, death)],
  );
  return Object.fromEntries(await Promise.all(played));
}

/** Every death is survived: one crash, and otherwise the outcome of a calm run. */
const survived = (calm: Outcome, deaths: readonly Death[]) =>
  Object.fromEntries(deaths.map((death) => [death.join(' '), { ...calm, crashes: 1 }]));

const MOMENTS: readonly Moment[] = ['before', 'after'];

const upTo = (what: Death[0], count: number): Death[] =>
  Array.from({ length: count }, (_, index) => MOMENTS.map((moment): Death => [what, index + 1, moment])).flat();

describe('a workflow that is killed', () => {
  it('in this process, at any checkpoint or outside call, ends as if nothing had happened', async () => {
    const event: CleanUp = { databases: ['orders'], ask: true };
    const stage = await inThisProcess();
    const calm = await play(stage, event);
    expect(calm).toEqual({
      status: 'SUCCEEDED',
      crashes: 0,
      result: ['orders after 3 polls'],
      effects: ['delete orders', 'snapshot orders'],
    });

    const deaths = [
      ...upTo('checkpoint', stage.lambda.killPoints.count),
      ...upTo('outside call', stage.outside.killPoints.count),
    ];
    expect(deaths.length).toBeGreaterThan(30);
    expect(await playAll(inThisProcess, event, deaths)).toEqual(survived(calm, deaths));
  }, 30_000);

  it('in a worker, with parallel branches, has every effect once', async () => {
    const event: CleanUp = { databases: ['orders', 'users', 'billing'] };
    const stage = await inWorkers();
    const calm = await play(stage, event);
    expect(calm.result).toEqual(['orders after 3 polls', 'users after 3 polls', 'billing after 3 polls']);
    expect(calm.effects).toHaveLength(6);

    const calls = stage.outside.killPoints.count;
    const deaths: Death[] = [
      ['checkpoint', 2, 'after'],
      ['outside call', 2, 'before'],
      ['outside call', calls - 1, 'after'],
    ];
    expect(await playAll(inWorkers, event, deaths)).toEqual(survived(calm, deaths));
  }, 60_000);
});
