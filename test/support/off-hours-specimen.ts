import { holidayBook } from '../../scripts/policy/holidays.ts';
import { done } from '../../shared/core/calendar/course.ts';
import type { Change } from '../../shared/core/change.ts';
import { type Deciding, type Decision, decide, type ScheduledFacts } from '../../shared/core/off-hours/decide.ts';
import { firstMemory, type Remembered, withMemory } from '../../shared/core/off-hours/memory.ts';
import { type OffHoursRecord, recordOf } from '../../shared/core/off-hours/record.ts';
import type { ScheduledResource } from '../../shared/core/off-hours/resource.ts';
import { parsePolicy } from '../../shared/core/policy.ts';

/** Resources under the schedule of an office in Seoul, and what is remembered of them. */

export const ACCOUNT = '111111111111';
export const REGION = 'ap-northeast-2';

export const BOOK = holidayBook(['KR', 'DE-BE', 'US-NY'], { first: 2024, last: 2028 });

/** A local time of Seoul: `2026-11-23 21:00`, a Monday. */
export const seoul = (text: string): Date => new Date(`${text.replace(' ', 'T')}:00+09:00`);

/** Everything that the tests name, every schedule in mode auto. */
export const policyWith = (more: object = {}) =>
  parsePolicy({
    timezone: 'Asia/Seoul',
    scopes: [{ account: ACCOUNT, regions: [REGION, 'eu-west-1'] }],
    calendars: {
      seoul: { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: 'KR' },
      nights: { timezone: 'Asia/Seoul', on: 'Mon-Fri 20:00-06:00' },
    },
    schedules: { office: { calendar: 'seoul', mode: 'auto' }, batch: { calendar: 'nights', mode: 'auto' } },
    ...more,
  });

/** The schedule of the office, with something else of it. */
export const office = (more: object) =>
  policyWith({ schedules: { office: { calendar: 'seoul', mode: 'auto', ...more } } });

const arnOf = (service: string, what: string): string => `arn:aws:${service}:${REGION}:${ACCOUNT}:${what}`;

const common = {
  scope: { account: ACCOUNT, region: REGION },
  tags: { 'lamplighter:schedule': 'office' },
  power: { power: 'running' },
} as const;

type Of<Type extends ScheduledResource['type']> = Extract<ScheduledResource, { readonly type: Type }>;

export const instance = (name: string, more: Partial<Of<'instance'>> = {}): Of<'instance'> => ({
  ...common,
  type: 'instance',
  identity: { arn: arnOf('ec2', `instance/i-${name}`), id: `i-${name}` },
  name,
  what: 'm5.large',
  instanceType: 'm5.large',
  ...more,
});

export const database = (name: string, more: Partial<Of<'database'>> = {}): Of<'database'> => ({
  ...common,
  type: 'database',
  form: 'instance',
  identity: { arn: arnOf('rds', `db:${name}`), id: `db-${name.toUpperCase()}` },
  name,
  what: 'db.r6g.large postgres',
  ...more,
});

export const group = (name: string, more: Partial<Of<'auto-scaling-group'>> = {}): Of<'auto-scaling-group'> => {
  const arn = arnOf('autoscaling', `autoScalingGroup:0:autoScalingGroupName/${name}`);
  return {
    ...common,
    type: 'auto-scaling-group',
    identity: { arn, id: arn },
    name,
    what: '3 x m5.large',
    capacity: { min: 1, desired: 3, max: 6 },
    ...more,
  };
};

export const service = (name: string, more: Partial<Of<'service'>> = {}): Of<'service'> => {
  const arn = arnOf('ecs', `service/shop/${name}`);
  return {
    ...common,
    type: 'service',
    identity: { arn, id: arn },
    name,
    what: '2 tasks on FARGATE',
    capacity: { desired: 2 },
    ...more,
  };
};

export const stopped = { power: { power: 'stopped' } } as const;
export const changing = { power: { power: 'changing' } } as const;

/** It was on, at noon of the Monday. */
export const wasOn = (resource: ScheduledResource, more: Partial<Remembered> = {}): Remembered => ({
  ...firstMemory(resource, { state: 'on', at: seoul('2026-11-23 12:00'), stoppedByUs: false }),
  ...more,
});

/** Off-hours stopped it in the evening of the Monday. */
export const wasStopped = (resource: ScheduledResource, more: Partial<Remembered> = {}): Remembered => ({
  ...withMemory(wasOn(resource), done('stop', seoul('2026-11-23 21:03'))),
  ...more,
});

type World = Partial<ScheduledFacts> & Partial<Omit<Deciding, 'now'>>;

/** What a tick decides. */
export function decideAt(
  at: string,
  resources: readonly ScheduledResource[],
  { memories = [], ...world }: World & { readonly memories?: readonly Remembered[] } = {},
): Decision {
  const { unreadable = [], untagged = new Set<string>(), ...terms } = world;
  const deciding: Deciding = {
    policy: policyWith(),
    holidays: BOOK,
    vetoes: [],
    overrides: new Map(),
    ...terms,
    now: seoul(at),
  };
  return decide({ account: ACCOUNT, resources, unreadable, untagged }, memories, deciding);
}

/** What is kept of a tick. */
export const recordFor = (decision: Decision, before?: OffHoursRecord, policy = policyWith()): OffHoursRecord =>
  recordOf({ decision, alarms: new Map(), policy }, before);

/** What a tick does, a line each: `1 stop web`. */
export const actsIn = ({ acts }: Decision): string[] =>
  acts.map(({ step, act, resource }) => `${step} ${act} ${resource.name}`);

/** Why a tick leaves a resource alone. */
export const leftIn = ({ left }: Decision, name: string): string | undefined =>
  left.find(({ resource }) => resource.name === name)?.because;

export const memoryIn = ({ memories }: Pick<OffHoursRecord, 'memories'>, name: string): Remembered | undefined =>
  memories.find((one) => one.name === name);

/** How an action of a record's plan has ended. */
export function changeOf(
  { plan }: OffHoursRecord,
  number: number,
  more: Pick<Change, 'outcome'> & Partial<Change>,
): Change {
  const proposal = plan?.act[number - 1];
  if (!plan || !proposal) throw new Error(`the record has no action ${number}`);
  return {
    id: `${plan.id}/${number}`,
    planId: plan.id,
    account: plan.account,
    proposal,
    because: 'the specimen',
    finishedAt: plan.time,
    ...more,
  };
}
