import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { functionEnv, installHub } from '../sandbox/hub/hub.ts';
import { invokeInProcess } from '../sandbox/hub/invoke.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { bundle } from '../scripts/bundle/bundle.ts';
const out = await mkdtemp(join(tmpdir(), 'x-'));
const { file } = await bundle('/tmp/x7/functions/off-hours/handler.ts', out);
const POLICY = { scopes: [{ account: '111111111111', regions: ['ap-northeast-2'] }], calendars: { office: { on: 'Mon-Fri 06:00-20:00' } }, schedules: { office: { calendar: 'office', mode: 'auto' } } };
const TAG = { Key: 'lamplighter:schedule', Value: 'office' };
for (const [i, d, g, s] of [[0,0,0,0],[1500,0,0,0],[0,300,0,0],[0,0,150,0],[0,0,0,50],[1500,300,150,50]] as const) {
  const sandbox = await startSandbox({ now: new Date('2026-11-23T12:00:00Z'), region: 'ap-northeast-2' });
  sandbox.estate.account('111111111111').role('lamplighter-look', { externalId: 'lamplighter' });
  const hub = await installHub(sandbox, { policy: POLICY });
  const r = sandbox.estate.account('111111111111').region('ap-northeast-2');
  for (let n = 0; n < i; n++) r.ec2.addInstance({ InstanceType: 'm5.large', Tags: [{ Key: 'Name', Value: String(n) }, TAG] });
  for (let n = 0; n < d; n++) r.rds.addInstance({ DBInstanceIdentifier: `db-${n}`, TagList: [TAG] });
  for (let n = 0; n < g; n++) r.autoscaling.addGroup({ AutoScalingGroupName: `g-${n}`, MaxSize: 2, DesiredCapacity: 1, Tags: [TAG] });
  for (let n = 0; n < s; n++) r.ecs.addService({ serviceName: `s-${n}`, cluster: 'shop', tags: [{ key: TAG.Key, value: TAG.Value }] });
  const wake = () => invokeInProcess({ file, env: functionEnv(sandbox, hub, 'off-hours'), event: { time: sandbox.clock.now().toISOString() }, now: sandbox.clock.now() });
  await wake();
  const rss = [];
  for (let k = 0; k < 3; k++) { sandbox.clock.advance({ minutes: 5 }); rss.push((await wake()).peakRssMb); }
  console.log([i, d, g, s], rss);
  hub.dynamodb.destroy();
  await sandbox.close();
}
