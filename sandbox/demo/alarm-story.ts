import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import type { Hub } from '../hub/hub.ts';
import type { Sandbox } from '../sandbox.ts';
import type { Acting } from './acting.ts';
import { ACCOUNT, ALARMS, beginNight, isOn, nightIn, POLICY, timesOn } from './alarm-night.ts';
import { indented } from './indented.ts';
import type { Screen } from './screen.ts';

export interface AlarmStage {
  readonly screen: Screen;
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  readonly acting: Acting;
  readonly externalId: string;
}

/** One night: a disk that grows before it is full, an alarm that flaps, and a database for which a person decides. */
export async function playAlarms(stage: AlarmStage): Promise<{ readonly alarms: readonly string[] }> {
  const { screen, sandbox, hub, acting, externalId } = stage;
  const { lambda } = acting;
  screen.title('Who gets up at night? remediate-alarm answers the alarms of another account');
  await screen.step('until Thursday, 02:00', () => lambda.advanceTo(seoul('02:00')));
  await hub.storePolicy(POLICY);
  screen.detail('The policy lets storage of databases grow at once; what else would change waits for an approval.');
  const heard = sandbox.messages(hub.topicArn).length;
  beginNight(sandbox, externalId, acting.queue);
  await listening(stage, 'until the disk of orders is nearly full, and twenty minutes more', async () => {
    await lambda.runUntil(() => isOn(sandbox, ALARMS.disk));
    await lambda.advance({ minutes: 20 });
  });

  screen.title('03:00: the memory of search is used up, freed, and used up again');
  const messages = await listening(stage, 'until 03:45', () => lambda.advanceTo(seoul('03:45')));
  screen.detail(`  Its alarm went off ${timesOn(sandbox, ALARMS.memory)} times; messages: ${messages}.`);
  screen.title('03:45: a release, and carts has too much to do');
  await listening(stage, 'until 04:30', () => lambda.advanceTo(seoul('04:30')));
  await asTold(stage, heard);
  return { alarms: remediationsIn(stage, heard).map(({ subject }) => subject) };
}

/** A local time of that night in Seoul. */
const seoul = (time: string): Date => new Date(`2027-02-11T${time}:00+09:00`);

/** Shows what people hear meanwhile. @returns how many messages that was */
async function listening(stage: AlarmStage, what: string, work: () => Promise<void>): Promise<number> {
  const { screen, sandbox, hub } = stage;
  const heard = sandbox.messages(hub.topicArn).length;
  await screen.step(what, work);
  const messages = sandbox.messages(hub.topicArn).slice(heard);
  for (const { subject = '', message } of messages) {
    screen.line(subject);
    screen.detail(indented(inShort((JSON.parse(message) as { email: string }).email)));
  }
  return messages.length;
}

/** Of a mail what it is about, and how to say yes: without its first sentences, the links, and most of the commands at its end. */
const inShort = (email: string): string =>
  email
    .split('\n')
    .filter((line) => /^(\d+\. | {3}(?!https:)|\S+ \(.+\) in .+: \w+$|To approve: )/.test(line))
    .join('\n');

interface Told {
  readonly subject: string;
  readonly parts: readonly {
    readonly turn: string;
    readonly runbook?: string;
    readonly held?: { readonly guard: string };
  }[];
}

/** What remediate-alarm has said since. */
const remediationsIn = ({ sandbox, hub }: AlarmStage, since: number): Told[] =>
  sandbox
    .messages(hub.topicArn)
    .slice(since)
    .filter(({ attributes }) => attributes.kind === 'remediation')
    .map(({ subject = '', message }) => {
      const facts = (JSON.parse(message) as { default: string }).default;
      return { subject, parts: (JSON.parse(facts) as Told).parts };
    });

/** The disk grew and its alarm is over, what flaps was said once, and the larger class waits for an approval. */
async function asTold(stage: AlarmStage, heard: number): Promise<void> {
  const { screen, sandbox, hub, acting } = stage;
  const [lost] = acting.lambda.lostEvents;
  if (lost) throw new Error(`${lost.functionName} failed: ${lost.error}`);
  const said = remediationsIn(stage, heard).flatMap(({ parts }) => parts);
  const turns = said.map(({ turn, runbook, held }) => `${turn} ${held?.guard ?? runbook}`);
  const told = ['now database-storage-low', 'left flapping', 'approve database-saturated'];
  if (turns.join() !== told.join()) throw new Error(`the demo said otherwise: ${turns.join(', ')}`);
  const ledger = answerLedger({ client: hub.dynamodb, table: hub.table });
  const changes = (await ledger.changes(new Date(0))).filter(({ account }) => account === ACCOUNT);
  const ends = changes.map(({ proposal, outcome, because }) => `${proposal.resource.name} ${outcome}: ${because}`);
  if (ends.length !== 1 || !/^orders kept: resolved after \d+ minutes$/.test(ends.join()))
    throw new Error(`the demo ended otherwise: ${ends.join(', ')}`);
  const waiting = (await ledger.openPlans()).filter(({ account }) => account === ACCOUNT);
  if (waiting.length !== 1) throw new Error(`${waiting.length} plans wait for an approval, not the one for carts`);
  if (timesOn(sandbox, ALARMS.memory) < 10) throw new Error('the alarm of search did not flap');
  const after = nightIn(sandbox);
  if (!after.endsWith('carts db.r6g.large, search running')) throw new Error(`something else was changed: ${after}`);
  screen.detail(`\nIn the ledger: ${ends.join()}. In the account: ${after}.`);
}
