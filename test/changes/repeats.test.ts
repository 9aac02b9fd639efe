import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../sandbox/faults.ts';
import { actingVerbs } from '../../shared/aws/changes/changes.ts';
import type { Action } from '../../shared/core/action.ts';
import type { ChangeVerbs } from '../../shared/ports-acting.ts';
import {
  aGroup,
  aService,
  aWarehouse,
  NOTHING,
  pauseWarehouse,
  resumeWarehouse,
  startGroup,
  startService,
  stopGroup,
  stopService,
} from './scheduled-subjects.ts';
import {
  aCluster,
  aDatabase,
  aLargeDatabase,
  anInstance,
  aVolume,
  changeStorage,
  changeVolume,
  deleteVolume,
  resizeDatabase,
  type Stage,
  type Subject,
  stage,
  startDatabase,
  startInstance,
  stopDatabase,
  stopInstance,
  verbsOf,
} from './subjects.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

/** One verb in the state in which it is called, with every operation that it sends. */
interface Case {
  readonly verb: (verbs: Required<ChangeVerbs>, action: Action) => Promise<unknown>;
  readonly subject: (here: Stage) => Subject;
  readonly action: (subject: Subject) => Action;
  readonly operations: readonly string[];
  readonly becomes: string;
}

const apply: Case['verb'] = (verbs, action) => verbs.apply(action);
const undo: Case['verb'] = (verbs, action) => verbs.undo(action);
const protect: Case['verb'] = (verbs, action) => verbs.protect(action, 'right-size-1/1', '2026-12-22');

const CASES: Record<string, Case> = {
  'stop an instance': {
    verb: apply,
    subject: (here) => anInstance(here),
    action: ({ identity }) => stopInstance(identity),
    operations: ['DescribeInstances', 'StopInstances'],
    becomes: 'stopping',
  },
  'undo the stop of an instance': {
    verb: undo,
    subject: (here) => anInstance(here, 'stopped'),
    action: ({ identity }) => stopInstance(identity),
    operations: ['DescribeInstances', 'StartInstances'],
    becomes: 'pending',
  },
  'start an instance': {
    verb: apply,
    subject: (here) => anInstance(here, 'stopped'),
    action: ({ identity }) => startInstance(identity),
    operations: ['DescribeInstances', 'StartInstances'],
    becomes: 'pending',
  },
  'undo the start of an instance': {
    verb: undo,
    subject: (here) => anInstance(here),
    action: ({ identity }) => startInstance(identity),
    operations: ['DescribeInstances', 'StopInstances'],
    becomes: 'stopping',
  },
  'protect a database': {
    verb: protect,
    subject: (here) => aDatabase(here),
    action: ({ identity }) => stopDatabase(identity, 'instance'),
    operations: ['DescribeDBInstances', 'DescribeDBSnapshots', 'CreateDBSnapshot'],
    becomes: 'backing-up',
  },
  'protect a cluster': {
    verb: protect,
    subject: (here) => aCluster(here),
    action: ({ identity }) => stopDatabase(identity, 'cluster'),
    operations: ['DescribeDBClusters', 'DescribeDBInstances', 'DescribeDBClusterSnapshots', 'CreateDBClusterSnapshot'],
    becomes: 'available',
  },
  'stop a database': {
    verb: apply,
    subject: (here) => aDatabase(here),
    action: ({ identity }) => stopDatabase(identity, 'instance'),
    operations: ['DescribeDBInstances', 'StopDBInstance'],
    becomes: 'stopping',
  },
  'stop a cluster': {
    verb: apply,
    subject: (here) => aCluster(here),
    action: ({ identity }) => stopDatabase(identity, 'cluster'),
    operations: ['DescribeDBClusters', 'DescribeDBInstances', 'StopDBCluster'],
    becomes: 'stopping',
  },
  'undo the stop of a database': {
    verb: undo,
    subject: (here) => aDatabase(here, 'stopped'),
    action: ({ identity }) => stopDatabase(identity, 'instance'),
    operations: ['DescribeDBInstances', 'StartDBInstance'],
    becomes: 'starting',
  },
  'start a database': {
    verb: apply,
    subject: (here) => aDatabase(here, 'stopped'),
    action: ({ identity }) => startDatabase(identity, 'instance'),
    operations: ['DescribeDBInstances', 'StartDBInstance'],
    becomes: 'starting',
  },
  'start a cluster': {
    verb: apply,
    subject: (here) => aCluster(here, 'stopped'),
    action: ({ identity }) => startDatabase(identity, 'cluster'),
    operations: ['DescribeDBClusters', 'DescribeDBInstances', 'StartDBCluster'],
    becomes: 'starting',
  },
  'undo the start of a cluster': {
    verb: undo,
    subject: (here) => aCluster(here),
    action: ({ identity }) => startDatabase(identity, 'cluster'),
    operations: ['DescribeDBClusters', 'DescribeDBInstances', 'StopDBCluster'],
    becomes: 'stopping',
  },
};

