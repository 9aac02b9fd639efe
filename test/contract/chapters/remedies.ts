import {
  type CloudWatchClient,
  DescribeAlarmHistoryCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  DescribeInstanceCreditSpecificationsCommand,
  DescribeInstanceStatusCommand,
  DescribeInstancesCommand,
  type EC2Client,
  type Instance,
  ModifyInstanceCreditSpecificationCommand,
  RebootInstancesCommand,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateDBInstanceCommand,
  type DBInstance,
  DescribeDBInstancesCommand,
  ModifyDBInstanceCommand,
  type RDSClient,
} from '@aws-sdk/client-rds';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { refused, until } from '../expecting.ts';
import type { Target } from '../target.ts';

const NOBODY = 'i-0aaaaaaaaaaaaaaaa';

interface Seed {
  readonly target: Target;
  readonly ec2: EC2Client;
  readonly rds: RDSClient;
  readonly cloudWatch: CloudWatchClient;
  /** An instance that is not burstable, running. */
  readonly id: string;
}

async function launch(
  { target, ec2 }: Pick<Seed, 'target' | 'ec2'>,
  InstanceType: RunInstancesCommandInput['InstanceType'],
) {
  const asked = { ImageId: 'ami-0abcdef1234567890', MinCount: 1, MaxCount: 1, InstanceType };
  const { Instances = [] } = await ec2.send(new RunInstancesCommand(asked));
  const id = Instances[0]?.InstanceId ?? expect.fail('RunInstances answered no instance');
  await reaches({ target, ec2 }, id, 'running');
  return id;
}

async function seed(target: Target): Promise<Seed> {
  const { ec2, rds, cloudWatch } = target.clients();
  return { target, ec2, rds, cloudWatch, id: await launch({ target, ec2 }, 'm5.large') };
}

async function instance({ ec2 }: Pick<Seed, 'ec2'>, id: string): Promise<Instance | undefined> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
  return Reservations[0]?.Instances?.[0];
}

const reaches = ({ target, ec2 }: Pick<Seed, 'target' | 'ec2'>, id: string, state: string) =>
  until(
    target,
    () => instance({ ec2 }, id),
    (one) => one?.State?.Name === state,
  );

const reboot = ({ ec2 }: Seed, ...InstanceIds: string[]) => ec2.send(new RebootInstancesCommand({ InstanceIds }));

async function statusOf({ ec2 }: Seed, id: string, IncludeAllInstances = false) {
  const asked = new DescribeInstanceStatusCommand({ InstanceIds: [id], IncludeAllInstances });
  return (await ec2.send(asked)).InstanceStatuses?.[0];
}

const setCredits = ({ ec2 }: Seed, InstanceId: string, CpuCredits: string) =>
  ec2.send(
    new ModifyInstanceCreditSpecificationCommand({ InstanceCreditSpecifications: [{ InstanceId, CpuCredits }] }),
  );

async function creditsOf({ ec2 }: Seed, id: string): Promise<string | undefined> {
  const asked = new DescribeInstanceCreditSpecificationsCommand({ InstanceIds: [id] });
  return (await ec2.send(asked)).InstanceCreditSpecifications?.[0]?.CpuCredits;
}

async function database({ rds }: Seed, name: string): Promise<DBInstance | undefined> {
  const { DBInstances = [] } = await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier: name }));
  return DBInstances[0];
}

/** A gp3 database of 100 GiB, available. */
async function create(seed: Seed, DBInstanceIdentifier: string): Promise<void> {
  await seed.rds.send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      Engine: 'postgres',
      DBInstanceClass: 'db.m6g.large',
      StorageType: 'gp3',
      AllocatedStorage: 100,
      MasterUsername: 'keeper',
      MasterUserPassword: 'not-a-secret',
    }),
  );
  await settles(seed, DBInstanceIdentifier, 'available');
}

const settles = (seed: Seed, name: string, status: string) =>
  until(
    seed.target,
    () => database(seed, name),
    (one) => one?.DBInstanceStatus === status,
  );

const grow = ({ rds }: Seed, DBInstanceIdentifier: string, AllocatedStorage: number) =>
  rds.send(new ModifyDBInstanceCommand({ DBInstanceIdentifier, AllocatedStorage, ApplyImmediately: true }));

const putAlarm = async ({ cloudWatch }: Seed, AlarmName: string) => {
  const metric = { Namespace: 'Shop', MetricName: 'Errors', Statistic: 'Sum', Period: 60 } as const;
  const rule = { EvaluationPeriods: 1, Threshold: 5, ComparisonOperator: 'GreaterThanThreshold' } as const;
  await cloudWatch.send(new PutMetricAlarmCommand({ AlarmName, ...metric, ...rule }));
};

const setAlarm = ({ cloudWatch }: Seed, AlarmName: string, StateValue: 'OK' | 'ALARM') =>
  cloudWatch.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: 'to try it' }));

async function changesOf({ cloudWatch }: Seed, AlarmName: string): Promise<string[]> {
  const asked = new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: 'StateUpdate' });
  const { AlarmHistoryItems = [] } = await cloudWatch.send(asked);
  return AlarmHistoryItems.map(({ HistorySummary = '' }) => HistorySummary);
}

