import { describe, expect, it } from 'vitest';
import {
  instance,
  MONDAY,
  memoryOf,
  openEstate,
  schedule,
  seoul,
  tick,
  ticks,
  toldBy,
  wake,
} from '../support/off-hours.ts';

const TUESDAY = '2026-11-24';
const THURSDAY = '2026-11-26';

/** An instance that off-hours knows, with an alarm that is muted while it is stopped. */
async function noon() {
  const scene = await openEstate({ policy: schedule({ alarms: 'mute' }) });
  const web = instance(scene, 'web');
  scene.region.cloudwatch.alarms.set('web-cpu', {
    AlarmName: 'web-cpu',
    AlarmArn: 'arn:aws:cloudwatch:ap-northeast-2:111111111111:alarm:web-cpu',
    Dimensions: [{ Name: 'InstanceId', Value: web.InstanceId }],
    ActionsEnabled: true,
    AlarmActions: ['arn:aws:sns:ap-northeast-2:111111111111:pager'],
    StateValue: 'OK',
  });
  await tick(scene, seoul(`${MONDAY} 12:00`));
  return { scene, web, isHeard: () => scene.region.cloudwatch.alarms.get('web-cpu')?.ActionsEnabled };
}

describe('while AWS does not answer', () => {
  it('and the execution dies that had muted its alarms, they are heard as soon as its lease lets anybody', async () => {
    const { scene, web, isHeard } = await noon();
    scene.sandbox.faults.add({ operation: 'StopInstances', fault: 'serverError' });
    const evening = seoul(`${MONDAY} 21:00`);
    await scene.lambda.advanceTo(evening);
    await wake(scene, { time: evening.toISOString() });
    while (isHeard()) await scene.lambda.advance({ seconds: 1 });
    for (const { arn, status } of scene.lambda.executions.all()) if (status === 'RUNNING') scene.lambda.stop(arn);
    await ticks(scene, MONDAY, '21:05', '21:30', '23:00');
    await ticks(scene, TUESDAY, '08:00', '08:05', '08:15');
    expect([web.State?.Name, isHeard(), await memoryOf(scene, 'web')]).toMatchObject([
      'running',
      false,
      { muted: ['web-cpu'] },
    ]);
    expect(toldBy(scene).at(-1)?.text).toContain('works on it');
    await ticks(scene, THURSDAY, '08:00', '08:05');
    expect([web.State?.Name, isHeard()]).toEqual(['running', true]);
    expect(await memoryOf(scene, 'web')).not.toHaveProperty('muted');
  });
});
