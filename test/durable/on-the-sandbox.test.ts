import { type DurableContext, withDurableExecution } from '@aws/durable-execution-sdk-js';
import {
  CreateDBSnapshotCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
  StopDBInstanceCommand,
} from '@aws-sdk/client-rds';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openOutsideCalls } from '../../sandbox/durable/http/outside-calls.ts';
import type { Moment } from '../../sandbox/durable/kill-points.ts';
import { Lambda } from '../../sandbox/durable/lambda.ts';
import { inProcess } from '../../sandbox/durable/runtimes/in-process.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { MONTH_SECONDS, resultOf, startFlow } from './support/lambda.ts';

type Death = readonly [nth: number, moment: Moment];

/** A workflow on the sandbox's clock, with real clients, killed at one of its calls of RDS or at none. */
async function hibernate(death?: Death) {
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const { AWS_REGION: region = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = sandbox.env;
  sandbox.estate.hub.region(region).rds.addInstance({ DBInstanceIdentifier: 'orders', Engine: 'postgres' });

  const lambda = new Lambda({ clock: sandbox.clock });
  const outside = await openOutsideCalls(lambda, sandbox.url);
  onTestFinished(() => outside.close());
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  const rds = new RDSClient({ endpoint: outside.url, region, credentials, maxAttempts: 1 });
  const runtime = inProcess(withDurableExecution(hibernation(rds)));
  lambda.register('flow', { runtime, durable: { executionTimeoutSeconds: MONTH_SECONDS } });
  if (death) outside.killPoints.killAt(...death);

  const execution = startFlow(lambda);
  await lambda.finish();
  const effects = ['CreateDBSnapshot', 'StopDBInstance'].map(
    (operation) => sandbox.calls.byOperation(operation).filter(({ outcome }) => outcome === 'ok').length,
  );
  return { status: execution.status, result: resultOf(execution), effects, calls: outside.killPoints.count };
}

const hibernation = (rds: RDSClient) => async (_: unknown, context: DurableContext) => {
  const [DBInstanceIdentifier, DBSnapshotIdentifier] = ['orders', 'orders-final'];
  const status = async () =>
    (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances![0]!.DBInstanceStatus!;
  const snapshotStatus = async () =>
    (await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier }))).DBSnapshots![0]!.Status!;
  const until = (wanted: string) => ({
    initialState: '',
    waitStrategy: (seen: string) =>
      seen === wanted
        ? ({ shouldContinue: false } as const)
        : ({ shouldContinue: true, delay: { minutes: 3 } } as const),
  });

  await context.step('snapshot', async () => {
    // Asked a second time RDS may say that it exists, or that the database is busy backing up: the snapshot itself decides.
    const create = new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier });
    await rds.send(create).catch(snapshotStatus);
  });
  await context.waitForCondition('snapshot is there', snapshotStatus, until('available'));
  await context.step('stop', async () => {
    const stop = new StopDBInstanceCommand({ DBInstanceIdentifier });
    await rds.send(stop).catch(async (error: unknown) => {
      if ((await status()) !== 'stopping') throw error;
    });
  });
  await context.waitForCondition('stopped', status, until('stopped'));
  const stopped = await context.step('look', status);
  await context.wait({ days: 8 });
  return [stopped, await context.step('look again', status)];
};

describe('on the clock of the sandbox', () => {
  it('a workflow sees a snapshot become available, and AWS starting a stopped database after seven days', async () => {
    expect(await hibernate()).toMatchObject({ status: 'SUCCEEDED', result: ['stopped', 'available'], effects: [1, 1] });
  });

  it('a workflow that is killed at any call has each effect once', async () => {
    const { calls } = await hibernate();
    const deaths = Array.from({ length: calls }, (_, index): Death[] => [
      [index + 1, 'before'],
      [index + 1, 'after'],
    ]).flat();
    const outcomes = await Promise.all(deaths.map((death) => hibernate(death)));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'SUCCEEDED', result: ['stopped', 'available'], effects: [1, 1] });
    }
  }, 30_000);
});
