import { vi } from 'vitest';
import type { AccountReport } from '../../functions/off-hours/report.ts';
import { changesIn } from '../../shared/aws/ledger/changes.ts';
import { offHoursLedger } from '../../shared/aws/ledger/off-hours.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Remembered } from '../../shared/core/off-hours/memory.ts';
import { openScene, POLICY, type Scene, type SceneOptions } from './carry-out.ts';

export const ACCOUNT = '111111111111';
export const SEOUL = 'ap-northeast-2';

/** On working days in Seoul, and everything is done at once. */
const OFFICE = {
  timezone: 'Asia/Seoul',
  defaults: { mode: 'report' },
  calendars: { seoul: { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: 'KR' } },
  schedules: { office: { calendar: 'seoul', mode: 'auto' } },
};

/** A local time of Seoul: `2026-11-23 21:00`. */
export const seoul = (text: string): Date => new Date(`${text.replace(' ', 'T')}:00+09:00`);

/** A Monday, half an hour before seven in Seoul, when a scene opens. */
export const MONDAY = '2026-11-23';

/** A hub and an account under schedules, with carry-out behind it. */
export async function openEstate({ policy = {}, ...options }: SceneOptions = {}): Promise<Scene> {
  const scene = await openScene({ ...options, policy: { ...OFFICE, ...policy } });
  process.env.CARRY_OUT_ARN = `arn:aws:lambda:${SEOUL}:${scene.hub.account}:function:carry-out:live`;
  return scene;
}

/** Another policy from now on. */
export const decree = ({ hub }: Scene, policy: object): Promise<void> =>
  hub.storePolicy({ ...POLICY, ...OFFICE, ...policy });

/** One schedule that is otherwise kept. */
export const schedule = (more: object) => ({ schedules: { office: { calendar: 'seoul', mode: 'auto', ...more } } });

const TAG = 'lamplighter:schedule';

export type Tags = Readonly<Record<string, string>>;

const tagsOf = (tags: Tags) => Object.entries({ [TAG]: 'office', ...tags }).map(([Key, Value]) => ({ Key, Value }));

export const instance = ({ region }: Scene, name: string, tags: Tags = {}) =>
  region.ec2.addInstance({ InstanceType: 'm5.large', Tags: tagsOf({ Name: name, ...tags }) });

export const database = ({ region }: Scene, name: string, tags: Tags = {}) =>
  region.rds.addInstance({
    DBInstanceIdentifier: name,
    Engine: 'postgres',
    DBInstanceClass: 'db.r6g.large',
    TagList: tagsOf(tags),
  });

/** A group of so many instances. */
export function group({ region }: Scene, name: string, desired = 3) {
  const made = region.autoscaling.addGroup({
    AutoScalingGroupName: name,
    MinSize: desired === 0 ? 0 : 1,
    DesiredCapacity: desired,
    MaxSize: 6,
    instanceType: 'm5.large',
    Tags: tagsOf({}),
  });
  const members = Array.from({ length: desired }, () => region.ec2.addInstance({ InstanceType: 'm5.large' }));
  region.autoscaling.join(made, members);
  return made;
}

export const sizesOf = ({ MinSize, DesiredCapacity, MaxSize }: ReturnType<typeof group>) => [
  MinSize,
  DesiredCapacity,
  MaxSize,
];

export const service = ({ region }: Scene, name: string, desiredCount = 2) =>
  region.ecs.addService({ serviceName: name, desiredCount, tags: [{ key: TAG, value: 'office' }] });

export const warehouse = ({ region }: Scene, name: string) =>
  region.redshift.addCluster({ ClusterIdentifier: name, Tags: tagsOf({}) });

/** Somebody sets a tag of an instance or a database, or takes it away. */
export function retag(
  one: ReturnType<typeof instance> | ReturnType<typeof database>,
  key: string,
  value?: string,
): void {
  const list = 'InstanceId' in one ? one.Tags : (one.TagList ?? []);
  const next = [...list.filter(({ Key }) => Key !== key), ...(value === undefined ? [] : [{ Key: key, Value: value }])];
  if ('InstanceId' in one) one.Tags = next;
  else one.TagList = next;
}

export const SCHEDULE_TAG = TAG;
export const KEEP_ON_TAG = 'lamplighter:keep-on-until';

/** What a run says of its one account. */
export type Answered = Partial<AccountReport> & {
  readonly account: string;
  readonly time: string;
  readonly said: string;
};

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** The handler that a scene's deliveries find warm. */
const warm = new WeakMap<Scene, Handler>();

/** Wakes off-hours through its exported handler. */
export async function wake<Result = Answered[]>(scene: Scene, event: unknown, requestId = 'by-hand'): Promise<Result> {
  const handler = warm.get(scene) ?? (await coldStart());
  warm.set(scene, handler);
  return (await handler(event, contextOf(scene, requestId))) as Result;
}

async function coldStart(): Promise<Handler> {
  vi.resetModules();
  const { handler } = await import('../../functions/off-hours/handler.ts');
  return handler as unknown as Handler;
}

const contextOf = ({ hub }: Scene, awsRequestId: string) => ({
  awsRequestId,
  functionName: 'lamplighter-off-hours-prod',
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:${SEOUL}:${hub.account}:function:lamplighter-off-hours-prod`,
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 240_000,
});

/** The schedule wakes it now, or at a time to come. */
export async function tick(scene: Scene, at = scene.sandbox.clock.now()): Promise<Answered> {
  if (at > scene.sandbox.clock.now()) await scene.lambda.advanceTo(at);
  const time = at.toISOString();
  const [answered] = await wake(scene, { time }, `tick-${time}`);
  await scene.lambda.settle();
  return answered as Answered;
}

/** Ticks at these local times of a day, and what each answers. */
export async function ticks(scene: Scene, day: string, ...clocks: readonly string[]): Promise<Answered[]> {
  const answers: Answered[] = [];
  for (const clock of clocks) answers.push(await tick(scene, seoul(`${day} ${clock}`)));
  return answers;
}

/** What a run does, a line each. */
export const actsOf = ({ act = [] }: Partial<Answered>): string[] => act.map(({ what, name }) => `${what} ${name}`);

/** Why a run leaves a resource alone. */
export const leftOf = ({ left = [] }: Partial<Answered>, name: string): string | undefined =>
  left.find((one) => one.name === name)?.because;

const tableOf = ({ hub }: Scene) => ({ client: hub.dynamodb, table: hub.table });

export const ledgerOf = (scene: Scene) => offHoursLedger(tableOf(scene));

/** What is remembered of a resource by its name. */
export async function memoryOf(scene: Scene, name: string): Promise<Remembered | undefined> {
  const kept = await ledgerOf(scene).kept(ACCOUNT);
  return kept?.memories.find((one) => one.name === name);
}

/** Everything that was done or tried, oldest first. */
export async function changesOf(scene: Scene): Promise<Change[]> {
  const changes = await changesIn(tableOf(scene)).changes(new Date(0));
  return changes.toReversed();
}

export interface Told {
  readonly subject: string;
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What people were told by off-hours, oldest first. */
export const toldBy = ({ sandbox, hub }: Scene): Told[] =>
  sandbox
    .messages(hub.topicArn)
    .filter(({ attributes }) => attributes.kind === 'schedules')
    .map(({ subject = '', message, attributes }) => {
      const { email, default: facts } = JSON.parse(message) as { email: string; default: string };
      return { subject, text: email, facts: JSON.parse(facts) as Told['facts'], attributes };
    });
