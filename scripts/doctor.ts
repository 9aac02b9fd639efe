/**
 * `npm run doctor`: asks the deployed right-size what it is denied or lacks, before anything is enabled. The function is
 * invoked because only its own role can tell what that role may; it changes nothing.
 * Exit codes: 0 nothing is missing, 1 something is, or the function could not be asked, 2 wrong usage.
 */
import { parseArgs } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { type Report, reportSchema, reportText } from './doctor/report.ts';

const USAGE = `usage: npm run doctor -- [--stage STAGE | --function NAME] [--scope ACCOUNT[:REGION,...]]... [--json]
  --stage STAGE     of the hub; default: prod
  --function NAME   the function to ask; default: lamplighter-right-size-STAGE
  --scope ACCOUNT   only this account, in these regions; it need not be in the policy yet. May be repeated
  --json            the answer as it is, for programs
Region and credentials are those of the AWS CLI's environment; they need lambda:InvokeFunction on the function.`;

/** What the command touches: tests pass their own. */
export interface Surroundings {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Invokes a function and waits for its answer. */
  readonly invoke: (functionName: string, event: CheckEvent) => Promise<Reply>;
}

export interface CheckEvent {
  readonly check: true;
  readonly scopes?: readonly { readonly account: string; readonly regions?: readonly string[] }[];
}

/** `failed`: the payload is the error that the function threw. */
export interface Reply {
  readonly failed: boolean;
  readonly payload: string;
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
    const { functionName, event, json } = readArguments(args);
    const report = reportOf(functionName, await ask(functionName, event, surroundings));
    surroundings.out(json ? JSON.stringify(report, null, 2) : reportText(report));
    return report.ok ? 0 : 1;
  } catch (error) {
    if (error instanceof UsageError) {
      surroundings.err(`${error.message}\n${USAGE}`);
      return 2;
    }
    surroundings.err(error instanceof NoReportError ? error.message : String(error));
    return 1;
  }
}

function readArguments(args: readonly string[]): { functionName: string; event: CheckEvent; json: boolean } {
  const { stage, function: name, scope = [], json = false } = parsed(args);
  if (stage !== undefined && name !== undefined) throw new UsageError('--stage and --function exclude each other');
  const scopes = scope.map(scopeIn);
  return {
    functionName: name ?? `lamplighter-right-size-${stage ?? 'prod'}`,
    event: { check: true, ...(scopes.length > 0 ? { scopes } : {}) },
    json,
  };
}

function parsed(args: readonly string[]) {
  const options = {
    stage: { type: 'string' },
    function: { type: 'string' },
    scope: { type: 'string', multiple: true },
    json: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** `123456789012:eu-west-1,us-east-1`; the function knows which regions there are. */
function scopeIn(text: string) {
  const [, account, regions] = /^(\d{12})(?::([a-z0-9-]+(?:,[a-z0-9-]+)*))?$/.exec(text) ?? [];
  if (!account) throw new UsageError('--scope takes an account of 12 digits, or ACCOUNT:REGION,REGION');
  return regions ? { account, regions: regions.split(',') } : { account };
}

/** What to do about the errors that an invocation is refused with. */
const REFUSALS: Readonly<Record<string, string>> = {
  ResourceNotFoundException:
    'there is no such function in this region: deploy it first, or name it by --function or --stage',
  AccessDeniedException: 'your credentials may not lambda:InvokeFunction on it',
  CredentialsProviderError: 'there are no AWS credentials in the environment',
};

async function ask(functionName: string, event: CheckEvent, { invoke }: Surroundings): Promise<Reply> {
  try {
    return await invoke(functionName, event);
  } catch (error) {
    const { name, message } = error as Error;
    throw new NoReportError(`${functionName} could not be asked: ${REFUSALS[name] ?? `${name}: ${message}`}`);
  }
}

const thrownSchema = z.object({ errorType: z.string(), errorMessage: z.string() });

function reportOf(functionName: string, { failed, payload }: Reply): Report {
  const answer = jsonIn(payload);
  if (failed) {
    const { data } = thrownSchema.safeParse(answer);
    const older = data?.errorType === 'InvalidEventError' && /\bcheck: unknown key\b/.test(data.errorMessage);
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

/** Waits as long as the function may run, and asks once. */
async function invokeLambda(FunctionName: string, event: CheckEvent): Promise<Reply> {
  const client = new LambdaClient({ maxAttempts: 1, requestHandler: { requestTimeout: 900_000 } });
  const Payload = Buffer.from(JSON.stringify(event));
  const { FunctionError, Payload: answer } = await client.send(new InvokeCommand({ FunctionName, Payload }));
  return { failed: FunctionError !== undefined, payload: Buffer.from(answer ?? []).toString() };
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), { out: console.log, err: console.error, invoke: invokeLambda });
}
