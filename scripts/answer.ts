/**
 * `npm run answer -- ...`: approve and veto plans, take changes back, answer anomalies, and look at what waits and what was saved.
 * Exit codes: 0 done, 1 refused or not answered, 2 wrong usage.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { meansNoPlan, UnknownPlanError } from '../functions/answer/errors.ts';
import { answerLedger } from '../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../shared/aws/ledger/ledger.ts';
import type { AnswerRequest } from '../shared/core/answer.ts';
import type { Plan } from '../shared/core/plan.ts';
import { parsePolicy } from '../shared/core/policy.ts';
import type { Ledger } from '../shared/ports.ts';
import type { AnswerLedger } from '../shared/ports-acting.ts';
import type { AnomalyAnswers } from '../shared/ports-spend.ts';
import { type Command, type Invocation, readArguments, USAGE, UsageError } from './answer/arguments.ts';
import { savingsText } from './answer/savings.ts';
import { type Reply, send, wordsOf } from './answer/send.ts';
import { anomaliesText, type KnownPlan, listText, type Showing, showText } from './answer/tables.ts';

/** What the command touches: tests pass their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly now: () => Date;
  readonly connect: (table: string) => Reading;
  readonly post: (url: string, request: AnswerRequest) => Promise<Reply>;
}

/** The ledger, as far as it is read here. Whatever is written goes through the function. */
export type Reading = Pick<AnomalyAnswers, 'openAnomalies' | 'answersAbout'> &
  Pick<AnswerLedger, 'plan' | 'answers' | 'supersededBy' | 'change' | 'changesByResource' | 'openPlans'> &
  Pick<Ledger, 'currentPolicy'>;

/** @returns the exit code */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    surroundings.out(await obey(readArguments(args), surroundings));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      surroundings.err(`${error.message}\n${USAGE}`);
      return 2;
    }
    surroundings.err(error instanceof Error ? oneLine(error.message) : String(error));
    return 1;
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' ');

async function obey({ command, ...where }: Invocation, surroundings: Surroundings): Promise<string> {
  switch (command.verb) {
    case 'list':
    case 'show':
    case 'savings':
      return read(command, ledgerAt(where, surroundings), surroundings.now());
    default:
      return say(command, where, surroundings);
  }
}

type Place = Omit<Invocation, 'command'>;
type Reader = Extract<Command, { readonly verb: 'list' | 'show' | 'savings' }>;

async function read(command: Reader, ledger: Reading, now: Date): Promise<string> {
  const policy = (await ledger.currentPolicy())?.policy ?? parsePolicy({});
  const showing: Showing = { policy, now };
  switch (command.verb) {
    case 'list':
      return list(ledger, showing);
    case 'show':
      return show(ledger, command.plan, showing);
    case 'savings':
      return savingsText(ledger, command, showing);
    default:
      return command satisfies never;
  }
}

async function list(ledger: Reading, showing: Showing): Promise<string> {
  const [plans, anomalies] = await Promise.all([ledger.openPlans(), ledger.openAnomalies()]);
  const waiting = listText(await Promise.all(plans.map(({ id }) => known(ledger, id))), showing);
  if (anomalies.length === 0) return waiting;
  const answered = anomalies.map(async (anomaly) => ({
    anomaly,
    answer: (await ledger.answersAbout(anomaly.id)).at(-1),
  }));
  return `${waiting}\n\n${anomaliesText(await Promise.all(answered))}`;
}

async function planIn(ledger: Reading, id: string): Promise<Plan> {
  try {
    return await ledger.plan(id);
  } catch (error) {
    throw meansNoPlan(error) ? new UnknownPlanError(id) : error;
  }
}

async function known(ledger: Reading, id: string): Promise<KnownPlan> {
  const plan = await planIn(ledger, id);
  const [answers, supersededBy] = await Promise.all([ledger.answers(id), ledger.supersededBy(plan)]);
  return { plan, answers, ...(supersededBy ? { supersededBy } : {}) };
}

async function show(ledger: Reading, id: string, showing: Showing): Promise<string> {
  const found = await known(ledger, id);
  const changes = await Promise.all(found.plan.act.map((_, index) => ledger.change(`${id}/${index + 1}`)));
  return showText({ ...found, changes: changes.filter((change) => change !== undefined) }, showing);
}

/** Sends what a person says to the function, and returns what it answers. */
async function say(command: Exclude<Command, Reader>, where: Place, surroundings: Surroundings): Promise<string> {
  const url = where.url ?? surroundings.env.ANSWER_URL;
  if (!url) throw new UsageError('name the Function URL by --url or ANSWER_URL');
  const request = await requestFor(command, () => ledgerAt(where, surroundings));
  return wordsOf(await surroundings.post(url, request));
}

/** The hash is the ledger's, so that what is approved is what `show` has shown. */
async function requestFor(command: Exclude<Command, Reader>, ledger: () => Reading): Promise<AnswerRequest> {
  const note = command.note ? { note: command.note } : {};
  switch (command.verb) {
    case 'undo':
      return { about: { change: command.change }, say: 'undo', ...note };
    case 'expected':
    case 'investigate':
    case 'snooze': {
      const { verb, anomaly, until, recurring } = command;
      return { about: { anomaly }, say: verb, ...(until && { until }), ...(recurring && { recurring }), ...note };
    }
    case 'veto-resource':
      return { about: { resource: command.resource }, say: 'veto', until: command.until, ...note };
    case 'keep-on':
      return { about: { resource: command.resource }, say: 'keep-on', until: command.until, ...note };
    default: {
      const { verb, plan, only, until } = command;
      const { hash } = await planIn(ledger(), plan);
      return { about: { plan, hash }, say: verb, ...(only && { actions: only }), ...(until && { until }), ...note };
    }
  }
}

function ledgerAt({ table }: Place, { env, connect }: Surroundings): Reading {
  const name = table ?? env.LEDGER_TABLE;
  if (!name) throw new UsageError('name the table by --table or LEDGER_TABLE');
  return connect(name);
}

function connectToAws(table: string): Reading {
  const ledger = { client: new DynamoDBClient({}), table };
  return { ...answerLedger(ledger), currentPolicy: dynamoLedger(ledger).currentPolicy };
}

/** Signs as whoever the SDK's own chain of credentials says. */
function postSigned(url: string, request: AnswerRequest): Promise<Reply> {
  const { credentials, region } = new LambdaClient({}).config;
  return send(url, request, { credentials, region, now: () => new Date() });
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), {
    env: process.env,
    out: console.log,
    err: console.error,
    now: () => new Date(),
    connect: connectToAws,
    post: postSigned,
  });
}
