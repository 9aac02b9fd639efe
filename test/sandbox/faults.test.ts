import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { CreateTableCommand, type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeInstancesCommand, EC2Client, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { CreateDBSnapshotCommand, DescribeDBInstancesCommand } from '@aws-sdk/client-rds';
import { CreateTopicCommand, PublishCommand } from '@aws-sdk/client-sns';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { describe, expect, it } from 'vitest';
import { clientsOf, stageForEachTest } from './clients.ts';

const stage = stageForEachTest({ seed: 7 });

/** A harmless call of each service. */
const calls = {
  ec2: () => stage.clients.ec2.send(new DescribeInstancesCommand({})),
  rds: () => stage.clients.rds.send(new DescribeDBInstancesCommand({})),
  sts: () => stage.clients.sts.send(new GetCallerIdentityCommand({})),
  sns: () => stage.clients.sns.send(new CreateTopicCommand({ Name: 'news' })),
  sqs: () => stage.clients.sqs.send(new ListQueuesCommand({})),
  dynamodb: () => stage.clients.dynamodb.send(new PutItemCommand({ TableName: 'ledger', Item: { pk: { S: 'a' } } })),
  cloudwatch: () => {
    const Metric = { Namespace: 'AWS/EC2', MetricName: 'CPUUtilization' };
    const MetricDataQueries = [{ Id: 'a', MetricStat: { Metric, Period: 3600, Stat: 'Sum' } }];
    const [StartTime, EndTime] = [new Date('2026-11-01T00:00:00Z'), new Date('2026-11-02T00:00:00Z')];
    return stage.clients.cloudwatch.send(new GetMetricDataCommand({ MetricDataQueries, StartTime, EndTime }));
  },
};

describe.each([
  [
    'throttle',
    {
      ec2: 'RequestLimitExceeded',
      rds: 'Throttling',
      sts: 'Throttling',
      sns: 'Throttling',
      sqs: 'RequestThrottled',
      dynamodb: 'ProvisionedThroughputExceededException',
      cloudwatch: 'ThrottlingException',
    },
  ],
  [
    'accessDenied',
    {
      ec2: 'UnauthorizedOperation',
      rds: 'AccessDenied',
      sts: 'AccessDenied',
      sns: 'AccessDenied',
      sqs: 'AccessDeniedException',
      dynamodb: 'AccessDeniedException',
      cloudwatch: 'AccessDeniedException',
    },
  ],
  [
    'serverError',
    {
      ec2: 'InternalError',
      rds: 'InternalFailure',
      sts: 'InternalFailure',
      sns: 'InternalFailure',
      sqs: 'InternalFailure',
      dynamodb: 'InternalServerError',
      cloudwatch: 'InternalServiceFault',
    },
  ],
] as const)('the fault %s', (fault, codes) => {
  it.each(Object.entries(codes))('is %s: %s', async (service, code) => {
    stage.sandbox.faults.add({ service: service as keyof typeof codes, fault });
    const error = await calls[service as keyof typeof codes]().catch(
      (thrown: Error & { Code?: string; Error?: { Code?: string } }) => thrown,
    );
    expect([(error as Error).name, (error as { Error?: { Code?: string } }).Error?.Code]).toContain(code);
    expect(stage.sandbox.calls.all()).toMatchObject([{ service, outcome: code, fault }]);
  });
});

describe('a fault', () => {
  it('strikes so many calls and then no more', async () => {
    const handle = stage.sandbox.faults.add({
      service: 'ec2',
      operation: 'DescribeInstances',
      times: 2,
      fault: 'throttle',
    });
    const outcomes = [await calls.ec2().catch(() => 'no'), await calls.ec2().catch(() => 'no'), await calls.ec2()];
    expect(outcomes).toMatchObject(['no', 'no', { Reservations: [] }]);
    expect(handle.met).toBe(2);
  });

  it('is ridden out by the retries of the SDK', async () => {
    stage.sandbox.faults.add({ service: 'ec2', times: 2, fault: 'throttle' });
    const config = {
      endpoint: stage.sandbox.url,
      region: 'ap-northeast-2',
      credentials: stage.sandbox.estate.hub.accessKey(),
    };
    const client = new EC2Client({ ...config, maxAttempts: 3, retryStrategy: { ...noWaiting } });
    await client.send(new DescribeInstancesCommand({}));
    expect(stage.sandbox.calls.all().map((call) => call.outcome)).toEqual([
      'RequestLimitExceeded',
      'RequestLimitExceeded',
      'ok',
    ]);
  });

  it('strikes the share of calls that its seed decides', async () => {
    const handle = stage.sandbox.faults.add({ service: 'sts', share: 0.5, fault: 'throttle' });
    for (let count = 0; count < 40; count += 1) await calls.sts().catch(() => undefined);
    expect(handle.met).toBeGreaterThan(10);
    expect(handle.met).toBeLessThan(30);
  });

  it('keeps to its account and region, and can be removed', async () => {
    const handle = stage.sandbox.faults.add({
      region: 'eu-west-1',
      account: stage.sandbox.estate.hub.id,
      fault: 'serverError',
    });
    await calls.ec2();
    const elsewhere = clientsOf(stage.sandbox, { region: 'eu-west-1' });
    await expect(elsewhere.ec2.send(new DescribeInstancesCommand({}))).rejects.toThrow();
    handle.remove();
    await elsewhere.ec2.send(new DescribeInstancesCommand({}));
  });

  it('may be any error', async () => {
    stage.sandbox.faults.add({
      service: 'rds',
      fault: { error: { code: 'KMSKeyNotAccessibleFault', message: 'no key', status: 400 } },
    });
    await expect(calls.rds()).rejects.toMatchObject({ name: 'KMSKeyNotAccessibleFault', message: 'no key' });
  });

  it('may be a delay, which comes on top of others', async () => {
    stage.sandbox.faults.add({ service: 'rds', fault: { delay: 5 } });
    await calls.rds();
    stage.sandbox.faults.add({ service: 'rds', fault: 'throttle' });
    await expect(calls.rds()).rejects.toThrow();
    expect(stage.sandbox.calls.all()).toMatchObject([{ fault: 'delay', outcome: 'ok' }, { fault: 'throttle' }]);
  });

  it('is refused when it makes no sense', () => {
    expect(() => stage.sandbox.faults.add({ share: 2, fault: 'throttle' })).toThrow(RangeError);
    expect(() => stage.sandbox.faults.add({ service: 'rds', fault: 'partialData' })).toThrow(TypeError);
  });
});

/** Retries at once, as often as maxAttempts says. */
const noWaiting = {
  acquireInitialRetryToken: async () => ({ getRetryCount: () => 0, getRetryDelay: () => 0 }),
  refreshRetryTokenForRetry: async (token: { getRetryCount(): number }) => ({
    getRetryCount: () => token.getRetryCount() + 1,
    getRetryDelay: () => 0,
  }),
  recordSuccess: () => undefined,
};

describe('a lost reply', () => {
  it('has had its effect', async () => {
    const { InstanceId } = stage.home.ec2.addInstance();
    stage.sandbox.faults.add({ operation: 'StopInstances', fault: 'replyLost' });
    const call = stage.clients.ec2.send(new StopInstancesCommand({ InstanceIds: [InstanceId] }));
    await expect(call).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(stage.home.ec2.instances.get(InstanceId)?.State.Name).toBe('stopping');
    expect(stage.sandbox.calls.all()).toMatchObject([{ outcome: 'ok', fault: 'replyLost' }]);
  });

  it('has published, too', async () => {
    const { TopicArn = '' } = await stage.clients.sns.send(new CreateTopicCommand({ Name: 'news' }));
    stage.sandbox.faults.add({ operation: 'Publish', fault: 'replyLost' });
    await expect(stage.clients.sns.send(new PublishCommand({ TopicArn, Message: 'hello' }))).rejects.toThrow();
    expect(stage.sandbox.messages(TopicArn)).toMatchObject([{ message: 'hello' }]);
  });
});

describe('a duplicated request', () => {
  it('arrives twice, and the first answer counts', async () => {
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    stage.sandbox.faults.add({ operation: 'CreateDBSnapshot', fault: 'duplicate' });
    const take = new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'once' });
    await expect(stage.clients.rds.send(take)).resolves.toMatchObject({ DBSnapshot: { Status: 'creating' } });
    expect(stage.sandbox.calls.all().map((call) => call.outcome)).toEqual(['ok', 'InvalidDBInstanceState']);
    expect(stage.home.rds.snapshots.size).toBe(1);
  });
});

