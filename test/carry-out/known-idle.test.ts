import { expect, it } from 'vitest';
import {
  changeOf,
  handOver,
  idleDatabase,
  mutations,
  openScene,
  outcomesOf,
  type Scene,
  stopOf,
  takingBack,
} from '../support/carry-out.ts';

const DAY = 86_400_000;

/** As CloudWatch has them: none of the days on which the database was stopped from beginning to end. */
function silentWhile({ region }: Scene, name: string, stopped: readonly { from: number; to: number }[]): void {
  for (const metric of ['DatabaseConnections', 'ReadIOPS', 'WriteIOPS']) {
    const dimensions = { DBInstanceIdentifier: name };
    region.cloudwatch.series({ namespace: 'AWS/RDS', metric, dimensions }, function* (periodSeconds, start, end) {
      for (let at = start; at < end; at += periodSeconds * 1000) {
        if (stopped.every(({ from, to }) => at < from || at + DAY > to)) yield { at, value: 0 };
      }
    });
  }
}

/** Stopped by Lamplighter for ten days, started by a person, and proposed again two weeks later. */
async function stoppedBefore(byUs: boolean) {
  const scene = await openScene();
  const database = idleDatabase(scene, 'orders-qa');
  const from = scene.sandbox.clock.now().getTime();
  if (byUs) await handOver(scene, [stopOf(database)], { approved: true });
  await scene.lambda.advance({ days: 10 });
  if (byUs) await handOver(scene, [takingBack(stopOf(database))], { function: 'undo', approved: true });
  await scene.lambda.advance({ hours: 1 });
  const [restart, to] = [from + 7 * DAY + 1_800_000, scene.sandbox.clock.now().getTime()];
  const spans = [
    { from, to: restart },
    { from: restart, to },
  ];
  silentWhile(scene, 'orders-qa', byUs ? spans : [{ from, to }]);
  await scene.lambda.advance({ days: 14 });
  scene.sandbox.calls.clear();
  const { plan } = await handOver(scene, [stopOf(database)], { approved: true });
  await scene.lambda.advance({ hours: 6 });
  return { scene, plan };
}

it('days on which Lamplighter kept it stopped count as idle: it may be stopped again', async () => {
  const { scene, plan } = await stoppedBefore(true);
  expect(await outcomesOf(scene, plan)).toEqual(['kept']);
  expect(mutations(scene)).toHaveLength(2);
});

it('days of which nobody knows anything do not', async () => {
  const { scene, plan } = await stoppedBefore(false);
  expect(await changeOf(scene, plan)).toMatchObject({
    outcome: 'skipped',
    because: expect.stringContaining('incomplete: no data for 9 of 35 days'),
  });
});
