import { describe, expect, it } from 'vitest';
import { exhausted, failing, filling, loaded, turned } from '../support/alarmed.ts';
import { mutations, type Scene } from '../support/carry-out.ts';
import { approve, changesOf, deliver, openNight } from '../support/remediate-alarm.ts';

/** Approved twenty hours after its plan, with the alarm still on; what became of it. */
async function approvedLate(scene: Scene, alarm: string, meanwhile: () => void) {
  await deliver(scene, [turned(scene, alarm)]);
  await scene.lambda.advance({ hours: 20 });
  meanwhile();
  await approve(scene);
  await scene.lambda.advance({ hours: 3 });
  return (await changesOf(scene))[0];
}

const APPROVE = { remediation: { modes: { 'instance-unwell': 'approve', 'database-storage-low': 'approve' } } };

const skipped = (because: string) => ({ outcome: 'skipped', because: expect.stringContaining(because) as string });

describe('a stop and a start that was approved late', () => {
  type Stored = ReturnType<typeof failing>['stored'];

  it.each<[string, (stored: Stored, scene: Scene) => void, string]>([
    [
      'it is of an Auto Scaling group',
      (stored) => stored.Tags?.push({ Key: 'aws:autoscaling:groupName', Value: 'web' }),
      'owned by the Auto Scaling group web',
    ],
    [
      'a stop would cost it its address',
      (stored) =>
        Object.assign(stored, {
          NetworkInterfaces: [{ Association: { PublicIp: '203.0.113.9', IpOwnerId: 'amazon' } }],
        }),
      'a stop would release its public IPv4 address',
    ],
    ['its checks pass', (_, { region }) => region.ec2.impairments.clear(), 'all its status checks pass by now'],
    [
      'only its own system is unwell',
      ({ InstanceId }, { region, sandbox }) =>
        region.ec2.impairments.set(InstanceId, [{ check: 'instance', since: sandbox.clock.now(), until: 'never' }]),
      'its runbook would reboot the instance by now',
    ],
  ])('is not made when %s by then', async (_, happen, because) => {
    const scene = await openNight({ policy: APPROVE });
    const { alarm, stored } = failing(scene, 'web', 'system', false);
    expect(await approvedLate(scene, alarm, () => happen(stored, scene))).toMatchObject(skipped(because));
    expect(mutations(scene)).toEqual([]);
  });

  it('is made when all is as it was', async () => {
    const scene = await openNight({ policy: APPROVE });
    const { alarm } = failing(scene, 'web', 'system');
    expect(await approvedLate(scene, alarm, () => undefined)).toMatchObject({ outcome: 'kept' });
  });
});

describe('a larger class that was approved late', () => {
  it('is not given to a database that has another one by then', async () => {
    const scene = await openNight();
    const { alarm, stored } = loaded(scene, 'carts');
    const ended = await approvedLate(scene, alarm, () => Object.assign(stored, { DBInstanceClass: 'db.r6g.2xlarge' }));
    expect(ended).toMatchObject({ outcome: 'skipped' });
    expect(mutations(scene)).toEqual([]);
  });

  it('is not given to a database that code is the owner of by then', async () => {
    const scene = await openNight();
    const { alarm, stored } = loaded(scene, 'carts');
    const TagList = [{ Key: 'aws:cloudformation:stack-name', Value: 'shop' }];
    const ended = await approvedLate(scene, alarm, () => Object.assign(stored, { TagList }));
    expect(ended).toMatchObject(skipped('which would take another class back'));
  });

  it('is given while it is still one step up', async () => {
    const scene = await openNight();
    const { alarm, stored } = loaded(scene, 'carts');
    await approvedLate(scene, alarm, () => undefined);
    expect(stored.DBInstanceClass).toBe('db.r6g.xlarge');
  });
});

describe('larger storage that was approved late', () => {
  it.each([
    ['it needs a little more by then', () => undefined, { outcome: 'kept' }],
    [
      'it has grown by then',
      (stored: object) => Object.assign(stored, { AllocatedStorage: 120 }),
      skipped('its runbook would grow the storage of the database from 120 GiB'),
    ],
    [
      'RDS changes it just then',
      (stored: object) => Object.assign(stored, { DBInstanceStatus: 'storage-optimization' }),
      skipped('its status is storage-optimization'),
    ],
  ])('when %s', async (_, happen, ending) => {
    const scene = await openNight({ policy: APPROVE });
    const { alarm, stored } = filling(scene, 'orders');
    expect(await approvedLate(scene, alarm, () => void happen(stored))).toMatchObject(ending);
  });
});

it('credits that are unlimited by then are not touched', async () => {
  const scene = await openNight();
  const { alarm, stored } = exhausted(scene, 'batch');
  const ended = await approvedLate(scene, alarm, () => scene.region.ec2.cpuCredits.set(stored.InstanceId, 'unlimited'));
  expect(ended).toMatchObject({ outcome: 'skipped' });
  expect(mutations(scene)).toEqual([]);
});
