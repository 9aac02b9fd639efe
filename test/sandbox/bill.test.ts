import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { GetCostAndUsageCommand, type GetCostAndUsageCommandInput } from '@aws-sdk/client-cost-explorer';
import { describe, expect, it } from 'vitest';
import type { IncidentKind } from '../../sandbox/bill/incidents.ts';
import type { Incident, PlantedIncident } from '../../sandbox/bill/plant.ts';
import { type BillOptions, seedBill } from '../../sandbox/bill/seed-bill.ts';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { clientsOf, stageForEachTest } from './clients.ts';

const NOW = new Date('2026-11-22T21:30:00Z');
const stage = stageForEachTest({ now: NOW });

const KINDS: IncidentKind[] = ['forgotten-fleet', 'nat-spike', 'miners', 'log-flood', 'sale', 'deleted-domain'];

/** What Cost Explorer answers, settled: day by day, by the keys of each group. */
async function costs(asked: Partial<GetCostAndUsageCommandInput> = {}, sandbox: Sandbox = stage.sandbox) {
  const request = {
    TimePeriod: { Start: '2026-09-01', End: '2026-10-01' },
    Granularity: 'DAILY' as const,
    Metrics: ['UnblendedCost'],
    GroupBy: [{ Type: 'DIMENSION' as const, Key: 'SERVICE' }],
    ...asked,
  };
  const { ResultsByTime = [] } = await clientsOf(sandbox).costExplorer.send(new GetCostAndUsageCommand(request));
  return new Map(
    ResultsByTime.map(({ TimePeriod, Groups = [] }) => [
      TimePeriod?.Start ?? '',
      new Map(Groups.map(({ Keys = [], Metrics }) => [Keys.join(' '), Number(Metrics?.UnblendedCost?.Amount)])),
    ]),
  );
}

const by = (Key: string) => ({ GroupBy: [{ Type: 'DIMENSION' as const, Key }] });
const sumOf = (groups: ReadonlyMap<string, number> = new Map()) =>
  [...groups.values()].reduce((sum, one) => sum + one, 0);
const plant = (incident: Incident): PlantedIncident => seedBill(stage.sandbox, { incidents: [incident] })[0]!;

describe('the shop', () => {
  it('has three accounts under one payer, and a bill that is the same for the same seed', async () => {
    seedBill(stage.sandbox);
    const days = await costs(by('LINKED_ACCOUNT'));
    expect([...(days.get('2026-09-10') ?? new Map()).keys()]).toEqual(['111111111111', '222222222222', '333333333333']);
    expect(sumOf(days.get('2026-09-10'))).toBeGreaterThan(500);

    const billWith = async (options: BillOptions) => {
      const other = await startSandbox({ now: NOW });
      try {
        seedBill(other, options);
        return await costs({}, other);
      } finally {
        await other.close();
      }
    };
    const own = await costs();
    expect(await billWith({ seed: 1 })).toEqual(own);
    expect(await billWith({ seed: 2 })).not.toEqual(own);
  });

  it('is charged for more than usage, some of it at the start of every month', async () => {
    seedBill(stage.sandbox);
    const yearly = await costs({ TimePeriod: { Start: '2025-11-01', End: '2026-11-01' }, ...by('RECORD_TYPE') });
    const kinds = new Set([...yearly.values()].flatMap((day) => [...day.keys()]));
    expect([...kinds].sort()).toEqual(['Credit', 'Refund', 'Support', 'Tax', 'Upfront', 'Usage']);
    const usage = (day: string) => yearly.get(day)?.get('Usage') ?? 0;
    for (const month of ['2026-03', '2026-04', '2026-10']) {
      expect(usage(`${month}-01`)).toBeGreaterThan(usage(`${month}-02`) + 800);
    }
  });

  it('lets the roles of another seed stand', () => {
    seedShop(stage.sandbox, { externalId: 'of the shop' });
    seedBill(stage.sandbox, { externalId: 'of the bill' });
    const { estate } = stage.sandbox;
    expect(estate.account('111111111111').roles.get('lamplighter-look')?.externalId).toBe('of the shop');
    expect(estate.account('333333333333').roles.get('lamplighter-look')?.externalId).toBe('of the bill');
    expect(estate.hub.roles.get('lamplighter-look')?.externalId).toBe('of the bill');
  });
});

