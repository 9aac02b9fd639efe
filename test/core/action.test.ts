import { describe, expect, it } from 'vitest';
import {
  type Action,
  type ActionKind,
  DIRECTIONS,
  describeAction,
  directionOf,
  PERMISSIONS,
  REVERSIBILITY,
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
    'stop the Aurora cluster',
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
];

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
      expect(all.filter((one) => !/^(rds|ec2|kms):[A-Z][A-Za-z]+$/.test(one))).toEqual([]);
      const grave = all.filter((one) => /Delete|Terminate|Put/.test(one));
      expect(grave).toEqual(DELETES[kind] ?? []);
    },
  );
});