describe('a timeout', () => {
  it('is silence until the client gives up, and nothing has happened', async () => {
    const { InstanceId } = stage.home.ec2.addInstance();
    stage.sandbox.faults.add({ operation: 'StopInstances', fault: 'timeout' });
    const client = new AbortController();
    const request = new StopInstancesCommand({ InstanceIds: [InstanceId] });
    const call = stage.clients.ec2.send(request, { abortSignal: client.signal });
    const givenUp = expect(call).rejects.toMatchObject({ name: 'AbortError' });
    while (stage.sandbox.calls.count() === 0) await new Promise(setImmediate);
    client.abort();
    await givenUp;
    expect(stage.home.ec2.instances.get(InstanceId)?.State.Name).toBe('running');
    expect(stage.sandbox.calls.all()).toMatchObject([{ outcome: 'Timeout', fault: 'timeout' }]);
  });

  it('ends at the latest when the sandbox closes', async () => {
    stage.sandbox.faults.add({ fault: 'timeout' });
    const call = calls.ec2();
    const ended = expect(call).rejects.toThrow();
    while (stage.sandbox.calls.count() === 0) await new Promise(setImmediate);
    await stage.sandbox.close();
    await ended;
  });
});

describe('partial data', () => {
  const series = () =>
    stage.home.cloudwatch.series({ namespace: 'AWS/EC2', metric: 'CPUUtilization' }, function* (period, start, end) {
      for (let at = start; at < end; at += period * 1000) yield { at, value: 1 };
    });

  it('can be followed to its end', async () => {
    series();
    stage.sandbox.faults.add({ operation: 'GetMetricData', fault: 'partialData', times: 1 });
    const answer = await calls.cloudwatch();
    expect(answer).toMatchObject({ MetricDataResults: [{ StatusCode: 'PartialData' }], NextToken: expect.any(String) });
    expect(answer.MetricDataResults?.[0]?.Values?.length).toBe(12);
  });

  it('may be all that there is', async () => {
    series();
    stage.sandbox.faults.add({ operation: 'GetMetricData', fault: { lostData: true } });
    const answer = await calls.cloudwatch();
    expect(answer).toMatchObject({
      MetricDataResults: [{ StatusCode: 'PartialData', Messages: [{ Code: 'InternalError' }] }],
    });
    expect(answer.MetricDataResults?.[0]?.Values?.length).toBe(12);
    expect(answer.NextToken).toBeUndefined();
  });
});

describe('DynamoDB under faults', () => {
  it('loses replies after the write', async () => {
    const client: DynamoDBClient = stage.clients.dynamodb;
    await client.send(
      new CreateTableCommand({
        TableName: 'ledger',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      }),
    );
    const once = new PutItemCommand({
      TableName: 'ledger',
      Item: { pk: { S: 'a' } },
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    stage.sandbox.faults.add({ service: 'dynamodb', operation: 'PutItem', times: 1, fault: 'replyLost' });
    await expect(client.send(once)).rejects.toThrow();
    await expect(client.send(once)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });
});