describe('an incident', () => {
  it.each(KINDS)('adds to the bill what its truth says, day by day, and nothing else: %s', async (kind) => {
    const truth = plant({ kind, from: '2026-09-08', days: 5 });
    const struck = await costs(by('LINKED_ACCOUNT'));
    const calm = await startSandbox({ now: NOW });
    seedBill(calm);
    const usual = await costs(by('LINKED_ACCOUNT'), calm).finally(() => calm.close());
    let total = 0;
    for (const [day, groups] of struck) {
      const difference = (groups.get(truth.account) ?? 0) - (usual.get(day)?.get(truth.account) ?? 0);
      expect(difference, day).toBeCloseTo(truth.excess(day), 6);
      expect(sumOf(groups) - sumOf(usual.get(day)), day).toBeCloseTo(truth.excess(day), 6);
      expect(truth.excess(day) === 0, day).toBe(day < truth.from || day >= truth.until);
      total += difference;
    }
    expect(total).toBeCloseTo(truth.total, 6);
    expect(truth.until).toBe('2026-09-13');
  });

  it.each(KINDS)('is where its truth says: %s', async (kind) => {
    const truth = plant({ kind, from: '2026-09-08', days: 5 });
    const [usageTypes, regions] = [await costs(by('USAGE_TYPE')), await costs(by('REGION'))];
    if (kind !== 'deleted-domain') {
      const seen = [...(usageTypes.get('2026-09-08') ?? new Map()).keys()];
      expect(seen).toEqual(expect.arrayContaining([...truth.usageTypes]));
    }
    expect([...(regions.get('2026-09-08') ?? new Map()).keys()]).toContain(truth.region);
    expect(truth.planned).toBe(kind === 'sale');
  });

  it.each(KINDS.filter((kind) => kind !== 'sale'))('was caused by a call that CloudTrail knows: %s', async (kind) => {
    const truth = plant({ kind, from: '2026-11-10' });
    const credentials = stage.sandbox.estate.account(truth.account).accessKey();
    const { cloudTrail } = clientsOf(stage.sandbox, { region: truth.region, credentials });
    const { Events = [] } = await cloudTrail.send(
      new LookupEventsCommand({
        LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: truth.event?.name }],
        StartTime: new Date('2026-11-10T00:00:00Z'),
        EndTime: new Date('2026-11-10T00:59:00Z'),
      }),
    );
    expect(Events.map(({ EventSource }) => EventSource)).toEqual([truth.event?.source]);
    expect(Events[0]?.Resources?.length).toBeGreaterThan(0);
  });

  it('brings a service and a region that were not there before', async () => {
    plant({ kind: 'miners', from: '2026-09-08', days: 5 });
    const [services, regions] = [await costs(), await costs(by('REGION'))];
    const ecs = 'Amazon Elastic Container Service';
    const seen = (day: string) => [services.get(day)?.has(ecs), regions.get(day)?.has('eu-central-1')];
    expect(['2026-09-07', '2026-09-08', '2026-09-12', '2026-09-13'].map(seen)).toEqual([
      [false, false],
      [true, true],
      [true, true],
      [false, false],
    ]);
  });

  it('takes away a service, whose group is then absent', async () => {
    plant({ kind: 'deleted-domain', from: '2026-09-08', days: 5 });
    const services = await costs();
    const seen = (day: string) => services.get(day)?.has('Amazon OpenSearch Service');
    expect(['2026-09-07', '2026-09-08', '2026-09-12', '2026-09-13'].map(seen)).toEqual([true, false, false, true]);
  });

  it('costs about what it is told to', async () => {
    const truth = plant({ kind: 'forgotten-fleet', from: '2026-09-08', days: 3, dollars: 1000 });
    expect(truth.excess('2026-09-09') / 1000).toBeCloseTo(1, 1);
    expect(truth.resources).toHaveLength(12);
  });

  it('does not hide in what happens every day', async () => {
    plant({ kind: 'forgotten-fleet', from: '2026-11-10' });
    const credentials = stage.sandbox.estate.account('111111111111').accessKey();
    const { cloudTrail } = clientsOf(stage.sandbox, { credentials });
    const { Events = [], NextToken } = await cloudTrail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: 'EventName', AttributeValue: 'RunInstances' }] }),
    );
    expect(Events.length).toBe(50);
    expect(NextToken).toBeDefined();
    expect(new Set(Events.map(({ Username }) => Username))).toEqual(new Set(['AutoScaling']));
  });
});
