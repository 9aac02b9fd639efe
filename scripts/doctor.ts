/**
 * `npm run doctor`: asks every deployed function what it is denied or lacks, before anything is enabled. The functions are
 * invoked because only its own role can tell what a role may; they change nothing.
 * Exit codes: 0 nothing is missing, 1 something is, or a function could not be asked, 2 wrong usage.
 */
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { type Ask, askDurable, askNow, type CheckEvent, PAUSE_MS, type Reply } from './doctor/ask.ts';
import { type Report, reportSchema, reportText } from './doctor/report.ts';

/** The functions, and how each is asked. */
const FUNCTIONS = {
  'right-size': 'now',
  'carry-out': 'durable',
  answer: 'now',
  'watch-spend': 'now',
  'snapshot-databases': 'now',
  'off-hours': 'now',
  'remediate-alarm': 'now',
} as const;
type FunctionName = keyof typeof FUNCTIONS;
const NAMES = Object.keys(FUNCTIONS) as FunctionName[];

const USAGE = `usage: npm run doctor -- [--stage STAGE] [--only FUNCTION]... [--scope ACCOUNT[:REGION,...]]... [--json]
  --stage STAGE     of the hub; default: prod
  --only FUNCTION   ${NAMES.join(', ')}; default: all of them. May be repeated
  --scope ACCOUNT   only this account, in these regions; it need not be in the policy yet. May be repeated
  --json            a list of the answers as they are, for programs
Region and credentials are those of the AWS CLI's environment; they need lambda:InvokeFunction on the functions, and
lambda:GetDurableExecution on the executions of carry-out.`;

/** What the command touches: tests pass their own. */
export interface Surroundings {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly ask: Readonly<Record<(typeof FUNCTIONS)[FunctionName], Ask>>;
}

class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The function could not be asked, or what it said is no report. */
class NoReportError extends Error {
  override readonly name = 'NoReportError';
}

/** @returns the exit code */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    const { stage, only, event, json } = readArguments(args);
    const asked = await Promise.allSettled(only.map((name) => reportOf({ name, stage, event }, surroundings)));
    const reports = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failures = asked.flatMap((one) => (one.status === 'rejected' ? [wordsOf(one.reason)] : []));
    const shown = json ? JSON.stringify(reports, null, 2) : reports.map(reportText).join('\n\n');
    if (reports.length > 0) surroundings.out(shown);
    for (const words of failures) surroundings.err(words);
    return failures.length === 0 && reports.every(({ ok }) => ok) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    surroundings.err(`${error.message}\n${USAGE}`);
    return 2;
  }
}

const wordsOf = (error: unknown): string => (error instanceof NoReportError ? error.message : String(error));

interface Arguments {
  readonly stage: string;
  readonly only: readonly FunctionName[];
  readonly event: CheckEvent;
  readonly json: boolean;
}

function readArguments(args: readonly string[]): Arguments {
  const { stage = 'prod', only = NAMES, scope = [], json = false } = parsed(args);
  const scopes = scope.map(scopeIn);
  return {
    stage,
    only: NAMES.filter((name) => only.map(functionIn).includes(name)),
    event: { check: true, ...(scopes.length > 0 ? { scopes } : {}) },
    json,
  };
}

function parsed(args: readonly string[]) {
  const options = {
    stage: { type: 'string' },
    only: { type: 'string', multiple: true },
    scope: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function functionIn(text: string): FunctionName {
  const name = NAMES.find((one) => one === text);
  if (!name) throw new UsageError(`--only takes ${NAMES.join(', ')}`);
  return name;
}

/** `123456789012:eu-west-1,us-east-1`; the function knows which regions there are. */
function scopeIn(text: string) {
  const [, account, regions] = /^(\d{12})(?::([a-z0-9-]+(?:,[a-z0-9-]+)*))?$/.exec(text) ?? [];
  if (!account) throw new UsageError('--scope takes an account of 12 digits, or ACCOUNT:REGION,REGION');
  return regions ? { account, regions: regions.split(',') } : { account };
}

/** What to do about the errors that an invocation is refused with. */
const REFUSALS: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'there is no such function in this region: deploy it first, or name the --stage',
  AccessDeniedException: 'your credentials may not lambda:InvokeFunction on it, or lambda:GetDurableExecution',
  CredentialsProviderError: 'there are no AWS credentials in the environment',
};

interface Question {
  readonly name: FunctionName;
  readonly stage: string;
  readonly event: CheckEvent;
}

/** @throws {NoReportError} */
async function reportOf({ name, stage, event }: Question, { ask }: Surroundings): Promise<Report> {
  const deployedAs = `lamplighter-${name}-${stage}`;
  try {
    return reportIn(deployedAs, await ask[FUNCTIONS[name]](deployedAs, event));
  } catch (error) {
    if (error instanceof NoReportError) throw error;
    const { name: code, message } = error as Error;
    throw new NoReportError(`${deployedAs} could not be asked: ${REFUSALS[code] ?? `${code}: ${message}`}`);
  }
}

/** What the versions said that had no check. */
const KNOWS_NO_CHECK = /\bcheck: unknown key\b|\bthrough its Function URL\b/;

const thrownSchema = z.object({ errorType: z.string(), errorMessage: z.string() });

function reportIn(functionName: string, { failed, payload }: Reply): Report {
  const answer = jsonIn(payload);
  if (failed) {
    const { data } = thrownSchema.safeParse(answer);
    const older = data?.errorType === 'InvalidEventError' && KNOWS_NO_CHECK.test(data.errorMessage);
    const advice = older ? '; the version that is deployed knows no check: deploy this one first' : '';
    throw new NoReportError(
      `${functionName} failed: ${data ? `${data.errorType}: ${data.errorMessage}` : payload}${advice}`,
    );
  }
  const report = reportSchema.safeParse(answer);
  if (report.success) return report.data;
  throw new NoReportError(
    `${functionName} answered something else than a report: is it another version than this one?`,
  );
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // which is no report either
  }
}

if (import.meta.main) {
  const ask = {
    // Waits as long as a function may run, and asks once.
    now: askNow(new LambdaClient({ maxAttempts: 1, requestHandler: { requestTimeout: 900_000 } })),
    durable: askDurable(new LambdaClient(), () => setTimeout(PAUSE_MS)),
  };
  process.exitCode = await main(process.argv.slice(2), { out: console.log, err: console.error, ask });
}
