import { describe, expect, it } from 'vitest';
import { known, unknown } from '../../../shared/core/evidence.ts';
import type { CopySnapshot, SnapshotAction } from '../../../shared/core/retention/action.ts';
import { proposalOf } from '../../../shared/core/retention/proposal.ts';
import type { Cause } from '../../../shared/core/spend/explanation.ts';
import {
  describeSnapshots,
  isBilledTo,
  type SnapshotChange,
  snapshotsBehind,
} from '../../../shared/core/spend/own-snapshots.ts';

const RDS = 'Amazon Relational Database Service';
const causes = (...parts: readonly [usage: string, share: number][]) =>
  known(parts.map(([usage, share]): Cause => ({ keys: [usage, 'ap-northeast-2'], amount: 10, share })));

describe('snapshots are behind', () => {
  it.each([
    ['charged backup storage of RDS', 'APN2-RDS:ChargedBackupUsage'],
    ['backup storage of Aurora', 'APN2-Aurora:BackupUsage'],
    ['backup storage of DocumentDB and Neptune', 'APN2-BackupUsage'],
    ['what goes to another region', 'APN2-EUC1-AWS-Out-Bytes'],
    ['what comes from another region', 'EUC1-APN2-AWS-In-Bytes'],
  ])('%s', (_, usage) => {
    expect(snapshotsBehind({ kind: 'rise', service: RDS }, causes([usage, 0.8]))).toBe('made');
    expect(snapshotsBehind({ kind: 'drop', service: RDS }, causes([usage, 0.8]))).toBe('deleted');
  });

  it.each<[string, Parameters<typeof snapshotsBehind>[1]]>([
    ['instances', causes(['APN2-InstanceUsage:db.r6g.large', 1])],
    ['what goes to the internet', causes(['DataTransfer-Out-Bytes', 1])],
    [
      'storage, where backups are next to nothing',
      causes(['APN2-RDS:GP3-Storage', 0.95], ['APN2-Aurora:BackupUsage', 0.05]),
    ],
  ])('nothing of %s', (_, found) => {
    expect(snapshotsBehind({ kind: 'rise', service: RDS }, found)).toBe('none');
  });

  it.each([
    ['rise', RDS, 'made'],
    ['drop', 'Amazon Neptune', 'deleted'],
    ['new-region', 'eu-central-1', 'made'],
    ['rise', 'Amazon Elastic Compute Cloud - Compute', 'none'],
  ] as const)('a %s of %s, perhaps, where the causes are unknown: %s', (kind, service, expected) => {
    expect(snapshotsBehind({ kind, service }, unknown('PaidCallsUsedUpError'))).toBe(expected);
    expect(snapshotsBehind({ kind, service }, causes())).toBe(expected);
  });
});

const SEOUL = { account: '111111111111', region: 'ap-northeast-2' };
const FRANKFURT = { account: '222222222222', region: 'eu-central-1' };

const copy: CopySnapshot = {
  kind: 'copy-snapshot',
  purpose: 'off-site',
  form: 'instance',
  scope: FRANKFURT,
  name: 'lamplighter-orders',
  databaseId: 'db-1',
  source: { arn: 'arn', scope: SEOUL, takenAt: '2026-11-19T18:10:00.000Z' },
  tags: {},
  withinHours: 24,
};

const done = (action: SnapshotAction, spoiled: Partial<SnapshotChange> = {}): SnapshotChange => ({
  id: 'plan-1/1',
  planId: 'plan-1',
  account: SEOUL.account,
  proposal: { ...proposalOf({ action, databaseName: 'orders', mode: 'auto', because: 'due' }), action },
  outcome: 'kept',
  because: 'it is copied',
  appliedAt: '2026-11-19T16:31:00.000Z',
  finishedAt: '2026-11-19T18:31:00.000Z',
  made: { sizeGiB: 100 },
  ...spoiled,
});

describe('what was done about snapshots', () => {
  it('is one line for what is alike, from when the first was asked for, with the size of the databases', () => {
    const later = { appliedAt: '2026-11-19T16:33:00.000Z', made: { sizeGiB: 500 } };
    expect(describeSnapshots([done(copy, later), done(copy)], 'Asia/Seoul')).toEqual([
      '2 snapshots copied from ap-northeast-2 (111111111111) to eu-central-1 (222222222222), from 2026-11-20 01:31 Asia/Seoul, of databases of 600 GiB (plan plan-1)',
    ]);
  });

  it('says no size where one is unknown, and tells plans and places apart', () => {
    const { made: _, ...unsized } = done(copy);
    const kept = done({ ...copy, purpose: 'retention', scope: SEOUL });
    expect(describeSnapshots([unsized, kept, done(copy, { planId: 'plan-2' })], 'UTC')).toEqual([
      '1 snapshot copied from ap-northeast-2 (111111111111) to eu-central-1 (222222222222), at 2026-11-19 16:31 UTC (plan plan-1)',
      '1 snapshot copied in ap-northeast-2 (111111111111), at 2026-11-19 16:31 UTC, of databases of 100 GiB (plan plan-1)',
      '1 snapshot copied from ap-northeast-2 (111111111111) to eu-central-1 (222222222222), at 2026-11-19 16:31 UTC, of databases of 100 GiB (plan plan-2)',
    ]);
  });

  it('is billed where it is kept, and a copy where it comes from as well', () => {
    const taken: SnapshotAction = {
      kind: 'create-snapshot',
      form: 'instance',
      scope: SEOUL,
      name: 'lamplighter-orders',
      database: { arn: 'arn', id: 'db-1' },
      tags: {},
      expect: { statuses: [] },
    };
    const billed = (action: SnapshotAction) =>
      [SEOUL.account, FRANKFURT.account, '333333333333'].map((account) => isBilledTo(account, done(action)));
    expect([billed(copy), billed(taken)]).toEqual([
      [true, true, false],
      [true, false, false],
    ]);
  });
});
