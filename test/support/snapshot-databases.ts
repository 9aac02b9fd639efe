import { vi } from 'vitest';
import type { CalendarReport, NightReport } from '../../functions/snapshot-databases/report.ts';
import { DAY } from '../../sandbox/clock.ts';
import { backUpDaily } from '../../sandbox/services/rds/automated-snapshots.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { MARKS } from '../../shared/core/retention/marks.ts';
import { openScene, POLICY, type Scene, type SceneOptions } from './carry-out.ts';

export const ACCOUNT = '111111111111';
export const SEOUL = 'ap-northeast-2';
export const TOKYO = 'ap-northeast-1';

/** Half past one at night in Seoul, when the schedule wakes it; AWS's own backups begin at three. */
const TICK_UTC = '16:30:00.000Z';

type Answered = NightReport & { readonly said: string };

/** A hub and an account in which automated backups are made, with carry-out behind it. Everything is done at once unless the policy says otherwise. */
export async function openNights({ policy = {}, ...options }: SceneOptions = {}): Promise<Scene> {
  const { snapshots, ...rest } = policy;
  const scene = await openScene({
    ...options,
    policy: {
      timezone: 'Asia/Seoul',
      defaults: { mode: 'report' },
      snapshots: { mode: 'auto', prune: 'auto', ...(snapshots as object) },
      ...rest,
    },
  });
  process.env.CARRY_OUT_ARN = `arn:aws:lambda:${SEOUL}:${scene.hub.account}:function:carry-out:live`;
  backUpDaily(scene.region.rds);
  return scene;
}

/** The policy of {@link openNights} with other words about snapshots, stored as the deployer would. */
export const changePolicy = ({ hub }: Scene, snapshots: object): Promise<void> =>
  hub.storePolicy({
    ...POLICY,
    timezone: 'Asia/Seoul',
    defaults: { mode: 'report' },
    snapshots: { mode: 'auto', prune: 'auto', ...snapshots },
  });

/** An RDS instance that has been there for so long. */
export const addDatabase = ({ region, sandbox }: Scene, name: string, more: Record<string, unknown> = {}) =>
  region.rds.addInstance({
    DBInstanceIdentifier: name,
    Engine: 'postgres',
    DBInstanceClass: 'db.r6g.large',
    AllocatedStorage: 100,
    BackupRetentionPeriod: 7,
    InstanceCreateTime: new Date(sandbox.clock.now().getTime() - 400 * DAY),
    ...more,
  });

/** Wakes snapshot-databases through its exported handler, in a new execution environment as at a cold start. */
export async function wake<Result = Answered[]>(scene: Scene, event: unknown, requestId = 'by-hand'): Promise<Result> {
  vi.resetModules();
  const { handler } = await import('../../functions/snapshot-databases/handler.ts');
  return (await (handler as unknown as Handler)(event, contextOf(scene, requestId))) as Result;
}

export const calendarOf = (scene: Scene, event: object): Promise<CalendarReport> => wake<CalendarReport>(scene, event);

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const contextOf = ({ hub }: Scene, awsRequestId: string) => ({
  awsRequestId,
  functionName: 'lamplighter-snapshot-databases-prod',
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:${SEOUL}:${hub.account}:function:lamplighter-snapshot-databases-prod`,
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 900_000,
});

/** The next moment at which the schedule wakes it. */
export function nextTick({ sandbox }: Scene): Date {
  const now = sandbox.clock.now();
  const today = new Date(`${now.toISOString().slice(0, 11)}${TICK_UTC}`);
  return today > now ? today : new Date(today.getTime() + DAY);
}

/** Time goes on to the next night, and the schedule wakes it; what it hands over is carried out within some hours. */
export async function nextNight(scene: Scene): Promise<Answered> {
  const time = nextTick(scene);
  await scene.lambda.advanceTo(time);
  const [answered] = await wake(scene, { time: time.toISOString() }, `night-${time.toISOString()}`);
  await scene.lambda.advance({ hours: 4 });
  return answered as Answered;
}

/** Nights on which nobody wakes it. */
export async function missNights(scene: Scene, nights: number): Promise<void> {
  for (let night = 0; night < nights; night += 1) await scene.lambda.advanceTo(nextTick(scene));
}

export const planIn = ({ hub }: Scene, id: string): Promise<Plan> =>
  dynamoLedger({ client: hub.dynamodb, table: hub.table }).plan(id);

/** What a night does, a line each. */
export const doneIn = ({ act }: NightReport): string[] =>
  act.map(
    ({ action, resource }) => `${action} of ${resource.what.replace('a snapshot of ', '')} in ${resource.region}`,
  );

/** Lamplighter's own snapshots of a region, by the day of their data in UTC. */
export const ownIn = ({ sandbox }: Scene, region = SEOUL, account = ACCOUNT): string[] => {
  const { rds } = sandbox.estate.account(account).region(region);
  const instances = [...rds.snapshots.values()].map((one) => ({
    ...one,
    id: one.DBInstanceIdentifier,
    at: one.OriginalSnapshotCreateTime,
  }));
  const clusters = [...rds.clusterSnapshots.values()].map((one) => ({
    ...one,
    id: one.DBClusterIdentifier,
    at: one.SnapshotCreateTime,
  }));
  return [...instances, ...clusters]
    .filter(({ TagList }) => TagList?.some(({ Key }) => Key === MARKS.database))
    .filter(({ SnapshotType }) => SnapshotType === 'manual')
    .map(({ id, at, Status }) => `${id} ${at?.toISOString().slice(0, 10)} ${Status}`)
    .sort();
};

export interface Told {
  readonly subject: string;
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What people were told of one kind, oldest first. */
export const toldOf = ({ sandbox, hub }: Scene, kind: 'snapshots' | 'rpo' | 'changes'): Told[] =>
  sandbox
    .messages(hub.topicArn)
    .filter(({ attributes }) => attributes.kind === kind)
    .map(({ subject = '', message, attributes }) => {
      const { email, default: facts } = JSON.parse(message) as { email: string; default: string };
      return { subject, text: email, facts: JSON.parse(facts) as Told['facts'], attributes };
    });