const MORE: Record<string, Case> = {
  'change the type of a volume': {
    verb: apply,
    subject: (here) => aVolume(here),
    action: ({ identity }) => changeVolume(identity),
    operations: ['DescribeVolumes', 'DescribeVolumesModifications', 'ModifyVolume'],
    becomes: 'available',
  },
  'undo the change of a volume': {
    verb: undo,
    subject: (here) => aVolume(here, 'gp3'),
    action: ({ identity }) => changeVolume(identity),
    operations: ['DescribeVolumes', 'DescribeVolumesModifications', 'ModifyVolume'],
    becomes: 'available',
  },
  'resize a database': {
    verb: apply,
    subject: (here) => aLargeDatabase(here),
    action: ({ identity }) => resizeDatabase(identity),
    operations: ['DescribeDBInstances', 'ModifyDBInstance'],
    becomes: 'available',
  },
  'undo the resize of a database': {
    verb: undo,
    subject: (here) => aLargeDatabase(here, { DBInstanceClass: 'db.r6g.large' }),
    action: ({ identity }) => resizeDatabase(identity),
    operations: ['DescribeDBInstances', 'ModifyDBInstance'],
    becomes: 'available',
  },
  'change the storage of a database': {
    verb: apply,
    subject: (here) => aLargeDatabase(here),
    action: ({ identity }) => changeStorage(identity),
    operations: ['DescribeDBInstances', 'ModifyDBInstance'],
    becomes: 'available',
  },
  'delete a volume': {
    verb: (verbs, action) => verbs.apply(action, 'snap-0123456789abcdef0'),
    subject: (here) => {
      const volume = aVolume(here);
      here.home.ec2.addSnapshot({ SnapshotId: 'snap-0123456789abcdef0', VolumeId: volume.identity.id });
      return volume;
    },
    action: ({ identity }) => deleteVolume(identity),
    operations: ['DescribeVolumes', 'DescribeSnapshots', 'DeleteVolume'],
    becomes: 'deleting',
  },
};

const SCHEDULED: Record<string, Case> = {
  'stop a group': {
    verb: apply,
    subject: (here) => aGroup(here),
    action: ({ identity }) => stopGroup(identity),
    operations: ['DescribeAutoScalingGroups', 'UpdateAutoScalingGroup'],
    becomes: '0',
  },
  'start a group': {
    verb: apply,
    subject: (here) => aGroup(here, NOTHING),
    action: ({ identity }) => startGroup(identity),
    operations: ['DescribeAutoScalingGroups', 'UpdateAutoScalingGroup'],
    becomes: '3',
  },
  'stop a service': {
    verb: apply,
    subject: (here) => aService(here),
    action: ({ identity }) => stopService(identity),
    operations: ['DescribeServices', 'DescribeScalableTargets', 'RegisterScalableTarget', 'UpdateService'],
    becomes: '0',
  },
  'undo the stop of a service': {
    verb: undo,
    subject: (here) => aService(here, 0),
    action: ({ identity }) => stopService(identity),
    operations: ['DescribeServices', 'DescribeScalableTargets', 'RegisterScalableTarget', 'UpdateService'],
    becomes: '3',
  },
  'start a service': {
    verb: apply,
    subject: (here) => aService(here, 0),
    action: ({ identity }) => startService(identity),
    operations: ['DescribeServices', 'DescribeScalableTargets', 'RegisterScalableTarget', 'UpdateService'],
    becomes: '3',
  },
  'pause a warehouse': {
    verb: apply,
    subject: (here) => aWarehouse(here),
    action: ({ identity }) => pauseWarehouse(identity),
    operations: ['DescribeClusters', 'PauseCluster'],
    becomes: 'pausing',
  },
  'resume a warehouse': {
    verb: apply,
    subject: (here) => aWarehouse(here, 'paused'),
    action: ({ identity }) => resumeWarehouse(identity),
    operations: ['DescribeClusters', 'ResumeCluster'],
    becomes: 'resuming',
  },
  'stop an instance whose alarms are muted': {
    verb: apply,
    subject: (here) => {
      here.home.cloudwatch.alarms.set('cpu', { AlarmName: 'cpu', ActionsEnabled: true });
      return anInstance(here);
    },
    action: ({ identity }) => ({ ...stopInstance(identity), mute: ['cpu'] }) as Action,
    operations: ['DescribeInstances', 'DisableAlarmActions', 'StopInstances'],
    becomes: 'stopping',
  },
};

