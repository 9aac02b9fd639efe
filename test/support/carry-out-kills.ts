import { expect, onTestFinished } from 'vitest';
import type { ExecutionStatus } from '../../sandbox/durable/execution.ts';
import type { KillPoints, Moment } from '../../sandbox/durable/kill-points.ts';
import { createRandom } from '../../sandbox/random.ts';
import type { Outcome } from '../../shared/core/change.ts';
import type { Plan, Proposal } from '../../shared/core/plan.ts';
import {
  changeOf,
  handOver,
  idleCluster,
  idleDatabase,
  idleInstance,
  mutations,
  openScene,
  type Scene,
  stopOf,
  stopOfCluster,
  stopOfInstance,
  takingBack,
} from './carry-out.ts';
import { resizeOfCalm } from './resizing.ts';

/**
 * The function dies before or after a call to AWS or a checkpoint, is started again, and must end as if it had not: every
 * mutation once, every outcome the same. Each death has resources of its own; the sandbox and its clock go on.
 */

/** Short, so that there are few polls; one action at a time, so that the n-th call is always the same one. */
const POLICY = {
  defaults: { mode: 'approve', watch: '1h', stopFor: '1d', parallel: 1 },
  rules: {
    'idle-database': { cap: { perDay: 1000 } },
    'idle-instance': { cap: { perDay: 1000 } },
    'oversized-instance': { cap: { perDay: 1000 } },
  },
};

export type Where = 'call' | 'checkpoint';
export type Death = { readonly where: Where; readonly nth: number; readonly moment: Moment };
export type Cast = (scene: Scene, name: string) => Proposal[];

const killPointsOf = ({ outside, lambda }: Scene, where: Where): KillPoints =>
  where === 'call' ? outside.killPoints : lambda.killPoints;

/** What must be the same, whatever happens on the way. Names and ids are taken out. */
export async function play(
  scene: Scene,
  {
    cast,
    name,
    death,
    meanwhile,
    doneIn = mutations,
    state = stateOf,
    handing = { approved: true },
  }: Pick<Killing, 'cast' | 'meanwhile' | 'doneIn' | 'state' | 'handing'> & { name: string; death?: Death },
) {
  scene.sandbox.calls.clear();
  const act = cast(scene, name);
  const before = { call: scene.outside.killPoints.count, checkpoint: scene.lambda.killPoints.count };
  if (death) killPointsOf(scene, death.where).killAt(before[death.where] + death.nth, death.moment);
  const executions = new Set(scene.lambda.executions.all());
  const { plan } = await handOver(scene, act, handing);
  const plans = [plan, ...((await meanwhile?.(scene, act)) ?? [])];
  await scene.lambda.finish();
  const ours = scene.lambda.executions.all().filter((one) => !executions.has(one));
  const changes = await Promise.all(plans.flatMap((one) => act.map((_, index) => changeOf(scene, one, index + 1))));
  const ids = act.flatMap(({ resource }) => [resource.arn.split(/[:/]/).at(-1) ?? '', resource.name]);
  const named = (text: string): string => ids.reduce((rest, id, index) => rest.replaceAll(id, `#${index >> 1}`), text);
  return {
    counts: {
      call: scene.outside.killPoints.count - before.call,
      checkpoint: scene.lambda.killPoints.count - before.checkpoint,
    },
    crashes: ours.reduce((sum, { crashes }) => sum + crashes, 0),
    end: {
      statuses: ours.map(({ status }) => status),
      mutations: doneIn(scene).map(named),
      outcomes: changes.map((change) => ({
        outcome: change?.outcome,
        because: named(change?.because ?? '')
          .replace(/\(undo-\S+\)/, '(undo)')
          .replace(/after \d+ minutes?/, 'after minutes'),
        ended: change?.endedBecause,
        warning: change?.warning,
        snapshot: change?.snapshot !== undefined,
      })),
      states: act.map((proposal) => state(scene, proposal)),
    },
  };
}

function stateOf({ region }: Scene, { resource, action }: Proposal): string | undefined {
  const name = resource.arn.split(/[:/]/).at(-1) ?? '';
  if (action.kind === 'stop-instance') return region.ec2.instances.get(name)?.State?.Name;
  if (action.kind === 'resize-instance') {
    const { State, InstanceType } = region.ec2.instances.get(name) ?? {};
    return `${State?.Name} ${InstanceType === action.to ? 'resized' : 'as it was'}`;
  }
  if (action.kind === 'change-database-storage') return `${region.rds.instances.get(name)?.AllocatedStorage} GiB`;
  return region.rds.clusters.get(name)?.Status ?? region.rds.instances.get(name)?.DBInstanceStatus;
}

export const oneAction: Cast = (scene, name) => [stopOf(idleDatabase(scene, name))];
export const oneResize: Cast = (scene, name) => [resizeOfCalm(scene, name)];
/** There is no capacity for the new type: it goes back. */
export const oneResizeBack: Cast = (scene, name) => {
  scene.region.ec2.noCapacity.add('m5.xlarge');
  return oneResize(scene, name);
};
export const fiveActions: Cast = (scene, name) => [
  stopOf(idleDatabase(scene, `${name}-a`)),
  stopOfCluster(idleCluster(scene, `${name}-b`)),
  stopOfInstance(idleInstance(scene, `${name}-c`)),
  stopOf(idleDatabase(scene, `${name}-d`)),
  stopOfInstance(idleInstance(scene, `${name}-e`)),
];

