import { type CloudTrailClient, LookupEventsCommand, type LookupEventsCommandInput } from '@aws-sdk/client-cloudtrail';
import { DescribeInstancesCommand, RunInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { everyPage, refused } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly target: Target;
  readonly trail: CloudTrailClient;
  readonly instance: string;
}

const UNKNOWN_INSTANCE = 'i-00000000000000000';

/** An instance is run, looked at and stopped, minutes apart; a stop of an unknown one is refused. Then the events arrive. */
async function seed(target: Target): Promise<Seed> {
  const { ec2, cloudTrail: trail } = target.clients();
  const launch = new RunInstancesCommand({ ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 });
  const instance = (await ec2.send(launch)).Instances?.[0]?.InstanceId ?? expect.fail('nothing was launched');
  await target.pass(120);
  await ec2.send(new DescribeInstancesCommand({}));
  await ec2.send(new StopInstancesCommand({ InstanceIds: [instance] }));
  await target.pass(60);
  await ec2.send(new StopInstancesCommand({ InstanceIds: [UNKNOWN_INSTANCE] })).catch(() => undefined);
  await target.pass(15 * 60);
  return { target, trail, instance };
}

const look = ({ trail }: Seed, input: LookupEventsCommandInput = {}) => trail.send(new LookupEventsCommand(input));

const having = (AttributeKey: 'EventName' | 'ReadOnly' | 'ResourceName', AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});

export const cloudTrail = chapter('cloud-trail', seed, {
  'a call that changes something is in the event history': async (seed) => {
    const { Events = [] } = await look(seed, having('EventName', 'RunInstances'));
    expect(Events).toMatchObject([{ EventName: 'RunInstances', EventSource: 'ec2.amazonaws.com', ReadOnly: 'false' }]);
  },

  'events come newest first': async (seed) => {
    const { Events = [] } = await look(seed, having('ReadOnly', 'false'));
    expect(Events.map(({ EventName }) => EventName)).toEqual(['StopInstances', 'StopInstances', 'RunInstances']);
  },

  'an event is found by the resource that it names': async (seed) => {
    const { Events = [] } = await look(seed, having('ResourceName', seed.instance));
    expect(Events.map(({ EventName }) => EventName)).toContain('StopInstances');
    expect(Events[0]?.Resources).toContainEqual({ ResourceType: 'AWS::EC2::Instance', ResourceName: seed.instance });
  },

  'the text of an event says who called, from where and in which account': async (seed) => {
    const { Events: [{ CloudTrailEvent = '{}' } = {}] = [] } = await look(seed, having('EventName', 'RunInstances'));
    expect(JSON.parse(CloudTrailEvent)).toMatchObject({
      userIdentity: { type: expect.any(String), arn: expect.stringContaining(seed.target.account) },
      awsRegion: seed.target.region,
      recipientAccountId: seed.target.account,
    });
  },

  'a call that was refused carries its error': async (seed) => {
    const { Events: [{ CloudTrailEvent = '{}' } = {}] = [] } = await look(
      seed,
      having('ResourceName', UNKNOWN_INSTANCE),
    );
    expect(JSON.parse(CloudTrailEvent)).toMatchObject({ errorCode: expect.stringContaining('InvalidInstanceID') });
  },

  'pages of events add up to everything exactly once': async (seed) => {
    const request = { ...having('ReadOnly', 'false'), MaxResults: 2 };
    const pages = await everyPage(
      (NextToken) => look(seed, { ...request, ...(NextToken && { NextToken }) }),
      ({ NextToken }) => NextToken,
    );
    expect(pages.map(({ Events = [] }) => Events.length)).toEqual([2, 1]);
    expect(new Set(pages.flatMap(({ Events = [] }) => Events.map(({ EventId }) => EventId))).size).toBe(3);
  },

  'another region knows nothing of it': async ({ target }) => {
    const { cloudTrail: trail } = target.clients({ region: 'eu-west-1' });
    expect((await trail.send(new LookupEventsCommand({}))).Events).toEqual([]);
  },

  'two attributes are InvalidLookupAttributesException': async (seed) => {
    const LookupAttributes = [having('EventName', 'a'), having('ReadOnly', 'true')].flatMap(
      (one) => one.LookupAttributes,
    );
    await refused(look(seed, { LookupAttributes }), 'InvalidLookupAttributesException');
  },

  'a page of more than fifty events is InvalidMaxResultsException': async (seed) => {
    await refused(look(seed, { MaxResults: 51 }), 'InvalidMaxResultsException');
  },

  'a start after the end is InvalidTimeRangeException': async (seed) => {
    const now = seed.target.now().getTime();
    const range = { StartTime: new Date(now - 1_000), EndTime: new Date(now - 60_000) };
    await refused(look(seed, range), 'InvalidTimeRangeException');
  },

  'a token that was never given is InvalidNextTokenException': async (seed) => {
    await refused(look(seed, { NextToken: 'guess' }), 'InvalidNextTokenException');
  },
});
