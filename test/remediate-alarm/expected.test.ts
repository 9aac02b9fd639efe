import { expect, it } from 'vitest';
import { quiet, turned } from '../support/alarmed.ts';
import { group, MONDAY, openEstate, seoul, service, tick, ticks, warehouse } from '../support/off-hours.ts';
import { deliver, toldBy, wake } from '../support/remediate-alarm.ts';

/** Alarms of what off-hours stops besides databases and instances. */

const WATCHED = [
  [
    'web-group',
    { Namespace: 'AWS/AutoScaling', MetricName: 'GroupInServiceInstances' },
    { AutoScalingGroupName: 'web' },
  ],
  [
    'api-tasks',
    { Namespace: 'ECS/ContainerInsights', MetricName: 'RunningTaskCount' },
    { ClusterName: 'default', ServiceName: 'api' },
  ],
  ['dwh-health', { Namespace: 'AWS/Redshift', MetricName: 'HealthStatus' }, { ClusterIdentifier: 'dwh' }],
] as const;

async function officeWithAlarms() {
  const scene = await openEstate();
  group(scene, 'web');
  service(scene, 'api');
  warehouse(scene, 'dwh');
  for (const [name, watches, dimensions] of WATCHED) {
    const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
    quiet(scene, name, { ...watches, Dimensions, ComparisonOperator: 'LessThanThreshold' });
  }
  return scene;
}

const NAMES = WATCHED.map(([name]) => name);

it('are expected while a schedule has it stopped, without a word', async () => {
  const scene = await officeWithAlarms();
  await ticks(scene, MONDAY, '20:55', '21:00');
  const answered = await wake(
    scene,
    NAMES.map((name) => turned(scene, name)),
  );
  expect(answered.flatMap(({ quiet: left }) => left.map(({ guard }) => guard))).toEqual(
    NAMES.map(() => 'stopped-by-us'),
  );
  expect(toldBy(scene)).toEqual([]);
});

it('are told while nobody has stopped it, and so are those of what only has its name', async () => {
  const scene = await officeWithAlarms();
  await tick(scene, seoul(`${MONDAY} 20:55`));
  await deliver(
    scene,
    NAMES.map((name) => turned(scene, name)),
  );
  for (const name of NAMES) expect(toldBy(scene)[0]?.text).toContain(name);

  await tick(scene, seoul(`${MONDAY} 21:00`));
  const others = { Namespace: 'AWS/ElastiCache', MetricName: 'CPUUtilization' };
  quiet(scene, 'cache', { ...others, Dimensions: [{ Name: 'ClusterIdentifier', Value: 'dwh' }] });
  await deliver(scene, [turned(scene, 'cache')]);
  expect(toldBy(scene)[1]?.text).toContain('cache');
});
