import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import type { Plan } from '../../shared/core/plan.ts';
import type { Region } from '../estate/account.ts';
import { PRODUCTION, STAGING } from '../fleet/shop-estate.ts';
import type { Hub } from '../hub/hub.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Acting } from './acting.ts';
import type { Screen } from './screen.ts';
import { showMessages, type } from './terminal.ts';

export interface Stage {
  readonly screen: Screen;
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly acting: Acting;
  /** Wakes right-size with the planned time of now. */
  readonly tick: () => Promise<unknown>;
}

/** The alarm of the job that still reads from reports-2023, as nobody remembered; the policy names it. */
export const EXPORT_ALARM = 'finance-export-failed';

/** From the approval to what was saved: one change kept, one undone, one skipped, one protected, one vetoed, one plan expired. */
export async function playActing(stage: Stage): Promise<{ readonly savings: string }> {
  await meanwhile(stage);
  const heard = stage.sandbox.messages(stage.hub.topicArn).length;
  await kimAnswers(stage);
  await carriedOut(stage, heard);
  await nobodyAnswers(stage);
  return twelveDaysLater(stage);
}

async function meanwhile({ screen, sandbox, acting }: Stage): Promise<void> {
  screen.title('Meanwhile');
  const production = sandbox.estate.account(PRODUCTION).region('ap-northeast-2');
  const staging = sandbox.estate.account(STAGING).region('ap-northeast-2');
  const runner = [...production.ec2.instances.values()].find(({ Tags }) =>
    Tags?.some(({ Value }) => Value === 'load-test-runner-3'),
  );
  runner?.Tags?.push({ Key: 'lamplighter:protect', Value: '2026-12-31' });
  connect(staging, 'orders-qa');
  await acting.lambda.advance({ hours: 2, minutes: 30 });
  screen.detail(
    'The platform team tags load-test-runner-3: lamplighter:protect=2026-12-31. Somebody in QA connects to orders-qa.',
  );
}

/** Three connections from now on, where there were none. */
function connect({ cloudwatch, place }: Region, name: string): void {
  const since = place.world.clock.now().getTime();
  const metric = { namespace: 'AWS/RDS', metric: 'DatabaseConnections', dimensions: { DBInstanceIdentifier: name } };
  cloudwatch.series(metric, function* (periodSeconds, start, end) {
    const step = periodSeconds * 1000;
    for (let at = Math.floor(start / step) * step; at < end; at += step) yield { at, value: at + step > since ? 3 : 0 };
  });
}

async function kimAnswers(stage: Stage): Promise<void> {
  const { screen } = stage;
  const [production, staging] = [await openPlan(stage, PRODUCTION), await openPlan(stage, STAGING)];
  await type(stage, 'list');
  screen.title('Kim of the SRE team answers');
  await type(stage, 'approve', production.id);
  await type(stage, 'veto', staging.id, '--only', numberOf(staging, 'investor-demo'), '--note', 'demo on Thursday');
  await type(stage, 'approve', staging.id, '--only', numberOf(staging, 'orders-qa'));
}

async function carriedOut(stage: Stage, heard: number): Promise<void> {
  const { screen, sandbox, acting } = stage;
  screen.title('carry-out takes snapshots, stops, and watches');
  const production = sandbox.estate.account(PRODUCTION).region('ap-northeast-2');
  const reports = [...production.ec2.instances.values()].find(({ Tags }) =>
    Tags?.some(({ Value }) => Value === 'reports-2023'),
  );
  await screen.step('until reports-2023 is stopped, and its dependent goes into ALARM', async () => {
    await acting.lambda.runUntil(() => reports?.State.Name === 'stopped');
    await acting.lambda.advance({ minutes: 20 });
    raise(production);
  });
  await screen.step('five hours more', () => acting.lambda.advance({ hours: 5 }));
  showMessages(stage, heard);
}

/** The dependent's alarm goes off. */
function raise({ cloudwatch, place }: Region): void {
  const now = place.world.clock.now();
  cloudwatch.alarms.set(EXPORT_ALARM, {
    AlarmName: EXPORT_ALARM,
    AlarmArn: `arn:aws:cloudwatch:${place.region}:${place.account}:alarm:${EXPORT_ALARM}`,
    StateValue: 'ALARM',
    StateReason: 'Threshold Crossed: the export has failed twice',
    StateUpdatedTimestamp: now,
    StateTransitionedTimestamp: now,
    Namespace: 'Shop/Finance',
    MetricName: 'ExportFailed',
    Dimensions: [],
  });
}

async function nobodyAnswers({ screen, acting, tick, sandbox, hub }: Stage): Promise<void> {
  screen.title('Tomorrow: investor-demo is still idle, it is proposed again, and nobody answers');
  await screen.step('the next morning', async () => {
    await acting.lambda.advanceTo(new Date('2026-11-23T21:30:00Z'));
    await tick();
  });
  await screen.step('three days', () => acting.lambda.advance({ days: 3, hours: 1 }));
  const [last] = sandbox.messages(hub.topicArn).slice(-1);
  screen.line(last?.subject ?? '');
}

async function twelveDaysLater(stage: Stage): Promise<{ savings: string }> {
  const { screen, acting } = stage;
  screen.title('Twelve days later: AWS has restarted reviews-old after seven, and carry-out has stopped it again');
  await screen.step('twelve days', () => acting.lambda.advance({ days: 12 }));
  const savings = await type(stage, 'savings', '--by', 'owner');
  await asTold(stage);
  return { savings };
}

/** How each change ended, and how often the cluster was stopped. A story that did not happen is not told. */
async function asTold({ hub, sandbox, screen }: Stage): Promise<void> {
  const changes = await answerLedger({ client: hub.dynamodb, table: hub.table }).changes(new Date(0));
  const ends = changes.map(({ proposal, outcome }) => `${proposal.resource.name} ${outcome}`).sort();
  const told = [
    'investor-demo expired',
    'investor-demo vetoed',
    'load-test-runner-3 skipped',
    'orders-qa skipped',
    'reports-2023 undone',
    'reviews-old kept',
  ];
  if (ends.join() !== told.join()) throw new Error(`the demo ended otherwise: ${ends.join(', ')}`);
  const stops = sandbox.calls.byOperation('StopDBCluster').filter(({ outcome }) => outcome === 'ok').length;
  if (stops < 2) throw new Error(`reviews-old was stopped ${stops} times, so it is not kept stopped`);
  screen.detail(`In the ledger: ${ends.join(', ')}. reviews-old was stopped ${stops} times.`);
}

async function openPlan({ hub }: Stage, account: string): Promise<Plan> {
  const plans = await answerLedger({ client: hub.dynamodb, table: hub.table }).openPlans();
  const plan = plans.find((one) => one.account === account);
  if (!plan) throw new Error(`no plan of ${account} waits for an answer`);
  return plan;
}

const numberOf = (plan: Plan, name: string): string =>
  String(plan.act.findIndex(({ resource }) => resource.name === name) + 1);
