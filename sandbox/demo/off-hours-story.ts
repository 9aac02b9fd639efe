import type { AccountReport } from '../../functions/off-hours/report.ts';
import { changesIn } from '../../shared/aws/ledger/changes.ts';
import { offHoursLedger } from '../../shared/aws/ledger/off-hours.ts';
import { describeAction, directionOf } from '../../shared/core/action.ts';
import type { Change } from '../../shared/core/change.ts';
import { formatMoney, HOURS_PER_MONTH, times } from '../../shared/core/money.ts';
import { textTable } from '../../shared/core/table.ts';
import { localTime } from '../../shared/core/time.ts';
import { instanceState } from '../estate/ec2-shapes.ts';
import type { Hub } from '../hub/hub.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Acting } from './acting.ts';
import { indented } from './indented.ts';
import { ACCOUNT, arnOf, instanceNamed, officeIn, POLICY, seedOffice, TIMEZONE } from './off-hours-office.ts';
import type { Screen } from './screen.ts';
import { showMessages, type } from './terminal.ts';

export interface OffHoursStage {
  readonly screen: Screen;
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly acting: Acting;
  readonly externalId: string;
  /** Wakes off-hours. */
  readonly wake: (event: object) => Promise<{ readonly result: unknown }>;
}

/** The evening before the Korean New Year, a person who works late, two mornings on which nothing starts, and the next one. */
export async function playOffHours(stage: OffHoursStage): Promise<{ readonly offHours: string }> {
  await firstSight(stage);
  const before = officeIn(stage.sandbox);
  await evening(stage);
  await holidays(stage);
  await workingMorning(stage);
  const savings = await type(stage, 'savings', '--by', 'schedule');
  await asTold(stage, before);
  return { offHours: savings };
}

async function firstSight(stage: OffHoursStage): Promise<void> {
  const { screen, sandbox, hub, acting, externalId } = stage;
  screen.title('Who needs it at night? off-hours keeps office hours in another account');
  seedOffice(sandbox, externalId);
  await screen.step('until Friday, 18:00, before the Korean New Year', () =>
    acting.lambda.advanceTo(seoul('2027-02-05 18:00')),
  );
  await hub.storePolicy(POLICY);
  const heard = sandbox.messages(hub.topicArn).length;
  await screen.step('the first tick that sees what has the tag lamplighter:schedule=office', () => tick(stage));
  showMessages(stage, heard);
}

async function evening(stage: OffHoursStage): Promise<void> {
  const { screen, sandbox, acting } = stage;
  screen.title('Friday evening: somebody stops legacy-dev by hand, and Kim works late');
  await acting.lambda.advanceTo(seoul('2027-02-05 20:40'));
  instanceNamed(sandbox, 'legacy-dev').State = instanceState('stopped');
  const build = arnOf(instanceNamed(sandbox, 'build-dev'));
  await type(stage, 'keep-on', build, '--until', '2027-02-05T23:00', '--note', 'the release is tonight');
  const report = await screen.step('21:00, and a tick every five minutes until all is done', () =>
    turn(stage, '2027-02-05 21:00'),
  );
  screen.detail(indented(leftIn(report)));
  await screen.step('23:00, when what Kim said is over', () => turn(stage, '2027-02-05 23:00'));
  const rows = (await changesSince(stage, '2027-02-05 21:00')).map((one) => [...columnsOf(one), hourlyOf(one)]);
  screen.detail(indented(textTable(['at', 'resource', 'done', 'saves an hour'], rows)));
}

async function holidays(stage: OffHoursStage): Promise<void> {
  const { screen } = stage;
  screen.title('Monday, 08:00: nothing starts, and why');
  screen.detail(indented(leftIn(await screen.step('08:00', () => turn(stage, '2027-02-08 08:00')))));
  const asked = { preview: 'office', days: 2, format: 'table' };
  const { result: preview } = await stage.wake(asked);
  screen.detail(`$ npx serverless invoke -f off-hours -d '${JSON.stringify(asked)}'\n${indented(String(preview))}\n`);
  screen.detail(indented(leftIn(await screen.step('Tuesday, 08:00', () => turn(stage, '2027-02-09 08:00')))));
}

