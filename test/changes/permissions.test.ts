import { describe, expect, it } from 'vitest';
import { type Action, DIRECTIONS, PERMISSIONS, type Permissions, REVERSIBILITY } from '../../shared/core/action.ts';
import { parsePolicy } from '../../shared/core/policy.ts';
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
import { copying, creation, databaseOf, deletion, encrypted, held, NAME, ownKey } from './snapshot-subjects.ts';
import {
  aBurstable,
  aCluster,
  aDatabase,
  aLargeDatabase,
  anInstance,
  aVolume,
  changeStorage,
  changeVolume,
  deleteVolume,
  type Form,
  leadOn,
  moveInstance,
  rebootInstance,
  resizeDatabase,
  resizeInstance,
  type Stage,
  type Subject,
  setCredits,
  stage,
  startDatabase,
  startInstance,
  stopDatabase,
  stopInstance,
  verbsOf,
} from './subjects.ts';

type Verb = 'protect' | 'apply' | 'undo';
type Setting = readonly [
  become: string | ((here: Stage, subject: Subject) => void),
  make: (here: Stage) => Subject,
  action: (subject: Subject, here: Stage) => Action,
];

const FORMS_OF_SNAPSHOTS = ['instance', 'cluster'] as const;
const ABROAD = { account: '222222222222', region: 'eu-central-1' };
const nothing = () => undefined;

function withSnapshot(here: Stage, form: Form): Subject {
  const subject = databaseOf(here, form);
  held(here, form, encrypted(here, form));
  const { rds } = here.sandbox.estate.account(ABROAD.account).region(ABROAD.region);
  rds.snapshotDurations.set(NAME.copy, { minutes: 1 });
  return subject;
}

/** How each kind is set for apply; undo begins where apply ends: in this state, or like this. */
const SETS = {
  'stop-database': [
    ['stopped', (here) => aDatabase(here), ({ identity }) => stopDatabase(identity, 'instance')],
    ['stopped', (here) => aCluster(here), ({ identity }) => stopDatabase(identity, 'cluster')],
  ],
  'start-database': [
    ['available', (here) => aDatabase(here, 'stopped'), ({ identity }) => startDatabase(identity, 'instance')],
    ['available', (here) => aCluster(here, 'stopped'), ({ identity }) => startDatabase(identity, 'cluster')],
  ],
  'stop-instance': [['stopped', (here) => anInstance(here), ({ identity }) => stopInstance(identity)]],
  'resize-instance': [
    [
      ({ home }, { identity }) => {
        home.ec2.instances.get(identity.id)!.InstanceType = 'm7g.medium';
      },
      (here) => anInstance(here),
      ({ identity }) => resizeInstance(identity),
    ],
  ],
  'change-volume-type': [
    [
      ({ home }, { identity }) =>
        void Object.assign(home.ec2.volumes.get(identity.id)!, { VolumeType: 'gp3', Iops: 6000, Throughput: 250 }),
      (here) => aVolume(here),
      ({ identity }) => changeVolume(identity),
    ],
  ],
  'resize-database': [
    [
      ({ home }) => {
        home.rds.instances.get('orders')!.DBInstanceClass = 'db.r6g.large';
      },
      (here) => aLargeDatabase(here),
      ({ identity }) => resizeDatabase(identity),
    ],
  ],
  'change-database-storage': [
    [
      ({ home }) => {
        home.rds.instances.get('orders')!.StorageType = 'gp3';
      },
      (here) => aLargeDatabase(here),
      ({ identity }) => changeStorage(identity),
    ],
  ],
  'snapshot-and-delete-volume': [['deleting', (here) => aVolume(here), ({ identity }) => deleteVolume(identity)]],
  'reboot-instance': [[nothing, (here) => anInstance(here), ({ identity }, here) => rebootInstance(here, identity)]],
  'move-instance': [['stopped', (here) => anInstance(here), ({ identity }, here) => moveInstance(here, identity)]],
  'set-unlimited-credits': [
    [
      ({ home }, { identity }) => void home.ec2.cpuCredits.set(identity.id, 'unlimited'),
      (here) => aBurstable(here),
      ({ identity }) => setCredits(identity),
    ],
  ],
  'create-snapshot': FORMS_OF_SNAPSHOTS.map(
    (form): Setting => [
      nothing,
      (here) => databaseOf(here, form),
      ({ identity }, here) => creation(here, form, identity),
    ],
  ),
  'copy-snapshot': FORMS_OF_SNAPSHOTS.map(
    (form): Setting => [
      nothing,
      (here) => withSnapshot(here, form),
      ({ identity }, here) =>
        copying(here, form, { database: identity, scope: ABROAD, shareWith: ABROAD.account, kmsKey: ownKey(ABROAD) }),
    ],
  ),
  'delete-snapshot': FORMS_OF_SNAPSHOTS.map(
    (form): Setting => [
      nothing,
      (here) => withSnapshot(here, form),
      ({ identity }, here) => deletion(here, form, identity),
    ],
  ),
  'stop-auto-scaling-group': [['0-0-0', (here) => aGroup(here), ({ identity }) => stopGroup(identity)]],
  'start-auto-scaling-group': [['2-3-6', (here) => aGroup(here, NOTHING), ({ identity }) => startGroup(identity)]],
  'stop-service': [['0', (here) => aService(here), ({ identity }) => stopService(identity)]],
  'start-service': [['3', (here) => aService(here, 0), ({ identity }) => startService(identity)]],
  'pause-warehouse': [['paused', (here) => aWarehouse(here), ({ identity }) => pauseWarehouse(identity)]],
  'resume-warehouse': [
    ['available', (here) => aWarehouse(here, 'paused'), ({ identity }) => resumeWarehouse(identity)],
  ],
  'start-instance': [['running', (here) => anInstance(here, 'stopped'), ({ identity }) => startInstance(identity)]],
} as const satisfies Record<Action['kind'], readonly Setting[]>;

