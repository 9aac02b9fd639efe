import {
  type LookupAttributeKey,
  LookupEventsCommand,
  type LookupEventsCommandInput,
} from '@aws-sdk/client-cloudtrail';
import { StopInstancesCommand } from '@aws-sdk/client-ec2';
import { DescribeDBInstancesCommand, StopDBInstanceCommand } from '@aws-sdk/client-rds';
import { describe, expect, it } from 'vitest';
import type { Actor, TrailEventSpec } from '../../sandbox/estate/cloud-trail-state.ts';
import { clientsOf, stageForEachTest } from './clients.ts';

const NOW = new Date('2026-11-22T21:30:00Z');
const stage = stageForEachTest({ now: NOW });
const ACCOUNT = '123456789012';

/** Somebody's call of an hour ago. */
const event = (spoiled: Partial<TrailEventSpec> = {}): TrailEventSpec => ({
  at: new Date('2026-11-22T20:30:00Z'),
  name: 'RunInstances',
  source: 'ec2.amazonaws.com',
  actor: { type: 'IAMUser', name: 'j.park' },
  resources: [{ type: 'AWS::EC2::Instance', name: 'i-1' }],
  ...spoiled,
});

const record = (spoiled: Partial<TrailEventSpec> = {}) => stage.home.cloudTrail.record(event(spoiled));
const minute = (past: number) => ({ at: new Date(NOW.getTime() - past * 60_000) });

const look = (input: LookupEventsCommandInput = {}, clients = stage.clients) =>
  clients.cloudTrail.send(new LookupEventsCommand(input));
const ids = async (input: LookupEventsCommandInput = {}) =>
  ((await look(input)).Events ?? []).map((one) => one.EventId);
const having = (AttributeKey: LookupAttributeKey, AttributeValue: string): LookupEventsCommandInput => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});

