import { describe, it } from 'vitest';
import type { Proposal } from '../../shared/core/plan.ts';
import type { Scene } from '../support/carry-out.ts';
import { type Cast, deathsAt, isTurn, killAndResume, upTo } from '../support/carry-out-kills.ts';
import {
  databaseOf,
  groupOf,
  instanceOf,
  OFF_HOURS,
  openScheduledScene,
  SCHEDULES,
  serviceOf,
  startOf,
  stopDatabase,
  stopGroup,
  stopInstance,
  stopService,
} from '../support/scheduled.ts';

/** Its schedule says the same for as long as anybody dies; one action at a time, so that the n-th call is always the same one. */
const open = (on: string) => () =>
  openScheduledScene({
    policy: { calendars: { office: { ...SCHEDULES.calendars.office, on } } },
    durations: { databaseStop: 20_000, databaseStart: 20_000 },
  });

const [OFF, ON] = [open('2031-01-01 00:00-24:00'), open('Mon-Sun 00:00-24:00')];
const schedule = { name: 'office' };

const instanceStopped: Cast = (scene, name) => [stopInstance(instanceOf(scene, name), { schedule })];
const databaseStopped: Cast = (scene, name) => [stopDatabase(databaseOf(scene, name), { schedule })];

const instanceStarted: Cast = (scene, name) => {
  const instance = instanceOf(scene, name);
  instance.State = { Name: 'stopped', Code: 80 };
  return [startOf(stopInstance(instance), { schedule })];
};
const databaseStarted: Cast = (scene, name) => [
  startOf(stopDatabase(databaseOf(scene, name, { DBInstanceStatus: 'stopped' }), { schedule })),
];

const groupStopped: Cast = (scene, name) => [{ ...stopGroup(groupOf(scene, name)), schedule }];
const serviceStopped: Cast = (scene, name) => [{ ...stopService(serviceOf(scene, name)), schedule }];

const groupStarted: Cast = (scene, name) => {
  const group = groupOf(scene, name);
  Object.assign(group, { MinSize: 0, DesiredCapacity: 0, MaxSize: 0, Instances: [] });
  return [startOf(stopGroup(group), { schedule })];
};
const serviceStarted: Cast = (scene, name) => {
  const service = serviceOf(scene, name);
  Object.assign(service, { desiredCount: 0, runningCount: 0 });
  return [startOf(stopService(service), { schedule })];
};

function state({ region }: Scene, { resource }: Proposal): string | undefined {
  const name = resource.arn.split(/[:/]/).at(-1) ?? '';
  const { MinSize, DesiredCapacity, MaxSize, Instances } = region.autoscaling.groups.get(name) ?? {};
  if (MaxSize !== undefined) return `${MinSize}-${DesiredCapacity}-${MaxSize}, ${Instances?.length}`;
  const { desiredCount, runningCount } = region.ecs.services.get(resource.arn) ?? {};
  if (desiredCount !== undefined) return `${runningCount} of ${desiredCount}`;
  return region.ec2.instances.get(name)?.State?.Name ?? region.rds.instances.get(name)?.DBInstanceStatus;
}

/** What says how many there are to be; what suspends a scaling may be said twice. */
const SIZES = /^(Start|Stop)(Instances|DBInstance)$|^Update(AutoScalingGroup|Service)$/;

const doneIn = ({ sandbox }: Scene): string[] =>
  sandbox.calls
    .all()
    .filter(({ operation, outcome }) => outcome === 'ok' && SIZES.test(operation))
    .map(({ operation }) => operation);

describe.each([
  ['a stop of an instance', OFF, instanceStopped],
  ['a start of an instance', ON, instanceStarted],
  ['a stop of a database', OFF, databaseStopped],
  ['a start of a database', ON, databaseStarted],
  ['a stop of a group', OFF, groupStopped],
  ['a start of a group', ON, groupStarted],
  ['a stop of a service', OFF, serviceStopped],
  ['a start of a service', ON, serviceStarted],
])('%s by its schedule', (_, opening, cast) => {
  it('is done once, wherever carry-out is killed', { timeout: 300_000 }, () =>
    killAndResume({
      cast,
      mutations: 1,
      open: opening,
      state,
      doneIn,
      handing: OFF_HOURS,
      deaths: ({ call, checkpoint }) => [
        ...deathsAt('call', upTo(call)).filter(isTurn),
        ...deathsAt('checkpoint', upTo(checkpoint)).filter(isTurn),
      ],
    }),
  );
});
