import { LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { functionEnv } from '../../sandbox/hub/hub.ts';
import { askDurable } from '../../scripts/doctor/ask.ts';
import type { CheckReport } from '../../shared/runtime/check.ts';
import { CONTEXT } from '../answer/support.ts';
import { openScene, POLICY, type Scene } from '../support/carry-out.ts';
import { deployCarryOut, named, wrongIn } from './support.ts';

const MEMBER = '111111111111';
const SEOUL = 'ap-northeast-2';
const READS_TO_RECHECK = [
  'autoscaling:DescribeAutoScalingInstances',
  'cloudwatch:DescribeAlarmHistory',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'cloudwatch:ListMetrics',
  'ec2:DescribeInstanceAttribute',
  'ec2:DescribeInstanceCreditSpecifications',
  'ec2:DescribeInstanceStatus',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeInstances',
  'ec2:DescribeVolumes',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeEvents',
  'rds:DescribeOrderableDBInstanceOptions',
];
const READS_TO_ACT = [
  'ec2:DescribeInstanceCreditSpecifications',
  'ec2:DescribeInstances',
  'ec2:DescribeSnapshots',
  'ec2:DescribeVolumes',
  'ec2:DescribeVolumesModifications',
  'rds:DescribeDBClusterSnapshots',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeDBSnapshots',
];

describe('a check of carry-out', () => {
  /** Has the deployed function checked, as an execution of its own. */
  async function check(scene: Scene, event: object = { check: true }): Promise<CheckReport> {
    const execution = scene.lambda.start({ functionName: 'carry-out:live', payload: event });
    await scene.lambda.settle();
    expect(execution.status).toBe('SUCCEEDED');
    return JSON.parse(execution.result ?? '');
  }

  async function scene(): Promise<Scene> {
    const opened = await openScene();
    vi.stubEnv('PROTECT_TAG', 'lamplighter:protect');
    vi.stubEnv('HOLD_TAG', 'lamplighter:hold');
    onTestFinished(() => void vi.unstubAllEnvs());
    opened.region.ec2.addInstance({ InstanceType: 'm5.large' });
    return opened;
  }

  it('grants what both roles read, in every scope, and says how the switches stand', async () => {
    const report = await check(await scene());
    expect(wrongIn(report)).toEqual([]);
    expect(report).toMatchObject({ ok: true, function: 'carry-out', account: '123456789012', region: SEOUL });
    const granted = (role: string) =>
      report.findings.filter(({ says, region }) => region === SEOUL && says === `granted to ${role}`);
    expect(
      granted('lamplighter-look')
        .map(({ what }) => what)
        .sort(),
    ).toEqual(READS_TO_RECHECK);
    expect(
      granted('lamplighter-act')
        .map(({ what }) => what)
        .sort(),
    ).toEqual(READS_TO_ACT);
    expect(named(report, 'ledger')?.says).toBe(
      'answers for POLICY#, ANSWER#, CAP#, LEASE#, PLAN#, RESOURCE#, RUN#, SHARED#, TOLD#',
    );
    expect(named(report, 'switches')).toMatchObject({ state: 'ok', says: 'pause and halt are off' });
    for (const tag of ['protectTag', 'holdTag']) expect(named(report, tag)).toMatchObject({ state: 'ok' });
  });

  it('claims no plan, changes nothing, and is over in one invocation without a step', async () => {
    const opened = await scene();
    opened.sandbox.calls.clear();
    await check(opened);
    const operations = opened.sandbox.calls.all().map(({ operation }) => operation);
    expect(operations.filter((one) => !/^(Describe|Get|List|Query|AssumeRole$)/.test(one))).toEqual([]);
    expect(opened.lambda.executions.all().map(({ journal }) => JSON.stringify(journal))).toHaveLength(1);
    expect(opened.lambda.killPoints.count).toBe(0);
  });

  it('names what only doing it shows, never as granted', async () => {
    const { findings } = await check(await scene());
    const untried = findings.filter(({ state }) => state === 'untried');
    expect(untried.map(({ what }) => what).join(', ')).toMatch(/rds:StopDBInstance/);
    expect(untried.every(({ fix }) => fix)).toBe(true);
    expect(findings.filter(({ state, what }) => state === 'ok' && /Stop|Start|Create|Put/.test(what))).toEqual([]);
  });

  it.each<[string, (scene: Scene) => unknown, object]>([
    [
      'an account that does not let it act',
      ({ sandbox }) => sandbox.estate.account(MEMBER).roles.delete('lamplighter-act'),
      {
        what: 'sts:AssumeRole lamplighter-act',
        account: MEMBER,
        says: expect.stringMatching(
          /^lamplighter-carry-out-prod is denied \(AccessDenied\): .*does not exist/,
        ) as string,
        matters: 'Nothing is carried out in this account, and nothing is taken back',
        fix: expect.stringContaining('--template-file infra/member.yml') as string,
      },
    ],
    [
      'alarms that may not be read',
      ({ sandbox }) => sandbox.faults.add({ operation: 'DescribeAlarms', fault: 'accessDenied' }),
      {
        what: 'cloudwatch:DescribeAlarms',
        region: SEOUL,
        says: expect.stringMatching(/^lamplighter-look is denied/) as string,
      },
    ],
    [
      'snapshots that may not be read',
      ({ sandbox }) => sandbox.faults.add({ operation: 'DescribeDBSnapshots', fault: 'accessDenied' }),
      { what: 'rds:DescribeDBSnapshots', says: expect.stringMatching(/^lamplighter-act is denied/) as string },
    ],
    [
      'switches that may not be read',
      ({ sandbox }) => sandbox.faults.add({ service: 'ssm', fault: 'accessDenied' }),
      { what: 'ssm:GetParameters', matters: 'Nothing is changed: without the switches every gate stays closed' },
    ],
    [
      'a switch that is not there',
      ({ sandbox }) => sandbox.estate.hub.region(SEOUL).ssm.parameters.delete('/lamplighter/prod/halt'),
      { what: 'switches', says: '/lamplighter/prod/halt does not exist, so it counts as on' },
    ],
    [
      'a switch that says neither',
      ({ sandbox }) => sandbox.estate.hub.region(SEOUL).ssm.put('/lamplighter/prod/pause', 'maybe'),
      { what: 'switches', says: '/lamplighter/prod/pause is neither on nor off, so it counts as on' },
    ],
    [
      'a protect tag that IAM does not know',
      ({ hub }) => hub.storePolicy({ ...POLICY, defaults: { protectTag: 'keep' } }),
      {
        what: 'protectTag',
        says: 'the policy protects by keep, the hub was deployed with lamplighter:protect',
        fix: expect.stringContaining('ProtectTag=keep') as string,
      },
    ],
    [
      'a hold tag that IAM does not know',
      ({ hub }) => hub.storePolicy({ ...POLICY, snapshots: { holdTag: 'legal' } }),
      {
        what: 'holdTag',
        says: 'the policy holds snapshots by legal, the hub was deployed with lamplighter:hold',
        matters: expect.stringContaining('from being deleted') as string,
        fix: expect.stringContaining('HoldTag=legal') as string,
      },
    ],
  ])('finds %s', async (_, spoil, finding) => {
    const opened = await scene();
    await spoil(opened);
    const report = await check(opened);
    expect(report.ok).toBe(false);
    expect(wrongIn(report)).toEqual([expect.objectContaining({ state: 'missing', ...finding })]);
  });

  it('mentions a switch that somebody has thrown, which is as it should be', async () => {
    const opened = await scene();
    opened.sandbox.estate.hub.region(SEOUL).ssm.put('/lamplighter/prod/pause', 'on');
    const report = await check(opened);
    expect(report.ok).toBe(true);
    expect(named(report, 'switches')).toMatchObject({ state: 'note', says: expect.stringMatching(/^pause is on/) });
  });

  it('is of the scopes that are asked for', async () => {
    const { findings } = await check(await scene(), {
      check: true,
      scopes: [{ account: MEMBER, regions: ['us-east-1'] }],
    });
    expect(new Set(findings.flatMap(({ region }) => region ?? []))).toEqual(new Set(['us-east-1']));
  });

  it.each<[string, object, string]>([
    ['a plan as well', { check: true, plan: 'p-1' }, 'plan: not together with `check`'],
    ['an account that is none', { check: true, scopes: [{ account: '1' }] }, 'scopes.0.account: an account id'],
    ['no check', { check: false }, 'check: true'],
  ])('is refused when it names %s', async (_, event, problem) => {
    const { lambda } = await scene();
    const execution = lambda.start({ functionName: 'carry-out:live', payload: event });
    await lambda.settle();
    expect(execution).toMatchObject({ status: 'FAILED', error: { ErrorType: 'InvalidEventError' } });
    expect(execution.error?.ErrorMessage).toContain(problem);
  });

  it('is asked for by the doctor, which waits for the result of the execution', async () => {
    const opened = await scene();
    opened.lambda.register('lamplighter-carry-out-prod', {
      runtime: opened.lambda.functions.get('carry-out').runtime,
      durable: { executionTimeoutSeconds: 86_400 },
    });
    const client = new LambdaClient({ endpoint: process.env.AWS_ENDPOINT_URL_LAMBDA ?? '' });
    onTestFinished(() => client.destroy());
    const ask = askDurable(client, () => opened.lambda.settle());
    const { failed, payload } = await ask('lamplighter-carry-out-prod', { check: true });
    expect([failed, JSON.parse(payload)]).toEqual([
      false,
      expect.objectContaining({ ok: true, function: 'carry-out' }),
    ]);
    const wrong = await ask('lamplighter-carry-out-prod', { check: true, scopes: [] });
    expect([wrong.failed, JSON.parse(wrong.payload)]).toEqual([
      true,
      expect.objectContaining({ errorType: 'InvalidEventError' }),
    ]);
  });
});

describe('a check of answer', () => {
  /** The deployed handler, invoked directly. */
  async function check({ sandbox, hub }: Scene): Promise<CheckReport> {
    await deployCarryOut();
    Object.assign(process.env, functionEnv(sandbox, hub));
    vi.resetModules();
    const { handler } = await import('../../functions/answer/handler.ts');
    return (await (handler as unknown as (...call: unknown[]) => unknown)({ check: true }, CONTEXT)) as CheckReport;
  }

  it('grants the ledger and the start of an undo, and reaches no account', async () => {
    const report = await check(await openScene());
    expect(wrongIn(report)).toEqual([]);
    expect(report).toMatchObject({ ok: true, function: 'answer' });
    expect(named(report, 'ledger')?.says).toBe('answers for POLICY#, ANSWER#, PLAN#, RESOURCE#, RUN#');
    expect(named(report, 'lambda:InvokeFunction')?.state).toBe('ok');
    expect(named(report, 'lambda:SendDurableExecutionCallbackSuccess')?.state).toBe('untried');
    expect(report.findings.filter(({ account }) => account)).toEqual([]);
  });

  it('finds a ledger that is denied', async () => {
    const scene = await openScene();
    scene.sandbox.faults.add({ service: 'dynamodb', operation: 'Query', fault: 'accessDenied' });
    expect(wrongIn(await check(scene))).toEqual([expect.objectContaining({ state: 'missing', what: 'ledger' })]);
  });
});