export const remedies = chapter('remedies', seed, {
  'nothing of an instance tells that it was rebooted': async (seed) => {
    const before = await instance(seed, seed.id);
    await reboot(seed, seed.id);
    await seed.target.pass(300);
    const after = await instance(seed, seed.id);
    expect(after?.State?.Name).toBe('running');
    expect(after?.LaunchTime).toEqual(before?.LaunchTime);
  },

  'what does not exist is not rebooted, nor what is asked for with it': async (seed) => {
    await refused(reboot(seed, NOBODY), 'InvalidInstanceID.NotFound');
    await refused(reboot(seed, seed.id, NOBODY), 'InvalidInstanceID.NotFound');
  },

  'what is stopped is not rebooted': async (seed) => {
    const id = await launch(seed, 'm5.large');
    await seed.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await reaches(seed, id, 'stopped');
    await refused(reboot(seed, id), 'IncorrectInstanceState', 'IncorrectState');
  },

  'the status checks of what runs for a while are ok': async (seed) => {
    const status = await until(
      seed.target,
      () => statusOf(seed, seed.id),
      (one) => one?.InstanceStatus?.Status === 'ok',
    );
    expect(status).toMatchObject({ SystemStatus: { Status: 'ok' }, InstanceState: { Name: 'running' } });
    expect(status?.InstanceStatus?.Details).toMatchObject([{ Name: 'reachability', Status: 'passed' }]);
  },

  'the status checks of what was just started are initializing': async (seed) => {
    const id = await launch(seed, 'm5.large');
    await seed.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await reaches(seed, id, 'stopped');
    await seed.ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    await reaches(seed, id, 'running');
    expect((await statusOf(seed, id))?.InstanceStatus?.Status).toBe('initializing');
  },

  'what is stopped has no status, unless all are asked for': async (seed) => {
    const id = await launch(seed, 'm5.large');
    await seed.ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await reaches(seed, id, 'stopped');
    expect(await statusOf(seed, id)).toBeUndefined();
    expect((await statusOf(seed, id, true))?.InstanceStatus?.Status).toBe('not-applicable');
  },

  'the CPU credits of a burstable instance are unlimited, or standard': async (seed) => {
    const id = await launch(seed, 't3.micro');
    for (const credits of ['standard', 'unlimited', 'standard']) {
      const { SuccessfulInstanceCreditSpecifications: done } = await setCredits(seed, id, credits);
      expect(done).toEqual([{ InstanceId: id }]);
      expect(await creditsOf(seed, id)).toBe(credits);
    }
  },

  'what is not burstable is listed as unsuccessful, and is no error': async (seed) => {
    const answer = await setCredits(seed, seed.id, 'unlimited');
    expect(answer.SuccessfulInstanceCreditSpecifications ?? []).toEqual([]);
    expect(answer.UnsuccessfulInstanceCreditSpecifications).toMatchObject([
      { InstanceId: seed.id, Error: { Code: expect.stringMatching(/NotSupported/) } },
    ]);
  },

  'what are no CPU credits is refused': async (seed) => {
    const id = await launch(seed, 't3.micro');
    await refused(setCredits(seed, id, 'plenty'), 'InvalidParameterValue');
  },

  'storage grows while the database is in use, and is then optimized': async (seed) => {
    await create(seed, 'orders');
    await grow(seed, 'orders', 150);
    await seed.target.pass(600);
    const optimizing = await database(seed, 'orders');
    expect(optimizing?.DBInstanceStatus).toBe('storage-optimization');
    expect(optimizing).toMatchObject({ AllocatedStorage: 150, StorageType: 'gp3', Iops: 3000 });
    await refused(grow(seed, 'orders', 200), 'InvalidParameterCombination');
  },

  'storage grows by a tenth at least': async (seed) => {
    await create(seed, 'tenth');
    await grow(seed, 'tenth', 101);
    await seed.target.pass(600);
    expect((await database(seed, 'tenth'))?.AllocatedStorage).toBe(110);
  },

  'storage that was optimized grows again six hours later': async (seed) => {
    await create(seed, 'again');
    await grow(seed, 'again', 150);
    await seed.target.pass(600);
    await settles(seed, 'again', 'available');
    await seed.target.pass(6 * 3600);
    await grow(seed, 'again', 200);
  },

  'small gp3 storage that grows beyond 400 GiB has four times its performance': async (seed) => {
    await create(seed, 'striped');
    await grow(seed, 'striped', 400);
    await seed.target.pass(600);
    const striped = await database(seed, 'striped');
    expect([striped?.Iops, striped?.StorageThroughput]).toEqual([12_000, 500]);
  },

  'every change of the state of an alarm is in its history, newest first; the same state again is no change': async (
    seed,
  ) => {
    await putAlarm(seed, 'errors');
    for (const state of ['OK', 'ALARM', 'ALARM', 'OK'] as const) await setAlarm(seed, 'errors', state);
    expect(await changesOf(seed, 'errors')).toEqual([
      'Alarm updated from ALARM to OK',
      'Alarm updated from OK to ALARM',
      'Alarm updated from INSUFFICIENT_DATA to OK',
    ]);
  },

  'the history says what the state was set to, and why': async (seed) => {
    await putAlarm(seed, 'why');
    await setAlarm(seed, 'why', 'ALARM');
    const asked = new DescribeAlarmHistoryCommand({ AlarmName: 'why', HistoryItemType: 'StateUpdate' });
    const { AlarmHistoryItems: [item] = [] } = await seed.cloudWatch.send(asked);
    expect(JSON.parse(item?.HistoryData ?? '')).toMatchObject({
      newState: { stateValue: 'ALARM', stateReason: 'to try it' },
    });
    expect(item).toMatchObject({ AlarmName: 'why', AlarmType: 'MetricAlarm' });
  },
});
