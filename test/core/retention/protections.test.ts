import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { BackedUpDatabase } from '../../../shared/core/retention/facts.ts';
import {
  type Protected,
  type ProtectionLine,
  protectionLines,
  type ScopeProtections,
  type Store,
  unlistedStores,
} from '../../../shared/core/retention/protections.ts';
import { carts, daysAgo, HOME, manual, NOW, orders, own, VAULT } from './specimen.ts';

const bare: BackedUpDatabase = { ...orders, retentionDays: 0 };

const table: Store = {
  arn: `arn:aws:dynamodb:${HOME.region}:${HOME.account}:table/sessions`,
  name: 'sessions',
  scope: HOME,
  service: 'DynamoDB',
  own: known({ by: 'point-in-time recovery', days: 35, newest: NOW }),
};
const uncovered: Store = { ...table, own: known({ by: 'point-in-time recovery', days: 0 }) };

const scopeWith = (spoiled: Partial<ScopeProtections> = {}, ...tables: Store[]): ScopeProtections => ({
  ...HOME,
  stores: { DynamoDB: known(tables), ElastiCache: known([]), Redshift: known([]) },
  awsBackup: known(new Map()),
  ...spoiled,
});

const lines = (spoiled: Partial<Protected>): ProtectionLine[] =>
  protectionLines({ databases: [], snapshots: [], scopes: [scopeWith()], ...spoiled });

const backedUp = (arn: string, at: Date): Partial<ScopeProtections> => ({ awsBackup: known(new Map([[arn, at]])) });

describe('a database', () => {
  it('is protected by its point-in-time recovery, and until when is said', () => {
    expect(lines({ databases: [{ ...orders, restorableUntil: NOW }] })).toEqual<ProtectionLine[]>([
      {
        arn: orders.identity.arn,
        name: 'orders',
        scope: HOME,
        service: 'RDS',
        has: [{ by: 'point-in-time recovery', days: 14, newest: NOW.toISOString() }],
        state: 'protected',
        unknown: [],
      },
    ]);
  });

  it('that nobody backs up has nothing', () => {
    expect(lines({ databases: [bare] })).toMatchObject([{ state: 'nothing', has: [], unknown: [] }]);
  });

  it('is protected by the newest good snapshot that somebody took', () => {
    const snapshots = [
      manual(bare, daysAgo(9)),
      manual(bare, daysAgo(3)),
      manual(bare, daysAgo(1), { status: 'creating' }),
      manual(bare, daysAgo(0), { type: 'automated' }),
    ];
    expect(lines({ databases: [bare], snapshots })).toMatchObject([
      { state: 'protected', has: [{ by: 'manual snapshots', newest: daysAgo(3).toISOString() }] },
    ]);
  });

  it('is not protected by the snapshots of a namesake', () => {
    const snapshots = [manual(bare, daysAgo(9), { of: 'db-FORMER' })];
    expect(lines({ databases: [bare], snapshots })).toMatchObject([{ state: 'nothing' }]);
  });

  it.each([
    ['an instance by its name', bare, bare.identity.arn],
    ['a cluster by its name', { ...carts, retentionDays: 0 }, carts.identity.arn],
    [
      'a cluster by its resource id',
      { ...carts, retentionDays: 0 },
      `arn:aws:rds:${HOME.region}:${HOME.account}:cluster:cluster-carts`,
    ],
  ])('is protected by AWS Backup, which calls %s', (_, database, arn) => {
    const scopes = [scopeWith(backedUp(arn, daysAgo(2)))];
    expect(lines({ databases: [database], scopes })).toMatchObject([
      { state: 'protected', has: [{ by: 'AWS Backup', newest: daysAgo(2).toISOString() }] },
    ]);
  });

  it('has nothing of what AWS Backup took of another one under its name', () => {
    const database = { ...bare, createdAt: daysAgo(5) };
    const scopes = [scopeWith(backedUp(bare.identity.arn, daysAgo(6)))];
    expect(lines({ databases: [database], scopes })).toMatchObject([{ state: 'nothing', has: [] }]);
  });

  it('is unknown, not without anything, where AWS Backup may not be asked', () => {
    const scopes = [scopeWith({ awsBackup: unknown('AccessDeniedException') })];
    expect(lines({ databases: [bare], scopes })).toMatchObject([
      { state: 'unknown', unknown: ['AWS Backup: AccessDeniedException'] },
    ]);
    expect(lines({ databases: [orders], scopes })).toMatchObject([
      { state: 'protected', unknown: ['AWS Backup: AccessDeniedException'] },
    ]);
  });

  it('is unknown in a scope that was not read', () => {
    expect(lines({ databases: [bare], scopes: [] })).toMatchObject([
      { state: 'unknown', unknown: ['AWS Backup: it was not read'] },
    ]);
  });

  const follower: BackedUpDatabase = {
    ...bare,
    name: 'follower',
    identity: { arn: 'arn:follower', id: 'db-FOLLOWER' },
  };
  const primary = orders.identity.arn;
  const FOLLOWERS: readonly [string, Partial<BackedUpDatabase>][] = [
    ['a read replica', { replicaOf: 'orders' }],
    ['a read replica in another region', { replicaOf: primary, scope: { ...HOME, region: 'us-east-1' } }],
    ['a secondary of a global cluster', { global: { id: 'planet', role: 'secondary', primary } }],
  ];

  it.each(FOLLOWERS)('that is %s is not listed beside its source, which has its data', (_, spoiled) => {
    expect(lines({ databases: [orders, { ...follower, ...spoiled }] }).map(({ name }) => name)).toEqual(['orders']);
  });

  it.each(FOLLOWERS)('that is %s is listed where its source is not: it has nothing', (_, spoiled) => {
    const scopes = [scopeWith(), { ...scopeWith(), region: 'us-east-1' }];
    expect(lines({ databases: [{ ...follower, ...spoiled }], scopes })).toMatchObject([
      { name: 'follower', state: 'nothing' },
    ]);
  });

  it('that is a member of a cluster is never listed: its cluster is', () => {
    expect(lines({ databases: [{ ...bare, memberOf: 'carts' }] })).toEqual([]);
  });

  it('is protected by a copy in another account, which AWS calls something else', () => {
    const copy = own(bare, daysAgo(2), {
      of: 'db-OTHER',
      scope: { account: VAULT, region: HOME.region },
      source: `arn:aws:rds:${HOME.region}:${HOME.account}:snapshot:x`,
    });
    expect(lines({ databases: [bare], snapshots: [copy] })).toMatchObject([{ has: [{ by: 'manual snapshots' }] }]);
  });
});

