/**
 * `npm run policy -- FILE [--check]`: validates a policy and puts it in force; `--show` prints the one in force.
 * Exit codes: 0 done, 1 the policy is not valid or the ledger does not answer, 2 wrong usage.
 */
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  stringify,
  visit,
} from 'yaml';
import { dynamoLedger } from '../shared/aws/ledger/ledger.ts';
import { dynamoPolicyStore } from '../shared/aws/ledger/policies.ts';
import { calendarProblems, placesOf } from '../shared/core/calendar/check.ts';
import { lastKnownDay } from '../shared/core/calendar/holidays.ts';
import { describeProblem, InvalidPolicyError, type Policy, parsePolicy } from '../shared/core/policy.ts';
import type { Ledger, NewPolicy, PolicyStore, StoredPolicy } from '../shared/ports.ts';
import { holidayChanges, holidaysFor } from './policy/holidays.ts';

const USAGE = `usage: npm run policy -- FILE [--table NAME]   store FILE as the policy in force
       npm run policy -- FILE --check          only say what is wrong with FILE; needs no AWS
       npm run policy -- --show [--table NAME] print the policy in force
The table is --table or LEDGER_TABLE; region and credentials are those of the AWS CLI's environment.`;

/** What the command touches: tests pass their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly now: () => Date;
  readonly connect: (table: string) => Connection;
}

export interface Connection {
  readonly ledger: Pick<Ledger, 'currentPolicy'>;
  readonly policies: PolicyStore;
  /** The ARN of whoever runs the command. */
  readonly caller: () => Promise<string>;
}

class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A file that is not a policy, with every problem as `FILE:LINE:COLUMN path: what is allowed`. */
export class PolicyFileError extends Error {
  override readonly name = 'PolicyFileError';
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** @returns the exit code */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    surroundings.out(await answer(args, surroundings));
    return 0;
  } catch (error) {
    if (error instanceof UsageError) {
      surroundings.err(`${error.message}\n${USAGE}`);
      return 2;
    }
    surroundings.err(error instanceof PolicyFileError ? error.message : String(error));
    return 1;
  }
}

async function answer(args: readonly string[], { env, now, connect }: Surroundings): Promise<string> {
  const { file, check, show, table } = readArguments(args, env);
  if (show) return describePolicy(await connect(table()).ledger.currentPolicy());
  const next = parsePolicyFile(await readText(file), file, now());
  return check ? `${file}: valid` : storePolicy(next, connect(table()), now());
}

function readArguments(args: readonly string[], env: Surroundings['env']) {
  const { values, positionals } = parsed(args);
  const { check = false, show = false } = values;
  if (check && show) throw new UsageError('--check and --show exclude each other');
  if (positionals.length !== (show ? 0 : 1)) throw new UsageError(show ? '--show takes no FILE' : 'name one FILE');
  const table = () => {
    const name = values.table ?? env.LEDGER_TABLE;
    if (name) return name;
    throw new UsageError('name the table by --table or LEDGER_TABLE');
  };
  return { file: positionals[0] ?? '', check, show, table };
}

function parsed(args: readonly string[]) {
  const options = { check: { type: 'boolean' }, show: { type: 'boolean' }, table: { type: 'string' } } as const;
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new PolicyFileError([`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`]);
  }
}

/**
 * The policy of a YAML file, with the holidays that its calendars ask for, checked as of `now`. The core schema has no
 * dates, so `2026-11-20` stays the text that it is.
 * @throws {PolicyFileError} with everything that is wrong, in the order of the file
 */
export function parsePolicyFile(text: string, file: string, now: Date): NewPolicy {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    schema: 'core',
    resolveKnownTags: false,
    stringKeys: true,
    lineCounter,
    prettyErrors: false,
  });
  const refuse = (slips: readonly Slip[]): never => {
    const inOrder = [...slips].sort((a, b) => a.offset - b.offset);
    throw new PolicyFileError(inOrder.map(({ offset, text }) => `${file}:${place(lineCounter, offset)} ${text}`));
  };
  const slips = syntaxSlips(document);
  if (slips.length > 0) refuse(slips);
  try {
    const policy = parsePolicy(document.toJS());
    const holidays = holidaysFor(policy, now);
    const problems = calendarProblems(policy, holidays, now);
    if (problems.length > 0) throw new InvalidPolicyError(problems);
    return { policy, ...(placesOf(policy).length > 0 && { holidays }) };
  } catch (error) {
    if (!(error instanceof InvalidPolicyError)) throw error;
    return refuse(error.problems.map((one) => ({ offset: offsetOf(document, one.path), text: describeProblem(one) })));
  }
}

