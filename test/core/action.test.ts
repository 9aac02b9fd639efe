import { describe, expect, it } from 'vitest';
import {
  type Action,
  type ActionKind,
  DIRECTIONS,
  describeAction,
  directionOf,
  PERMISSIONS,
  targetOf,
} from '../../shared/core/action.ts';

const identity = { arn: 'arn', id: 'id' };
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
];

it.each(ACTIONS)('%j is about its resource and takes something away', (action, words) => {
  expect(describeAction(action)).toBe(words);
  expect(targetOf(action)).toEqual(identity);
  expect(directionOf(action)).toBe('takes');
});

describe('the permissions of a kind', () => {
  const kinds = Object.keys(PERMISSIONS) as ActionKind[];

  it('are there for each kind', () => {
    expect(kinds.sort()).toEqual(Object.keys(DIRECTIONS).sort());
  });

  it.each(kinds)('%s: never delete or terminate, and name each action in full', (kind) => {
    const all = Object.values(PERMISSIONS[kind]).flat();
    expect(all.filter((one) => !/^(rds|ec2|kms):[A-Z][A-Za-z]+$/.test(one))).toEqual([]);
    expect(all.filter((one) => /Delete|Terminate|Modify|Put/.test(one))).toEqual([]);
  });
});