describe('LookupEvents', () => {
  it('shows who did what to which resource, newest first', async () => {
    const older = record(minute(90));
    const newer = record(minute(30));
    const { Events = [] } = await look();
    expect(Events.map(({ EventId }) => EventId)).toEqual([newer.id, older.id]);
    expect(Events[0]).toMatchObject({
      EventName: 'RunInstances',
      EventSource: 'ec2.amazonaws.com',
      EventTime: newer.at,
      ReadOnly: 'false',
      Username: 'j.park',
      Resources: [{ ResourceType: 'AWS::EC2::Instance', ResourceName: 'i-1' }],
    });
  });

  it('shows an event some minutes after it happened, and for ninety days', async () => {
    record(minute(0));
    expect(await ids()).toEqual([]);
    stage.sandbox.clock.advance({ minutes: 5 });
    expect(await ids()).toHaveLength(1);
    stage.sandbox.clock.advance({ days: 89 });
    expect(await ids()).toHaveLength(1);
    stage.sandbox.clock.advance({ days: 1 });
    expect(await ids({ StartTime: new Date('2026-11-01T00:00:00Z') })).toEqual([]);
  });

  it('keeps accounts and regions apart', async () => {
    record();
    expect((await look({}, clientsOf(stage.sandbox, { region: 'us-east-1' }))).Events).toEqual([]);
    const credentials = stage.sandbox.estate.account('222222222222').accessKey();
    expect((await look({}, clientsOf(stage.sandbox, { credentials }))).Events).toEqual([]);
  });

  it('has a range, both ends of which belong to it', async () => {
    const [first, , last] = [record(minute(50)), record(minute(60)), record(minute(40)), record(minute(30))];
    expect(await ids({ StartTime: minute(50).at, EndTime: minute(40).at })).toEqual([last?.id, first?.id]);
  });

  it.each<[LookupAttributeKey, string]>([
    ['EventName', 'StopInstances'],
    ['EventSource', 'rds.amazonaws.com'],
    ['ReadOnly', 'true'],
    ['ResourceName', 'orders'],
    ['ResourceType', 'AWS::RDS::DBInstance'],
    ['Username', 'terraform-apply'],
  ])('finds by %s', async (key, value) => {
    record();
    const wanted = record({
      name: 'StopInstances',
      source: 'rds.amazonaws.com',
      readOnly: true,
      resources: [{ type: 'AWS::RDS::DBInstance', name: 'orders' }],
      actor: { type: 'AssumedRole', role: 'terraform', session: 'terraform-apply' },
    });
    expect(await ids(having(key, value))).toEqual([wanted.id]);
    expect(await ids(having('EventId', wanted.id))).toEqual([wanted.id]);
    expect(await ids(having(key, 'another'))).toEqual([]);
  });

  it.each<[string, LookupEventsCommandInput, string]>([
    [
      'two attributes',
      {
        LookupAttributes: [...having('EventName', 'a').LookupAttributes!, ...having('EventId', 'b').LookupAttributes!],
      },
      'InvalidLookupAttributesException',
    ],
    ['an attribute that is none', having('Colour' as never, 'red'), 'InvalidLookupAttributesException'],
    ['more than fifty events', { MaxResults: 51 }, 'InvalidMaxResultsException'],
    ['an end before the start', { StartTime: minute(1).at, EndTime: minute(2).at }, 'InvalidTimeRangeException'],
    ['a category that is none', { EventCategory: 'gossip' as never }, 'InvalidEventCategoryException'],
    ['a token that nobody gave', { NextToken: 'guess' }, 'InvalidNextTokenException'],
  ])('refuses %s', async (_, input, name) => {
    await expect(look(input)).rejects.toMatchObject({ name });
  });

  it('meets the fault throttle, as two calls a second do', async () => {
    stage.sandbox.faults.add({ service: 'cloudtrail', fault: 'throttle', times: 1 });
    await expect(look()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Rate exceeded' });
    await expect(look()).resolves.toBeDefined();
  });
});

describe('pages', () => {
  const fill = () => Array.from({ length: 120 }, (_, index) => record(minute(10 + Math.floor(index / 3))).id);

  it('of fifty add up to everything exactly once, whatever happens meanwhile', async () => {
    const all = fill();
    const found: (string | undefined)[] = [];
    let NextToken: string | undefined;
    const sizes: number[] = [];
    do {
      const page = await look({ ...having('EventName', 'RunInstances'), ...(NextToken && { NextToken }) });
      found.push(...(page.Events ?? []).map(({ EventId }) => EventId));
      sizes.push(page.Events?.length ?? 0);
      NextToken = page.NextToken;
      record(minute(6));
    } while (NextToken);
    expect(sizes).toEqual([50, 50, 20]);
    expect([...found].sort()).toEqual([...all].sort());
  });

  it('end after an hour, and belong to their request', async () => {
    fill();
    const { NextToken } = await look();
    await expect(look({ ...having('EventName', 'RunInstances'), NextToken })).rejects.toMatchObject({
      name: 'InvalidNextTokenException',
    });
    stage.sandbox.clock.advance({ minutes: 61 });
    await expect(look({ NextToken })).rejects.toMatchObject({ name: 'InvalidNextTokenException' });
  });
});

describe('the text of an event', () => {
  const textOf = async () => {
    const [{ CloudTrailEvent = '', Username } = {}] = (await look()).Events ?? [];
    return { Username, record: JSON.parse(CloudTrailEvent) as Record<string, unknown> };
  };

  it('is the event as CloudTrail writes it', async () => {
    const { id } = record({
      requestParameters: { instanceType: 'm5.large' },
      errorCode: 'Client.UnauthorizedOperation',
    });
    expect((await textOf()).record).toMatchObject({
      eventTime: '2026-11-22T20:30:00Z',
      eventSource: 'ec2.amazonaws.com',
      eventName: 'RunInstances',
      awsRegion: 'ap-northeast-2',
      errorCode: 'Client.UnauthorizedOperation',
      requestParameters: { instanceType: 'm5.large' },
      responseElements: null,
      eventID: id,
      readOnly: false,
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: ACCOUNT,
      eventCategory: 'Management',
    });
  });

  it.each<[Actor, string | undefined, object]>([
    [
      { type: 'IAMUser', name: 'j.park' },
      'j.park',
      { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/j.park`, accountId: ACCOUNT, userName: 'j.park' },
    ],
    [
      { type: 'AssumedRole', role: 'deploy', session: 'release-418' },
      'release-418',
      {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/release-418`,
        sessionContext: {
          sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/deploy`, userName: 'deploy' },
        },
      },
    ],
    [{ type: 'Root' }, 'root', { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root` }],
    [
      { type: 'AWSService', service: 'rds.amazonaws.com' },
      undefined,
      { type: 'AWSService', invokedBy: 'rds.amazonaws.com' },
    ],
  ])('says who it was: %o', async (actor, name, identity) => {
    record({ actor });
    const { Username, record: text } = await textOf();
    expect(Username).toBe(name);
    expect(text.userIdentity).toMatchObject(identity);
  });
});

describe('what is called in the sandbox', () => {
  const recorded = async () => {
    stage.sandbox.clock.advance({ minutes: 5 });
    return (await look()).Events ?? [];
  };

  it('is in the history when it changes something, with who called and what it named', async () => {
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    await stage.clients.rds.send(new DescribeDBInstancesCommand({}));
    await stage.clients.rds.send(new StopDBInstanceCommand({ DBInstanceIdentifier: 'orders' }));
    const events = await recorded();
    expect(events).toMatchObject([
      {
        EventName: 'StopDBInstance',
        EventSource: 'rds.amazonaws.com',
        EventTime: NOW,
        Username: 'sandbox',
        Resources: [{ ResourceType: 'AWS::RDS::DBInstance', ResourceName: 'orders' }],
      },
    ]);
    expect(JSON.parse(events[0]?.CloudTrailEvent ?? '')).toMatchObject({
      userIdentity: { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/lamplighter-hub/sandbox` },
    });
  });

  it('is there with its error when it was refused', async () => {
    const call = stage.clients.ec2.send(new StopInstancesCommand({ InstanceIds: ['i-00000000000000000'] }));
    await expect(call).rejects.toThrow();
    const [one] = await recorded();
    expect(one?.Resources).toEqual([{ ResourceType: 'AWS::EC2::Instance', ResourceName: 'i-00000000000000000' }]);
    expect(JSON.parse(one?.CloudTrailEvent ?? '')).toMatchObject({ errorCode: 'InvalidInstanceID.NotFound' });
  });
});