describe('a store that is only looked at', () => {
  it('is protected by what its own service keeps', () => {
    expect(lines({ scopes: [scopeWith({}, table)] })).toEqual<ProtectionLine[]>([
      {
        arn: table.arn,
        name: 'sessions',
        scope: HOME,
        service: 'DynamoDB',
        has: [{ by: 'point-in-time recovery', days: 35, newest: NOW.toISOString() }],
        state: 'protected',
        unknown: [],
      },
    ]);
  });

  it.each<[string, Store, Partial<ScopeProtections>, ProtectionLine['state']]>([
    ['has nothing when neither its service nor AWS Backup keeps anything', uncovered, {}, 'nothing'],
    ['is protected by AWS Backup alone', uncovered, backedUp(table.arn, daysAgo(1)), 'protected'],
    [
      'is unknown when its own backups are, and AWS Backup has none',
      { ...table, own: unknown('Throttling') },
      {},
      'unknown',
    ],
    ['is unknown when AWS Backup is, and its own has none', uncovered, { awsBackup: unknown('denied') }, 'unknown'],
    [
      'is protected when one is there, whatever is unknown of the other',
      { ...table, own: unknown('Throttling') },
      backedUp(table.arn, daysAgo(1)),
      'protected',
    ],
    [
      'has nothing when AWS Backup’s is older than itself',
      { ...uncovered, createdAt: daysAgo(1) },
      backedUp(table.arn, daysAgo(2)),
      'nothing',
    ],
  ])('%s', (_, store, spoiled, state) => {
    expect(lines({ scopes: [scopeWith(spoiled, store)] })).toMatchObject([{ state }]);
  });

  it('is not listed where its service may not be: that is said instead', () => {
    const scope = scopeWith();
    const scopes = [{ ...scope, stores: { ...scope.stores, Redshift: unknown('may not read') } }];
    expect(lines({ scopes })).toEqual([]);
    expect(unlistedStores(scopes)).toEqual([{ ...HOME, service: 'Redshift', why: 'may not read' }]);
  });
});

it('those with nothing come first, then what is unknown', () => {
  const stores = [
    table,
    { ...table, arn: 'b', name: 'unknown', own: unknown('Throttling') },
    { ...uncovered, arn: 'a', name: 'bare' },
  ];
  expect(lines({ databases: [orders], scopes: [scopeWith({}, ...stores)] }).map(({ name }) => name)).toEqual([
    'bare',
    'unknown',
    'sessions',
    'orders',
  ]);
});