async function workingMorning(stage: OffHoursStage): Promise<void> {
  const { screen } = stage;
  screen.title('Wednesday, 08:00: what off-hours has stopped starts, the other way round');
  const report = await screen.step('08:00, and a tick every five minutes until all is done', () =>
    turn(stage, '2027-02-10 08:00'),
  );
  const rows = (await changesSince(stage, '2027-02-10 08:00')).map(columnsOf);
  screen.detail(indented(textTable(['at', 'resource', 'done'], rows)));
  screen.detail(`${indented(leftIn(report))}\n`);
}

/** What its schedule hands over now. */
async function tick({ sandbox, acting, wake }: OffHoursStage): Promise<AccountReport | undefined> {
  const { result } = await wake({ time: sandbox.clock.now().toISOString() });
  await acting.lambda.settle();
  return (result as AccountReport[]).find(({ account }) => account === ACCOUNT);
}

/** A tick at this time, and the next ones for as long as something is under way; what the first of them has found. */
async function turn(stage: OffHoursStage, at: string): Promise<AccountReport | undefined> {
  const { acting, hub } = stage;
  const ledger = offHoursLedger({ client: hub.dynamodb, table: hub.table });
  await acting.lambda.advanceTo(seoul(at));
  const report = await tick(stage);
  for (let ticks = 1; ticks < 12; ticks++) {
    const kept = await ledger.kept(ACCOUNT);
    if (!kept?.memories.some(({ pending }) => pending)) return report;
    await acting.lambda.advance({ minutes: 5 });
    await tick(stage);
  }
  throw new Error(`what off-hours wants since ${at} is not done within an hour`);
}

/** What was done since then, in its order. */
async function changesSince({ hub }: OffHoursStage, since: string): Promise<Change[]> {
  const changes = await changesIn({ client: hub.dynamodb, table: hub.table }).changes(seoul(since));
  return changes
    .filter((change) => change.account === ACCOUNT && timeOf(change) >= seoul(since))
    .sort((a, b) => timeOf(a).getTime() - timeOf(b).getTime() || (nameOf(a) < nameOf(b) ? -1 : 1));
}

const timeOf = ({ appliedAt, finishedAt }: Change): Date => new Date(appliedAt ?? finishedAt);

const nameOf = ({ proposal }: Change): string => proposal.resource.name;

const columnsOf = (change: Change): string[] => [
  localTime(timeOf(change), TIMEZONE),
  nameOf(change),
  describeAction(change.proposal.action),
];

function hourlyOf({ proposal: { saving } }: Change): string {
  if (!saving.known) return `unknown: ${saving.why}`;
  return formatMoney(times(1 / HOURS_PER_MONTH, saving.value.monthly));
}

/** What a tick has left as it is, by the reason. */
function leftIn(report: AccountReport | undefined): string {
  const byReason = Map.groupBy(report?.left ?? [], ({ because }) => because);
  return [...byReason]
    .map(([because, these]) => `left alone: ${these.map(({ name }) => name).join(', ')}: ${because}`)
    .join('\n');
}

/** A local time of Seoul: `2027-02-05 18:00`. */
const seoul = (text: string): Date => new Date(`${text.replace(' ', 'T')}:00+09:00`);

/** All in its order and at its hour, nothing on the holidays; in the end everything as it was, but what somebody has stopped. */
async function asTold(stage: OffHoursStage, before: readonly string[]): Promise<void> {
  const done = (await changesSince(stage, '2027-02-05 18:00')).map((change) => {
    const hour = localTime(timeOf(change), TIMEZONE).slice(0, 13);
    return `${hour} ${directionOf(change.proposal.action)} ${nameOf(change)} ${change.outcome}`;
  });
  const told = [
    ...['web-dev', 'api-dev', 'workers-dev', 'orders-dev'].map((name) => `2027-02-05 21 takes ${name} kept`),
    '2027-02-05 23 takes build-dev kept',
    ...['orders-dev', 'workers-dev', 'api-dev', 'build-dev', 'web-dev'].map(
      (name) => `2027-02-10 08 gives ${name} kept`,
    ),
  ];
  if (done.join() !== told.join()) throw new Error(`the demo ended otherwise: ${done.join(', ')}`);
  const after = officeIn(stage.sandbox);
  const changed = after.filter((one) => !before.includes(one));
  if (changed.join() !== 'legacy-dev stopped') throw new Error(`not as it was: ${changed.join(', ')}`);
  stage.screen.detail(`In the account: ${after.join(', ')}.`);
}
