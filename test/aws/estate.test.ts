import { beforeEach, describe, expect, it } from 'vitest';
import { assumedRole } from '../../shared/aws/assumed-role.ts';
import { awsEstate } from '../../shared/aws/estate.ts';
import type { Evidence } from '../../shared/core/evidence.ts';
import type { DailySeries, EvidenceKind, Facts } from '../../shared/core/facts.ts';
import type { ScopeReader } from '../../shared/ports.ts';
import { stageForEachTest } from '../sandbox/clients.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const SCOPE = { account: '123456789012', region: 'ap-northeast-2' };
const RANGE = { from: new Date('2026-11-21T00:00:00Z'), to: NOW };
const stage = stageForEachTest({ now: NOW });
let reader: ScopeReader;

beforeEach(async () => {
  // The clients of a scope are made by the estate itself; like those of Lambda they find AWS by the environment.
  Object.assign(process.env, stage.sandbox.env);
  stage.sandbox.estate.hub.role('lamplighter-look', {});
  const role = { roleName: 'lamplighter-look', externalId: 'any', sessionName: 'test', partition: 'aws' };
  reader = await awsEstate(assumedRole(stage.clients.sts, role)).open(SCOPE);
});

/** The same value at noon of both days. */
function measure(namespace: string, metric: string, dimensions: Record<string, string>, ...values: number[]): void {
  const points = values.map((value) => ({ at: new Date('2026-11-21T11:00:00Z'), value }));
  stage.home.cloudwatch.put({ namespace, metric, dimensions }, points);
}

async function firstDayOf(wants: ReadonlyMap<Facts, EvidenceKind>): Promise<Record<string, unknown>> {
  const answers = await reader.read(wants, RANGE);
  return Object.fromEntries(
    [...wants.keys()].map(({ name, identity }) => {
      const answer = answers.get(identity.arn) as Evidence<DailySeries>;
      return [name, answer.known ? answer.value.values[0] : answer.why];
    }),
  );
}

async function everything(): Promise<Facts[]> {
  return [...(await reader.inventory('instance')), ...(await reader.inventory('database'))];
}

const named = (all: readonly Facts[], name: string): Facts => all.find((one) => one.name === name)!;

describe('evidence from metrics', () => {
  let all: Facts[];

  beforeEach(async () => {
    const { InstanceId } = stage.home.ec2.addInstance({ Tags: [{ Key: 'Name', Value: 'web' }] });
    stage.home.rds.addInstance({ DBInstanceIdentifier: 'orders' });
    stage.home.rds.addCluster({ DBClusterIdentifier: 'carts', Engine: 'aurora-mysql' });
    for (const [index, name] of ['orders', 'carts-1', 'carts-2'].entries()) {
      const inCluster = { DBClusterIdentifier: 'carts', Engine: 'aurora-mysql' };
      if (index > 0) stage.home.rds.addInstance({ DBInstanceIdentifier: name, ...inCluster });
      const by = { DBInstanceIdentifier: name };
      measure('AWS/RDS', 'DatabaseConnections', by, 0, 10 ** index);
      measure('AWS/RDS', 'ReadIOPS', by, 2, 3);
      measure('AWS/RDS', 'WriteIOPS', by, 40, 20);
    }
    measure('AWS/EC2', 'CPUUtilization', { InstanceId }, 1, 77, 3);
    measure('AWS/EC2', 'NetworkIn', { InstanceId }, 1000, 2000);
    measure('AWS/EC2', 'NetworkOut', { InstanceId }, 500);
    all = await everything();
    stage.sandbox.calls.clear();
  });

  it.each<[EvidenceKind, string, number]>([
    ['peakCpuPercent', 'web', 77],
    ['networkBytes', 'web', 3500], // in and out
    ['peakConnections', 'orders', 1],
    ['peakIops', 'orders', 43], // the peaks of both
    ['peakConnections', 'carts', 110], // over the members
    ['peakIops', 'carts', 86],
  ])('%s of %s is what was measured', async (kind, name, value) => {
    expect(await firstDayOf(new Map([[named(all, name), kind]]))).toEqual({ [name]: value });
  });

  it('of different kinds shares one call, and each resource gets its own', async () => {
    const wants = new Map<Facts, EvidenceKind>([
      [named(all, 'carts'), 'peakIops'],
      [named(all, 'web'), 'networkBytes'],
      [named(all, 'orders'), 'peakConnections'],
    ]);
    expect(await firstDayOf(wants)).toEqual({ carts: 86, web: 3500, orders: 1 });
    expect(stage.sandbox.calls.count()).toBe(1);
  });

  it('of a cluster is unknown for a day on which one member was not measured', async () => {
    stage.home.rds.addInstance({
      DBInstanceIdentifier: 'carts-3',
      DBClusterIdentifier: 'carts',
      Engine: 'aurora-mysql',
    });
    const carts = named(await everything(), 'carts');
    expect(await firstDayOf(new Map([[carts, 'peakConnections']]))).toEqual({ carts: undefined });
  });
});

it('asks different questions side by side, and one that is denied leaves the others known', async () => {
  stage.home.ec2.addInstance({ Tags: [{ Key: 'Name', Value: 'one' }] });
  stage.home.ec2.addInstance({ Tags: [{ Key: 'Name', Value: 'two' }] });
  const all = await everything();
  stage.sandbox.faults.add({ operation: 'DescribeInstanceAttribute', fault: 'accessDenied' });
  const [one, two] = [named(all, 'one'), named(all, 'two')];
  const answers = await reader.read(
    new Map<Facts, EvidenceKind>([
      [one, 'stopProtection'],
      [two, 'instanceStore'],
    ]),
    RANGE,
  );
  expect(answers.get(one.identity.arn)).toEqual({ known: false, why: 'UnauthorizedOperation' });
  expect(answers.get(two.identity.arn)).toEqual({ known: true, value: false });
});

it('throws what is no refusal', async () => {
  stage.home.ec2.addInstance({});
  const [one] = await everything();
  stage.sandbox.faults.add({
    operation: 'DescribeVolumes',
    fault: { error: { code: 'InvalidParameterValue', message: '' } },
  });
  await expect(reader.read(new Map([[one!, 'volumes' as const]]), RANGE)).rejects.toMatchObject({
    name: 'InvalidParameterValue',
  });
});