/** What AWS asks of the role for a call of another name: what is encrypted, and tags given at creation. */
const IMPLIED = new Set(['ec2:CreateTags', 'kms:CreateGrant', 'kms:DescribeKey', 'rds:AddTagsToResource']);

/** Its verb, and what comes after it. */
async function call(here: Stage, verb: Verb, action: Action): Promise<void> {
  const verbs: ChangeVerbs = verbsOf(here, action);
  if (verb === 'protect') {
    await verbs.protect?.(action, 'plan/1', '2026-12-22');
    return;
  }
  if (verb === 'undo' && verbs.callOff) return callOff(here, verbs, action);
  if (verb === 'undo') await verbs.undo(action).catch(ignoreNoWayBack);
  else await verbs.apply(action, await protectionOf(here, action));
  const towards = verb === 'undo' ? 'undone' : 'settled';
  if (!verbs.advance || (verb === 'undo' && REVERSIBILITY[action.kind] === 'none')) return;
  expect(await leadOn(here, verbsOf(here, action), { action, towards })).toMatchObject({ state: 'done' });
}

/** What hangs has no other way back. */
async function callOff({ sandbox }: Stage, verbs: ChangeVerbs, action: Action): Promise<void> {
  await verbs.apply(action);
  sandbox.calls.clear();
  await verbs.callOff?.(action);
  await verbs.shareNoLonger?.(action);
}

function ignoreNoWayBack(error: Error): void {
  expect(error.message).toMatch(/only from its snapshot|it stays|gone for good|cannot be taken back/);
}

/** What deletes wants a proof, which is made beforehand. */
async function protectionOf({ home }: Stage, action: Action): Promise<string | undefined> {
  if (action.kind !== 'snapshot-and-delete-volume') return undefined;
  return home.ec2.addSnapshot({ VolumeId: action.volume.id }).SnapshotId;
}

/** The IAM names of all that a verb calls but for reading, over all forms of the kind, each once. */
async function called(kind: Action['kind'], verb: Verb): Promise<string[]> {
  const names = new Set<string>();
  for (const [become, make, toAction] of SETS[kind] as readonly Setting[]) {
    for (const circumstance of circumstancesOf(kind, verb)) {
      const here = await stage();
      const subject = make(here);
      if (verb === 'undo') {
        if (typeof become === 'string') subject.become(become);
        else become(here, subject);
      }
      await CIRCUMSTANCES[circumstance](here, verb, toAction(subject, here));
      for (const { service, operation } of here.sandbox.calls) {
        if (!operation.startsWith('Describe')) names.add(`${service}:${operation}`);
      }
    }
  }
  return [...names].sort();
}

/** Kinds that may name alarms mute them before they stop something, and have to take that back when AWS refuses. */
function circumstancesOf(kind: Action['kind'], verb: Verb): readonly (keyof typeof CIRCUMSTANCES)[] {
  const { apply } = PERMISSIONS[kind] as Permissions;
  if (!apply.some((name) => name.startsWith('cloudwatch:'))) return ['plain'];
  const stops = (DIRECTIONS[kind] === 'takes' ? 'apply' : 'undo') === verb;
  return stops ? ['plain', 'with alarms', 'with alarms, and refused'] : ['plain', 'with alarms'];
}

const CIRCUMSTANCES = {
  plain: call,
  'with alarms': (here: Stage, verb: Verb, action: Action) => call(here, verb, alarmed(action)),
  'with alarms, and refused': async (here: Stage, verb: Verb, action: Action) => {
    const stops = ['StopInstances', 'StopDBInstance', 'StopDBCluster', 'UpdateAutoScalingGroup', 'UpdateService'];
    for (const operation of [...stops, 'PauseCluster']) here.sandbox.faults.add({ operation, fault: 'throttle' });
    const verbs = verbsOf(here, alarmed(action));
    await expect(verb === 'apply' ? verbs.apply(alarmed(action)) : verbs.undo(alarmed(action))).rejects.toThrow();
  },
} as const;

const alarmed = (action: Action): Action => ({
  ...action,
  ...(DIRECTIONS[action.kind] === 'takes' ? { mute: ['cpu'] } : { unmute: ['cpu'] }),
});

describe.each(Object.keys(SETS) as Action['kind'][])('%s', (kind) => {
  it.each(['protect', 'apply', 'undo'] as const)('calls for %s exactly what its permissions say', async (verb) => {
    const allowed = PERMISSIONS[kind][verb].filter((name) => !IMPLIED.has(name));
    expect(await called(kind, verb)).toEqual([...allowed].sort());
  });

  it('only looks while it waits', async () => {
    for (const [, make, toAction] of SETS[kind] as readonly Setting[]) {
      const here = await stage();
      const action = toAction(make(here), here);
      const verbs: ChangeVerbs = verbsOf(here, action);
      await verbs.settled(action);
      await verbs.undone(action);
      await verbs.protected?.(action, 'snap-0123456789abcdef0');
      await verbs.window?.(action);
      await verbs.recheck?.(action, { policy: parsePolicy({}), now: here.sandbox.clock.now() });
      for (const { operation } of here.sandbox.calls) expect(operation).toMatch(/^Describe/);
    }
  });
});
