import type { Context } from 'aws-lambda';
import { expect, onTestFinished, vi } from 'vitest';
import type { Call } from '../../sandbox/calls.ts';
import { functionEnv, type Hub, type HubOptions, installHub } from '../../sandbox/hub/hub.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts';
import { dynamoLedger } from '../../shared/aws/ledger/ledger.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { RULE_IDS } from '../../shared/core/rules.ts';

/** A message as it reached the alert topic: what mail shows, and the facts that everything else gets. */
export interface Sent {
  readonly subject: string;
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A sandbox with the hub in it. */
export interface Stage {
  readonly sandbox: Sandbox;
  readonly hub: Hub;
  /** What was sent to the alert topic, oldest first. */
  readonly sent: () => Sent[];
  /** Ends the sandbox. Throws when anything but looking was done to the estate. */
  readonly close: () => Promise<void>;
}

/** What a stage is opened with. Only the rules of what is idle are in force, but for those that its policy names. */
export type StageOptions = SandboxOptions & Omit<HubOptions, 'policy'> & { readonly policy?: object | null };

const OTHERS_OFF = Object.fromEntries(
  RULE_IDS.filter((id) => !id.startsWith('idle-')).map((id) => [id, { mode: 'off' }]),
);

/** The policy with the other rules off, and without a bill to read, unless it says something of them. */
const withIdleRules = (policy: object & { readonly rules?: object; readonly defaults?: object }) => ({
  ...policy,
  defaults: { savings: 'list', ...policy.defaults },
  rules: { ...OTHERS_OFF, ...policy.rules },
});

export async function openStage({ policy, ...options }: StageOptions = {}): Promise<Stage> {
  // The SDK waits a random share of a growing limit between its attempts. With a share of nothing no test waits.
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const sandbox = await startSandbox(options);
  const hub = await installHub(sandbox, {
    ...options,
    ...(policy === undefined ? {} : { policy: withIdleRules(policy ?? {}) }),
  });
  return {
    sandbox,
    hub,
    sent: () => sentIn(sandbox, hub),
    close: async () => {
      hub.dynamodb.destroy();
      await sandbox.close();
      expectOnlyLooks(sandbox);
    },
  };
}

/** A stage that ends with the test. */
export async function stageForTest(options: StageOptions = {}): Promise<Stage> {
  const stage = await openStage(options);
  onTestFinished(() => stage.close());
  return stage;
}

function sentIn(sandbox: Sandbox, { topicArn }: Hub): Sent[] {
  return sandbox.messages(topicArn).map(({ subject = '', message, attributes }) => {
    const bodies = JSON.parse(message) as { default: string; email: string };
    return { subject, text: bodies.email, facts: JSON.parse(bodies.default) as Sent['facts'], attributes };
  });
}

/** What right-size may call besides the hub's own table and topics: whatever only looks. */
const LOOKING = /^(Describe|Get|List|Lookup|AssumeRole$)/;

const changesTheEstate = ({ service, operation }: Call): boolean =>
  !['dynamodb', 'sns'].includes(service) && !LOOKING.test(operation);

/** Forgets the calls so far, so that a test may count those to come. */
export function forgetCalls({ sandbox }: Stage): void {
  expectOnlyLooks(sandbox);
  sandbox.calls.clear();
}

const expectOnlyLooks = ({ calls }: Sandbox): void =>
  expect(calls.all().filter(changesTheEstate).map(inWords)).toEqual([]);

const inWords = ({ service, operation, account }: Call): string => `${service}:${operation} in ${account}`;

/** How Lambda delivers an event: each attempt of one delivery has the same request id. */
export interface DeliveryOptions {
  readonly requestId?: string;
  /** Settings that differ from the deployed ones. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Wakes right-size through its exported handler, as Lambda would: a new execution environment, which reads its
 * settings from the environment variables at cold start.
 */
export async function wake<Result = unknown>(
  stage: Stage,
  event: unknown,
  { requestId = 'delivery-1', settings = {} }: DeliveryOptions = {},
): Promise<Result> {
  const handler = await coldStart(stage, settings);
  return (await handler(event, lambdaContext(stage, requestId))) as Result;
}

type Handler = (event: unknown, context: Context) => Promise<unknown>;

/** The handler of a fresh execution environment. */
export async function coldStart(
  { sandbox, hub }: Stage,
  settings: Readonly<Record<string, string>> = {},
): Promise<Handler> {
  Object.assign(process.env, functionEnv(sandbox, hub), settings);
  vi.resetModules();
  const { handler } = await import('../../functions/right-size/handler.ts');
  return handler as unknown as Handler;
}

export function lambdaContext({ sandbox }: Stage, requestId: string): Context {
  const { env, estate } = sandbox;
  const name = 'lamplighter-right-size-prod';
  return {
    awsRequestId: requestId,
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${env.AWS_REGION}:${estate.hub.id}:function:${name}`,
    memoryLimitInMB: '512',
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'sandbox',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => 900_000,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

/** What a full run answers for one account. */
export type Outcome = Omit<Plan, 'leave'> & {
  readonly said: string;
  readonly since?: string;
  readonly counts: {
    readonly act: number;
    readonly deferred: number;
    readonly leave: number;
    readonly unknown: number;
  };
  readonly savings: readonly { readonly currency: string; readonly amount: number }[];
};

/** A full run at a time, by default the sandbox's present; what it answers, by account. */
export async function fullRun(
  stage: Stage,
  time: Date = stage.sandbox.clock.now(),
  delivery: DeliveryOptions = {},
): Promise<Outcome[]> {
  return wake<Outcome[]>(stage, { time: time.toISOString() }, delivery);
}

/** The plan as the ledger gives it back. */
export const planIn = ({ hub }: Stage, id: string): Promise<Plan> =>
  dynamoLedger({ client: hub.dynamodb, table: hub.table }).plan(id);

/** What a full run recorded for each account. */
export async function plansOf(stage: Stage, time?: Date): Promise<Plan[]> {
  const outcomes = await fullRun(stage, time);
  return Promise.all(outcomes.map(({ id }) => planIn(stage, id)));
}

/** Why each resource was left alone, by its name. */
export const reasonsIn = (plans: readonly Plan[]): Record<string, string> =>
  Object.fromEntries(plans.flatMap(({ leave }) => leave.map(({ resource, because }) => [resource.name, because])));

/** The names of what was proposed, dearest first. */
export const proposedIn = (plans: readonly Pick<Plan, 'act'>[]): string[] =>
  plans.flatMap(({ act }) => act.map(({ resource }) => resource.name));