/** Something that is wrong at one place of the file. */
interface Slip {
  readonly offset: number;
  readonly text: string;
}

function place(lineCounter: LineCounter, offset: number): string {
  const { line, col } = lineCounter.linePos(offset);
  return `${line || 1}:${col || 1}`; // an empty file has no line
}

function syntaxSlips(document: Document.Parsed): Slip[] {
  const slips = [...document.errors, ...document.warnings].map(({ pos, message }) => ({
    offset: pos[0],
    text: `YAML: ${message}`,
  }));
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document)) return;
      slips.push({ offset: alias.range?.[0] ?? 0, text: `YAML: there is no anchor &${alias.source} before it` });
    },
  });
  return slips;
}

/** Where the path's last key or list item is; of what is missing, where it would have to be. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const key of path) {
    const { place, value } = memberOf(isAlias(node) ? node.resolve(document) : node, key);
    if (!isNode(place)) break;
    offset = place.range?.[0] ?? offset;
    node = value;
  }
  return offset;
}

function memberOf(node: unknown, key: string | number): { place?: unknown; value?: unknown } {
  if (isSeq(node)) return { place: node.items[Number(key)], value: node.items[Number(key)] };
  if (!isMap(node)) return {};
  const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === String(key));
  return { place: pair?.key, value: pair?.value };
}

/** Stores the policy and says what that changed. */
async function storePolicy(next: NewPolicy, connection: Connection, now: Date): Promise<string> {
  const before = await connection.ledger.currentPolicy().catch(unreadable);
  const stored = await connection.policies.store(next, await connection.caller(), now);
  if (before !== 'unreadable' && before?.version === stored.version) return `unchanged: ${inForce(stored)}`;
  return [inForce(stored), ...summary(before, next)].join('\n');
}

/** A policy that is not valid any more may be replaced; any other failure to read it stops the command. */
function unreadable(error: unknown): 'unreadable' {
  if (error instanceof InvalidPolicyError) return 'unreadable';
  throw error;
}

function summary(before: StoredPolicy | 'unreadable' | undefined, { policy, holidays }: NewPolicy): string[] {
  if (before === 'unreadable') return ['it replaces one that was not valid any more'];
  const changes = [
    ...changesBetween(before?.policy ?? parsePolicy({}), policy),
    ...holidayChanges(before?.holidays, holidays),
  ];
  const since = before ? `version ${before.version}` : 'the defaults';
  return [changes.length > 0 ? `changes to ${since}:` : `the same as ${since}`, ...changes.map((one) => `  ${one}`)];
}

/** One line a key that differs: `rules.idle-database.window: "35d" -> "90d"`. Lists are compared as a whole. */
export function changesBetween(before: Policy, after: Policy): string[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  const say = (value: unknown) => (value === undefined ? 'not set' : JSON.stringify(value));
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => !isDeepStrictEqual(old.get(key), now.get(key)))
    .map((key) => `${key}: ${say(old.get(key))} -> ${say(now.get(key))}`);
}

function valuesOf(value: unknown, path = ''): Map<string, unknown> {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return new Map([[path, value]]);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return new Map(members.flatMap(([key, member]) => [...valuesOf(member, path ? `${path}.${key}` : key)]));
}

/** The policy in force as a file that could be stored again. */
function describePolicy(stored: StoredPolicy | undefined): string {
  if (!stored) return '# no policy was ever stored: everything is at its default, which is to report only';
  const { policy, holidays } = stored;
  const known = holidays
    ? `# holidays of ${Object.keys(holidays.places).join(', ')} up to ${lastKnownDay(holidays)}\n`
    : '';
  return `# ${inForce(stored)}\n${known}${stringify(policy).trimEnd()}`;
}

const inForce = ({ version, storedAt, storedBy }: StoredPolicy): string =>
  `policy version ${version} is in force, stored ${storedAt.toISOString()} by ${storedBy}`;

function connectToAws(table: string): Connection {
  const ledger = { client: new DynamoDBClient({}), table };
  return {
    ledger: dynamoLedger(ledger),
    policies: dynamoPolicyStore(ledger),
    caller: async () => {
      const { Arn } = await new STSClient({}).send(new GetCallerIdentityCommand({}));
      if (!Arn) throw new Error('STS does not say who you are: check the credentials');
      return Arn;
    },
  };
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2), {
    env: process.env,
    out: console.log,
    err: console.error,
    now: () => new Date(),
    connect: connectToAws,
  });
}
