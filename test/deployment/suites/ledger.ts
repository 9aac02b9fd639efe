import { describe, expect, it } from 'vitest';
import { allowedActions, functionsOf, statementsOf } from '../../../scripts/package/deployed.ts';
import { allows } from '../../../scripts/package/iam.ts';
import type { Packaged } from '../../../scripts/package/packaged.ts';
import { resolve } from '../../../scripts/package/resolve.ts';

type Access = 'nothing' | 'reads' | 'writes';

const READS = ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'];
const WRITES = ['dynamodb:BatchWriteItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** Who may do what with each family of the ledger; whoever writes also reads. */
const FUNCTIONS = [
  'right-size',
  'carry-out',
  'answer',
  'watch-spend',
  'snapshot-databases',
  'off-hours',
  'remediate-alarm',
] as const;
const FAMILIES: readonly (readonly [key: string, ...Access[]])[] = [
  ['POLICY#current', 'reads', 'reads', 'reads', 'reads', 'reads', 'reads', 'reads'],
  ['RUN#right-size#123456789012', 'writes', 'reads', 'reads', 'reads', 'nothing', 'nothing', 'nothing'],
  ['RUN#undo#123456789012', 'nothing', 'reads', 'writes', 'reads', 'nothing', 'nothing', 'nothing'],
  ['RUN#watch-spend#123456789012', 'nothing', 'reads', 'reads', 'writes', 'nothing', 'nothing', 'nothing'],
  ['RUN#snapshot-databases#123456789012', 'nothing', 'reads', 'reads', 'reads', 'writes', 'nothing', 'nothing'],
  ['RUN#prune-snapshots#123456789012', 'nothing', 'reads', 'reads', 'reads', 'writes', 'nothing', 'nothing'],
  ['RUN#off-hours#123456789012', 'nothing', 'reads', 'reads', 'reads', 'nothing', 'writes', 'reads'],
  ['RUN#remediate-alarm#123456789012', 'reads', 'reads', 'reads', 'reads', 'nothing', 'nothing', 'writes'],
  ['PLAN#right-size-2026-11-22-123456789012-3f9a1c', 'writes', 'writes', 'reads', 'reads', 'reads', 'reads', 'reads'],
  ['PLAN#undo-2026-11-22-123456789012-3f9a1c', 'reads', 'writes', 'writes', 'reads', 'reads', 'reads', 'reads'],
  [
    'PLAN#snapshot-databases-2026-11-22-123456789012-3f9a1c',
    'reads',
    'writes',
    'reads',
    'reads',
    'writes',
    'reads',
    'reads',
  ],
  [
    'PLAN#off-hours-2026-11-22-1200-123456789012-3f9a1c',
    'reads',
    'writes',
    'reads',
    'reads',
    'reads',
    'writes',
    'reads',
  ],
  [
    'PLAN#remediate-alarm-2026-11-22-123456789012-3f9a1c',
    'reads',
    'writes',
    'reads',
    'reads',
    'reads',
    'reads',
    'writes',
  ],
  [
    'PLAN#fill-snapshots-2026-11-22-123456789012-3f9a1c',
    'reads',
    'writes',
    'reads',
    'reads',
    'writes',
    'reads',
    'reads',
  ],
  ['ANSWER#123456789012', 'reads', 'reads', 'writes', 'reads', 'reads', 'reads', 'reads'],
  ['ANSWER#right-size-2026-11-22-123456789012-3f9a1c', 'reads', 'reads', 'writes', 'reads', 'reads', 'reads', 'reads'],
  ['ANSWER#spend', 'reads', 'reads', 'writes', 'reads', 'reads', 'reads', 'reads'],
  [
    'LEASE#arn:aws:rds:us-east-1:123456789012:db:orders',
    'nothing',
    'writes',
    'nothing',
    'nothing',
    'nothing',
    'nothing',
    'nothing',
  ],
  ['CAP#123456789012#idle-database#takes', 'nothing', 'writes', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
  ['SHARED#123456789012', 'nothing', 'writes', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
  ['TOLD#123456789012', 'nothing', 'writes', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
  [
    'RESOURCE#arn:aws:rds:us-east-1:123456789012:db:orders',
    'reads',
    'writes',
    'reads',
    'reads',
    'reads',
    'reads',
    'reads',
  ],
  ['CATALOGUE#ec2#us-east-1', 'writes', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'writes'],
  ['PRICE#AmazonEC2#us-east-1', 'writes', 'nothing', 'nothing', 'nothing', 'writes', 'writes', 'writes'],
  ['LADDER#123456789012', 'writes', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
  ['COST#123456789012#on-demand', 'writes', 'nothing', 'nothing', 'writes', 'nothing', 'nothing', 'nothing'],
  ['COST#123456789012#calls', 'writes', 'nothing', 'nothing', 'writes', 'nothing', 'nothing', 'nothing'],
  [
    'COST#123456789012#UnblendedCost#services',
    'reads',
    'nothing',
    'nothing',
    'writes',
    'nothing',
    'nothing',
    'nothing',
  ],
  ['ANOMALY#2026-11', 'nothing', 'nothing', 'reads', 'writes', 'nothing', 'nothing', 'nothing'],
  ['PROOF#123456789012', 'nothing', 'nothing', 'nothing', 'nothing', 'reads', 'nothing', 'nothing'],
];

const TABLE = 'arn:aws:dynamodb:us-east-1:123456789012:table/lamplighter-prod';

export function ledgerSuite(packaged: Packaged): void {
  const { Resources } = resolve(packaged.template);
  const functions = functionsOf(packaged);

  it('has a say of the table for every function', () => {
    expect(functions.map(({ name }) => name).sort()).toEqual([...FUNCTIONS].sort());
  });

  describe.each(functions)('the ledger, as $name sees it', ({ name, role }) => {
    const statements = statementsOf(Resources[role]);
    const own = allowedActions(statements);
    const column = FUNCTIONS.indexOf(name as (typeof FUNCTIONS)[number]);
    const may = (action: string, keys: string[], resource = TABLE) =>
      allows(statements, { action, resource, context: keys.length ? { 'dynamodb:LeadingKeys': keys } : {} });
    const reads = READS.filter((action) => own.includes(action));
    const writes = WRITES.filter((action) => own.includes(action));

    it('can read and write at all', () => {
      expect([reads.length > 0, writes.length > 0]).toEqual([true, true]);
    });

    it.each(FAMILIES.map(([key, ...accesses]) => [key, accesses[column]!] as const))('%s: %s', (key, access) => {
      expect(new Set(reads.map((action) => may(action, [key])))).toEqual(new Set([access !== 'nothing']));
      expect(new Set(writes.map((action) => may(action, [key])))).toEqual(new Set([access === 'writes']));
    });

    it('refuses a call with a single key that it may not use', () => {
      const foreign = FAMILIES.filter((family) => family[column + 1] === 'nothing').map(([key]) => key);
      const mine = FAMILIES.find((family) => family[column + 1] === 'writes')![0];
      expect(foreign.length).toBeGreaterThan(0);
      for (const action of [...reads, ...writes]) {
        expect(may(action, [mine])).toBe(true);
        for (const key of foreign) expect(may(action, [mine, key])).toBe(false);
      }
    });

    it('refuses a call that names no key', () => {
      for (const action of [...reads, ...writes]) expect(may(action, [])).toBe(false);
    });

    it('has no index, but for what is asked about changes', () => {
      const asks = (status: string) => may('dynamodb:Query', [status], `${TABLE}/index/byStatus`);
      expect(asks('CHANGES')).toBe(name === 'right-size');
      expect(asks('SCHEDULED-CHANGES')).toBe(name === 'off-hours');
      expect(asks('OPEN') || may('dynamodb:Query', [], `${TABLE}/index/byStatus`)).toBe(false);
    });

    it('has no deletion', () => {
      expect(own.filter((action) => action.startsWith('dynamodb:') && ![...READS, ...WRITES].includes(action))).toEqual(
        [],
      );
    });
  });
}
