import { describe, expect, it } from 'vitest';
import {
  type Action,
  type ActionKind,
  DIRECTIONS,
  describeAction,
  directionOf,
  PERMISSIONS,
  REVERSIBILITY,
  switchesOff,
  switchesOn,
  targetOf,
  undoOfRestart,
} from '../../shared/core/action.ts';
import { inverseOf } from '../../shared/core/change.ts';

const identity = { arn: 'arn', id: 'id' };
const GP2 = { type: 'gp2', sizeGiB: 500 };
const GP3 = { type: 'gp3', sizeGiB: 500, iops: 3000, throughputMiBs: 250 };
const ACTIONS: readonly [Action, string][] = [
  [
    { kind: 'stop-database', database: identity, expect: { status: 'available', form: 'instance' } },
    'stop the database',
  ],
  [
    { kind: 'stop-database', database: identity, expect: { status: 'available', form: 'cluster' } },
    'stop the database cluster',
  ],
  [
    { kind: 'stop-instance', instance: identity, expect: { state: 'running', instanceType: 'm5.large' } },
    'stop the instance',
  ],
  [
    { kind: 'resize-instance', instance: identity, from: 'm5.xlarge', to: 'm5.large' },
    'resize the instance from m5.xlarge to m5.large',
  ],
  [
    { kind: 'resize-database', database: identity, from: 'db.m5.xlarge', to: 'db.m5.large' },
    'resize the database from db.m5.xlarge to db.m5.large',
  ],
  [
    { kind: 'change-volume-type', volume: identity, from: GP2, to: GP3 },
    'change the volume from 500 GiB of gp2 to 500 GiB of gp3 with 3000 IOPS and 250 MiB/s',
  ],
  [
    { kind: 'change-database-storage', database: identity, from: GP2, to: GP3 },
    'change the storage of the database from 500 GiB of gp2 to 500 GiB of gp3 with 3000 IOPS and 250 MiB/s',
  ],
  [{ kind: 'snapshot-and-delete-volume', volume: identity }, 'snapshot the volume, then delete it'],
  [
    {
      kind: 'stop-instance',
      instance: identity,
      expect: { state: 'running', instanceType: 'm5.large' },
      mute: ['cpu'],
    },
    'stop the instance',
  ],
  [
    { kind: 'stop-auto-scaling-group', group: identity, expect: { min: 2, desired: 3, max: 6 }, mute: ['cpu'] },
    'set the Auto Scaling group to 0 instances',
  ],
  [
    { kind: 'stop-service', service: identity, expect: { desired: 1, scaling: { min: 1, max: 4 } } },
    'set the ECS service to 0 tasks',
  ],
  [{ kind: 'pause-warehouse', warehouse: identity }, 'pause the Redshift cluster'],
];

it.each([
  [{ kind: 'start-auto-scaling-group', group: identity, restore: { min: 2, desired: 3, max: 6 } }, 'to 3 instances'],
  [{ kind: 'start-service', service: identity, restore: { desired: 1 } }, 'to 1 task'],
  [{ kind: 'resume-warehouse', warehouse: identity }, 'resume the Redshift cluster'],
] as const)('%j says what comes back', (action, words) => {
  expect(describeAction(action)).toContain(words);
});

it('the alarms that a stop mutes are heard again when it is taken back', () => {
  const stop: Action = { kind: 'pause-warehouse', warehouse: identity, mute: ['cpu'] };
  expect(inverseOf(stop)).toEqual({ kind: 'resume-warehouse', warehouse: identity, unmute: ['cpu'] });
});

it.each(ACTIONS)('%j is about its resource and takes something away', (action, words) => {
  expect(describeAction(action)).toBe(words);
  expect(targetOf(action)).toEqual(identity);
  expect(directionOf(action)).toBe('takes');
});

it.each(ACTIONS.filter(([{ kind }]) => REVERSIBILITY[kind] !== 'none'))(
  '%j is taken back by what gives, and that again by itself',
  (action) => {
    const back = inverseOf(action);
    expect(back && directionOf(back)).toBe('gives');
    expect(back && inverseOf(back)).toEqual(action);
  },
);

it.each(ACTIONS.flatMap(([action]) => [action, inverseOf(action)].filter((one) => one !== undefined)))(
  '%j switches off what its name says',
  (action) => {
    expect(switchesOff(action)).toBe(/^(stop|pause)-/.test(action.kind));
    expect(switchesOn(action)).toBe(/^(start|resume)-/.test(action.kind));
  },
);

it('a deletion is taken back by nothing, and a snapshot has nothing to be taken back', () => {
  expect(inverseOf({ kind: 'snapshot-and-delete-volume', volume: identity })).toBeUndefined();
  const lost = Object.entries(REVERSIBILITY).filter(([, reversibility]) => reversibility === 'none');
  expect(lost.map(([kind]) => kind)).toEqual([
    'snapshot-and-delete-volume',
    'create-snapshot',
    'copy-snapshot',
    'delete-snapshot',
  ]);
});

it.each([
  [0, { reversibility: 'full' }],
  [1, { reversibility: 'partial', loses: expect.stringContaining('public IPv4') }],
])('a restart that releases %i public addresses is %j', (released, undo) => {
  expect(undoOfRestart({ released })).toEqual(undo);
});

describe('the permissions of a kind', () => {
  const kinds = Object.keys(PERMISSIONS) as ActionKind[];

  it('are there for each kind', () => {
    expect(kinds.sort()).toEqual(Object.keys(DIRECTIONS).sort());
  });

  const DELETES: Partial<Record<ActionKind, readonly string[]>> = {
    'snapshot-and-delete-volume': ['ec2:DeleteVolume'],
    'copy-snapshot': ['rds:DeleteDBSnapshot', 'rds:DeleteDBClusterSnapshot'], // its own copy, that hangs or is half made
    'delete-snapshot': ['rds:DeleteDBSnapshot', 'rds:DeleteDBClusterSnapshot'],
  };

  it.each(kinds)(
    '%s: never terminate, delete nothing but volumes and snapshots, and name each action in full',
    (kind) => {
      const all = Object.values(PERMISSIONS[kind]).flat();
      expect(all.filter((one) => !/^[a-z0-9-]+:[A-Z][A-Za-z]+$/.test(one))).toEqual([]);
      const grave = all.filter((one) => /Delete|Terminate|Put/.test(one));
      expect(grave).toEqual(DELETES[kind] ?? []);
    },
  );
});
