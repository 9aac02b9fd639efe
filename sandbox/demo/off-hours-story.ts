import type { AccountReport } from '../../functions/off-hours/report.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import { localTime } from '../../shared/core/time.ts';
import type { Hub } from '../hub/hub.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Acting } from './acting.ts';
import { indented } from './indented.ts';
import type { Screen } from './screen.ts';

const ACCOUNT = '666666666666';
const REGION = 'ap-northeast-2';

const POLICY = {
  timezone: 'Asia/Seoul',
  scopes: [{ account: ACCOUNT, regions: [REGION] }],
  defaults: { mode: 'report', savings: 'list' },
  approvers: [{ accounts: '*', principals: ['arn:aws:iam::123456789012:role/sre-*'] }],
  rules: Object.fromEntries(RULE_IDS.map((id) => [id, { mode: 'off' }])),
  calendars: { seoul: { timezone: 'Asia/Seoul', on: 'Mon-Fri 08:00-21:00', holidays: 'KR' } },
  schedules: {
    office: { calendar: 'seoul', mode: 'auto', order: [['databases'], ['groups'], ['services'], ['instances']] },
  },
};

export interface OffHoursStage {
  readonly screen: Screen;
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly acting: Acting;
  readonly externalId: string;
  readonly wake: (event: object) => Promise<{ readonly result: unknown }>;
}

const seoul = (text: string): Date => new Date(`${text.replace(' ', 'T')}:00+09:00`);

export async function playOffHours(stage: OffHoursStage): Promise<{ readonly offHours: string }> {
  const { screen, sandbox, hub, acting } = stage;
  await screen.step('advance', () => acting.lambda.advanceTo(seoul('2027-02-05 18:00')));
  await screen.step('seed', async () => { seed(stage); await hub.storePolicy(POLICY); });
  const heard = sandbox.messages(hub.topicArn).length;
  await screen.step('first', () => tick(stage, '2027-02-05 18:00'));
  for (const { subject = '', message } of sandbox.messages(hub.topicArn).slice(heard)) {
    screen.line(subject);
    screen.detail(indented((JSON.parse(message) as { email: string }).email));
  }
  await acting.lambda.advanceTo(seoul('2027-02-05 20:40'));
  const { ec2 } = sandbox.estate.account(ACCOUNT).region(REGION);
  const build = [...ec2.instances.values()].find(({ Tags }) => Tags?.some(({ Value }) => Value === 'build-dev'))!;
  const legacy = [...ec2.instances.values()].find(({ Tags }) => Tags?.some(({ Value }) => Value === 'legacy-dev'))!;
  const arn = `arn:aws:ec2:${REGION}:${ACCOUNT}:instance/${build.InstanceId}`;
  console.log(await acting.answer('keep-on', arn, '--until', '2027-02-05T23:00', '--note', 'the release is tonight'));
  let last: any;
  await screen.step('21:00', async () => { last = await tick(stage, '2027-02-05 21:00'); });
  console.log(JSON.stringify(last, undefined, 1));
  for (const t of ['21:05','21:10','21:15','21:20']) await screen.step(t, async () => { last = await tick(stage, `2027-02-05 ${t}`, 'table'); console.log(last) });
  const plans = await answerLedger({ client: hub.dynamodb, table: hub.table }).changes(seoul('2027-02-05 20:00'));
  console.log(plans.map((c)=>[c.id,c.proposal.resource.name,c.outcome,c.appliedAt,c.finishedAt,c.because].join(' ')).join('\n'));
  console.log(await acting.answer('show', plans[0]!.planId));
  for (const t of ['2027-02-05 23:00','2027-02-05 23:05','2027-02-08 08:00','2027-02-09 08:00']) await screen.step(t, async () => { last = await tick(stage, t, 'table'); console.log(last) });
  console.log((await stage.wake({preview:'office', days: 6, format:'table'})).result);
  console.log((await stage.wake({resource:'web-dev', format:'table'})).result);
  for (const t of ['08:00','08:05','08:10','08:15', '08:20']) await screen.step(t, async () => { last = await tick(stage, `2027-02-10 ${t}`, 'table'); console.log(last) });
  console.log((await stage.wake({from: seoul('2027-02-05 20:00').toISOString(), to: sandbox.clock.now().toISOString(), format:'table'})).result);
  console.log(await acting.answer('savings', '--by', 'schedule', '--since','2027-02-01'));
  console.log(await acting.answer('savings', '--by', 'schedule'));
  console.log(legacy.State);
  return { offHours: '' };
}

async function tick({ sandbox, acting, wake }: OffHoursStage, at: string, format?: string): Promise<unknown> {
  if (seoul(at) > sandbox.clock.now()) await acting.lambda.advanceTo(seoul(at));
  const { result } = await wake({ time: sandbox.clock.now().toISOString(), ...(format ? { format } : {}) });
  await acting.lambda.settle();
  return result;
}

function seed({ sandbox, externalId }: OffHoursStage): void {
  const account = sandbox.estate.account(ACCOUNT);
  for (const role of ['lamplighter-look', 'lamplighter-act']) account.role(role, { externalId });
  const { ec2, rds, autoscaling, ecs, applicationAutoScaling } = account.region(REGION);
  const tags = (name: string) => [{ Key: 'Name', Value: name }, { Key: 'lamplighter:schedule', Value: 'office' }];
  for (const n of ['web-dev', 'build-dev', 'legacy-dev']) ec2.addInstance({ InstanceType: n === 'build-dev' ? 'c6i.4xlarge' : 'm5.xlarge', Tags: tags(n), ...(n === 'legacy-dev' ? { State: { Name: 'stopped', Code: 80 } } : {}) });
  rds.addInstance({ DBInstanceIdentifier: 'orders-dev', Engine: 'postgres', DBInstanceClass: 'db.r6g.large', TagList: tags('x').slice(1) });
  const group = autoscaling.addGroup({ AutoScalingGroupName: 'workers-dev', MinSize: 2, DesiredCapacity: 3, MaxSize: 6, instanceType: 'm5.large', Tags: tags('x').slice(1) });
  autoscaling.join(group, Array.from({ length: 3 }, () => ec2.addInstance({ InstanceType: 'm5.large' })));
  ecs.addService({ serviceName: 'api-dev', cluster: 'shop', desiredCount: 2, tags: [{ key: 'lamplighter:schedule', value: 'office' }] });
  applicationAutoScaling.addTarget({ ResourceId: 'service/shop/api-dev', MinCapacity: 2, MaxCapacity: 6 });
}
