import { it } from 'vitest';
import { once, turn } from '../support/alarmed.ts';
import type { Scene } from '../support/carry-out.ts';
import { type Cast, everywhere, isTurn, killAndResume } from '../support/carry-out-kills.ts';
import { alarmOn, exhausted, openAlarmedScene, REMEDY, saturated } from '../support/remedies.ts';

const larger: Cast = (scene, name) => [saturated(scene, name).proposal];

/** Another alarm of the instance goes off once its credits are unlimited. */
const worsening: Cast = (scene, name) => {
  const { proposal } = exhausted(scene, name);
  const { cloudwatch, ec2 } = scene.region;
  const id = proposal.resource.arn.split('/').at(-1) ?? '';
  const alarm = `${name}-latency`;
  alarmOn(scene, alarm, {
    Namespace: 'Shop',
    MetricName: 'latency',
    Dimensions: [{ Name: 'InstanceId', Value: id }],
  });
  Object.assign(cloudwatch.alarms.get(alarm) ?? {}, { StateValue: 'OK' });
  const isUnlimited = () => ec2.cpuCredits.get(id) === 'unlimited';
  once(scene, isUnlimited, () => scene.sandbox.clock.after(60_000, () => turn(scene, alarm, 'ALARM')));
  return [proposal];
};

const open = () => openAlarmedScene();
const APPROVED = { ...REMEDY, approved: true };

const classOf = ({ region }: Scene, { resource }: ReturnType<Cast>[number]): string | undefined =>
  region.rds.instances.get(resource.name)?.DBInstanceClass;
const creditsOf = ({ region }: Scene, { resource }: ReturnType<Cast>[number]): string | undefined =>
  region.ec2.cpuCredits.get(resource.arn.split('/').at(-1) ?? '');

/** The modes that were asked for. Who dies just then asks again: that is the same as having asked once. */
const modesIn = ({ sandbox }: Scene): string[] =>
  sandbox.calls
    .all()
    .filter(({ operation, outcome }) => outcome === 'ok' && operation === 'ModifyInstanceCreditSpecification')
    .map(({ input }) => (JSON.stringify(input).includes('unlimited') ? 'unlimited' : 'standard'))
    .filter((mode, index, all) => mode !== all[index - 1]);

it('a larger class, killed at every call and checkpoint, before and after by turns', { timeout: 600_000 }, () =>
  killAndResume({
    cast: larger,
    mutations: 1,
    open,
    handing: APPROVED,
    state: classOf,
    deaths: (counts) => everywhere(counts).filter(isTurn),
  }),
);

it('unlimited credits that make it worse, and go back, killed at every call and checkpoint', { timeout: 600_000 }, () =>
  killAndResume({
    cast: worsening,
    outcomes: ['undone'],
    statuses: ['FAILED'],
    mutations: 2,
    doneIn: modesIn,
    open,
    handing: APPROVED,
    state: creditsOf,
    deaths: everywhere,
  }),
);