/** A person takes everything back when it has been watched for a while. */
export async function takenBack(scene: Scene, act: readonly Proposal[]): Promise<readonly Plan[]> {
  await scene.lambda.runUntil(() => act.every((proposal) => stateOf(scene, proposal) === 'stopped'));
  await scene.lambda.advance({ minutes: 10 });
  const { plan } = await handOver(scene, act.map(takingBack), { function: 'undo', approved: true });
  return [plan];
}

export const deathsAt = (where: Where, numbers: readonly number[]): Death[] =>
  numbers.flatMap((nth) => [
    { where, nth, moment: 'before' as const },
    { where, nth, moment: 'after' as const },
  ]);

export const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** Before and after every call and every checkpoint of a calm life. */
export const everywhere = ({ call, checkpoint }: Readonly<Record<Where, number>>): Death[] => [
  ...deathsAt('call', upTo(call)),
  ...deathsAt('checkpoint', upTo(checkpoint)),
];

/** Both at each would take twice as long; all of them pass. */
export const isTurn = ({ nth, moment }: Death): boolean => moment === (nth % 2 === 0 ? 'before' : 'after');

export function sampleOf(count: number, size: number, seed: number): number[] {
  const random = createRandom(seed);
  return [...new Set(Array.from({ length: size }, () => 1 + Math.floor(random() * count)))];
}

const openBriefScene = (): Promise<Scene> =>
  openScene({ policy: POLICY, durations: { snapshotCreate: 20_000, databaseStop: 20_000 } });

interface Killing {
  readonly cast: Cast;
  /** What people do before it ends, and the plans that come of it. */
  readonly meanwhile?: (scene: Scene, act: readonly Proposal[]) => Promise<readonly Plan[]>;
  /** What becomes of the actions, of all plans. Default: kept. */
  readonly outcomes?: readonly Outcome[];
  /** How its executions end. Default: well. */
  readonly statuses?: readonly ExecutionStatus[];
  /** Where it happens. Default: a hub and one account, with a short watch. */
  readonly open?: () => Promise<Scene>;
  /** The mutations that took effect, and how a resource is in the end. Default: those of machines. */
  readonly doneIn?: (scene: Scene) => string[];
  readonly state?: (scene: Scene, proposal: Proposal) => string | undefined;
  /** How the plan is handed over. Default: by right-size, approved. */
  readonly handing?: Parameters<typeof handOver>[2];
  /** How many mutations a calm life makes. */
  readonly mutations: number;
  /** Where to die, by how many calls and checkpoints a calm life has. */
  readonly deaths: (counts: Readonly<Record<Where, number>>) => readonly Death[];
}

/** Lives through every death; the last line says how many ended as if nothing had happened. */
export async function killAndResume({
  mutations: expected,
  deaths: deathsOf,
  outcomes = ['kept'],
  statuses = ['SUCCEEDED'],
  open = openBriefScene,
  ...life
}: Killing): Promise<void> {
  const scene = await open();
  scene.region.rds.snapshotQuota = 10_000;
  const calm = await play(scene, { ...life, name: 'calm' });
  expect(new Set(calm.end.statuses)).toEqual(new Set(statuses));
  expect(new Set(calm.end.outcomes.map((one) => one.outcome))).toEqual(new Set(outcomes));
  expect(calm.end.mutations).toHaveLength(expected);
  // Whoever has lived before has his sessions still, and makes a few calls less.
  const again = await play(scene, { ...life, name: 'again' });
  const fewest = (where: Where) => Math.min(calm.counts[where], again.counts[where]);
  const deaths = deathsOf({ call: fewest('call'), checkpoint: fewest('checkpoint') });
  const tally = { same: 0, twice: 0, outlived: 0 };
  onTestFinished(() => {
    console.log(`killed and resumed: ${tally.same} of ${deaths.length} as if alive; done twice: ${tally.twice}`);
  });
  for (const [index, death] of deaths.entries()) {
    const first = await play(scene, { ...life, name: `n${index}`, death });
    // On a busy machine a last call of the life before may take the death: nobody dies of it.
    const isMissed = first.crashes === 0 && first.counts[death.where] >= death.nth;
    const { counts, end, crashes } = isMissed ? await play(scene, { ...life, name: `n${index}-again`, death }) : first;
    tally.twice += Math.max(0, end.mutations.length - calm.end.mutations.length);
    const outlived = counts[death.where] < death.nth; // its calls answered sooner, and it made a few less
    expect({ death, end, crashes }).toEqual({ death, end: calm.end, crashes: outlived ? 0 : 1 });
    tally.same += 1;
    tally.outlived += outlived ? 1 : 0;
  }
  expect(tally.outlived).toBeLessThanOrEqual(deaths.length / 10);
}