const FAULTS: readonly Fault[] = ['replyLost', 'duplicate', 'throttle', 'serverError'];

/** What a second mutation would move: RDS refuses it, or takes the same values for no change; EC2 takes it without effect. */
function effects({ sandbox, home }: Stage) {
  const instances = [...home.ec2.instances.values()];
  return {
    mutations: sandbox.calls
      .all()
      .filter(
        ({ service, operation, outcome }) =>
          service === 'rds' && !/^(Describe|Modify)/.test(operation) && outcome === 'ok',
      ).length,
    moved: instances.map(({ LaunchTime, StateTransitionReason }) => [LaunchTime, StateTransitionReason]),
    snapshots: [...home.rds.snapshots.keys(), ...home.rds.clusterSnapshots.keys()],
    modified: [
      ...[...home.ec2.modifications.values()].map((all) => all.length),
      ...[...home.rds.instances.values()].map((one) => [one.DBInstanceClass, one.PendingModifiedValues]),
    ],
    sizes: [
      ...[...home.autoscaling.groups.values()].map((one) => [one.MinSize, one.DesiredCapacity, one.MaxSize]),
      ...[...home.ecs.services.values()].map((one) => one.desiredCount),
      ...[...home.applicationAutoScaling.targets.values()].map((one) => [one.MinCapacity, one.SuspendedState]),
      ...[...home.cloudwatch.alarms.values()].map((one) => one.ActionsEnabled),
    ],
  };
}

/** What one undisturbed call leaves behind. */
async function undisturbed({ verb, subject, action }: Case) {
  const here = await stage();
  const one = action(subject(here));
  await verb(verbsOf(here, one), one);
  return effects(here);
}

describe.each(Object.entries({ ...CASES, ...MORE, ...SCHEDULED }))('%s', (_, one) => {
  const troubles = one.operations.flatMap((operation) => FAULTS.map((fault) => ({ operation, fault })));

  it.each(troubles)('acts once when $operation meets $fault and it is repeated', async ({ operation, fault }) => {
    const here = await stage();
    const subject = one.subject(here);
    const action = one.action(subject);
    const handle = here.sandbox.faults.add({ operation, fault, times: 1 });
    await one.verb(verbsOf(here, action), action).catch(() => {});
    const after = effects(here);
    const took = after.mutations > 0 || subject.state() === one.becomes;
    here.sandbox.clock.advance({ seconds: 2 }); // less than a deletion takes
    const again = () => one.verb(verbsOf(here, action), action);
    await again().catch(again); // what only a repetition asks meets its trouble here
    await again();
    expect(handle.met).toBe(1);
    expect(subject.state()).toBe(one.becomes);
    const wanted = await undisturbed(one);
    expect(effects(here)).toMatchObject({
      mutations: wanted.mutations,
      snapshots: wanted.snapshots,
      modified: wanted.modified,
      sizes: wanted.sizes,
    });
    // What the first call did stays as it was: nothing is moved again two seconds later.
    if (took && one.operations.includes('DescribeInstances')) expect(effects(here)).toEqual(after);
  });

  it('acts once when the SDK itself repeats a call whose reply was lost', async () => {
    const here = await stage();
    const subject = one.subject(here);
    const action = one.action(subject);
    const mutation = one.operations.at(-1) ?? '';
    here.sandbox.faults.add({ operation: mutation, fault: 'replyLost', times: 1 });
    vi.stubEnv('AWS_ENDPOINT_URL', here.sandbox.url);
    const key = here.sandbox.estate.hub.accessKey();
    const scope = { account: here.sandbox.estate.hub.id, region: here.home.name };
    const verbs = await actingVerbs(async () => key)(scope, action);
    await one.verb(verbs as Required<ChangeVerbs>, action);
    expect(here.sandbox.calls.count(mutation)).toBe(2);
    expect(subject.state()).toBe(one.becomes);
    expect(effects(here)).toMatchObject({ mutations: (await undisturbed(one)).mutations });
  });
});
