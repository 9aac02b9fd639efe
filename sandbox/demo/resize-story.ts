import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';
import { seedSizingFleet } from '../fleet/sizing/sizing-fleet.ts';
import type { SizingFleet, SizingTruth } from '../fleet/sizing/truth.ts';
import type { Hub } from '../hub/hub.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Acting } from './acting.ts';
import { indented } from './indented.ts';
import { paintVerdicts, type Screen } from './screen.ts';
import { showMessages, type } from './terminal.ts';

/** An account that joins the shop late. */
const ACCOUNT = '444444444444';
const REGION = 'ap-northeast-2';

const ASKED = ['oversized-instance', 'volume-type'] as const;

/** Half of what is too big at once: the default of 5 % would be one instance. */
const CAP = { cap: { share: '50%' } };

const POLICY = {
  timezone: 'Asia/Seoul',
  scopes: [{ account: ACCOUNT, regions: [REGION] }],
  defaults: { mode: 'approve', savings: 'list' },
  approvers: [{ accounts: '*', principals: ['arn:aws:iam::123456789012:role/sre-*'] }],
  rules: {
    ...Object.fromEntries(RULE_IDS.map((id) => [id, { mode: 'off' }])),
    ...Object.fromEntries(ASKED.map((id) => [id, CAP])),
  },
};

export interface ResizeStage {
  readonly screen: Screen;
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly acting: Acting;
  readonly externalId: string;
  /** Wakes right-size. */
  readonly wake: (event: object) => Promise<{ readonly result: unknown }>;
}

/** Two instances made smaller, one of which does not get away with it; a volume changed; and what is only suggested. */
export async function playResizes(stage: ResizeStage): Promise<{ readonly resizes: string }> {
  const { screen, sandbox, hub, wake } = stage;
  const fleet = seed(stage);
  await hub.storePolicy(POLICY);
  screen.title('What is too big? right-size looks at another account');
  const time = sandbox.clock.now().toISOString();
  await screen.step('the next tick', async () => {
    await wake({ time });
    await stage.acting.lambda.settle();
  });
  const { result: table } = await wake({ time, rules: ASKED, format: 'table' });
  screen.detail(indented(paintVerdicts(withoutRoots(String(table)))));
  screen.line(sandbox.messages(hub.topicArn).at(-1)?.subject ?? '');
  const { result: why } = await wake({ time, resource: nameOf(stage, one(fleet, 'steady')), format: 'table' });
  screen.detail(`\n${indented(sizingIn(String(why)))}`);
  await carriedOut(stage, fleet);
  await asTold(stage);
  return { resizes: String(table) };
}

function seed({ sandbox, externalId }: ResizeStage): SizingFleet {
  return seedSizingFleet(sandbox, {
    account: ACCOUNT,
    region: REGION,
    externalId,
    labels: ['oversized', 'steady', 'memory-unknown', 'right-sized', 'memory-bound'],
    instances: 5,
    databases: 0,
    volumes: 4,
    snapshots: 0,
  });
}

/** The table without the volumes that nobody named: what the instances boot from. */
const withoutRoots = (table: string): string =>
  table
    .split('\n')
    .filter((line) => !/ vol-[0-9a-f]+ /.test(line))
    .join('\n');

/** What the explanation says of the size: what is needed, and what was considered around the type that was chosen. */
function sizingIn(explanation: string): string {
  const [title, , needs, types = ''] = explanation.split('\n\n');
  const [head, ...rows] = types.split('\n');
  const chosen = rows.findIndex((row) => row.includes('the cheapest that is'));
  const around = rows.slice(Math.max(0, chosen - 4), chosen + 2);
  return [title, needs, [head, '...', ...around, '...', rows.at(-1)].join('\n')].join('\n\n');
}

async function carriedOut(stage: ResizeStage, fleet: SizingFleet): Promise<void> {
  const { screen, sandbox, hub, acting } = stage;
  const [plan] = await answerLedger({ client: hub.dynamodb, table: hub.table }).openPlans();
  if (!plan) throw new Error('no plan waits for an answer');
  const heard = sandbox.messages(hub.topicArn).length;
  screen.title('Approved: carry-out stops, changes and starts them, and watches their load');
  await type(stage, 'approve', plan.id);
  const { ec2 } = sandbox.estate.account(ACCOUNT).region(REGION);
  const steady = one(fleet, 'steady');
  const instance = ec2.instances.get(steady.id);
  await screen.step(
    `until ${nameOf(stage, steady)} runs on half the size; a minute later it has twice as much to do`,
    async () => {
      await acting.lambda.runUntil(
        () => instance?.State.Name === 'running' && instance.InstanceType !== steady.boughtAs,
      );
      await acting.lambda.advance({ minutes: 1 });
      steady.surge?.to(2);
    },
  );
  const doubled = sandbox.clock.now().getTime();
  await screen.step('until it is what it was', () =>
    acting.lambda.runUntil(() => instance?.State.Name === 'running' && instance.InstanceType === steady.boughtAs),
  );
  const minutes = Math.round((sandbox.clock.now().getTime() - doubled) / 60_000);
  screen.detail(`${minutes} minutes after its load had doubled it runs on ${steady.boughtAs} again.`);
  await screen.step('until the others have been watched', () => acting.lambda.advance({ hours: 7 }));
  showMessages(stage, heard);
}

/** What the story tells must have happened. */
async function asTold({ hub, screen }: ResizeStage): Promise<void> {
  const changes = await answerLedger({ client: hub.dynamodb, table: hub.table }).changes(new Date(0));
  const ends = changes
    .filter(({ proposal }) => proposal.resource.arn.includes(`:${ACCOUNT}:`))
    .map(({ proposal, outcome }) => `${proposal.resource.name} ${outcome}`)
    .sort();
  screen.detail(`In the ledger: ${ends.join(', ')}.`);
  const told = ['gp2-fast-4 kept', 'oversized-1 kept', 'steady-2 undone'];
  if (ends.join() !== told.join()) throw new Error(`the demo ended otherwise: ${ends.join(', ')}`);
}

function one(fleet: SizingFleet, label: SizingTruth['label']): SizingTruth {
  const [truth] = fleet.labelled(label);
  if (!truth) throw new Error(`nothing is ${label}`);
  return truth;
}

function nameOf({ sandbox }: ResizeStage, { id }: SizingTruth): string {
  const { Tags = [] } = sandbox.estate.account(ACCOUNT).region(REGION).ec2.instances.get(id) ?? {};
  return Tags.find(({ Key }) => Key === 'Name')?.Value ?? id;
}
