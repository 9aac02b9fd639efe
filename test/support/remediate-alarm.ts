import { vi } from 'vitest';
import type { AccountReport } from '../../functions/remediate-alarm/report.ts';
import { answerLedger } from '../../shared/aws/ledger/answering.ts';
import { changesIn, recordedChangesIn } from '../../shared/aws/ledger/changes.ts';
import { remediationLedger } from '../../shared/aws/ledger/remediation.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Remediation, RemediationMemory } from '../../shared/core/remediation/memory.ts';
import { MOST } from '../../shared/core/remediation/terms.ts';
import { ACCOUNT, openScene, REGION, type Scene, type SceneOptions, say } from './carry-out.ts';
import { change } from './change-specimen.ts';
import { plan } from './plan-specimen.ts';

/** Runbooks act by themselves as far as they go. */
const AUTO = { timezone: 'Asia/Seoul', remediation: { modes: MOST } };

/** A hub and an account with alarms, with carry-out behind it. */
export async function openNight({ policy = {}, ...options }: SceneOptions = {}): Promise<Scene> {
  const scene = await openScene({
    ...options,
    policy: { ...AUTO, ...policy, remediation: acting(policy.remediation) },
  });
  process.env.CARRY_OUT_ARN = `arn:aws:lambda:${REGION}:${scene.hub.account}:function:carry-out:live`;
  return scene;
}

function acting(remediation: unknown) {
  const { modes, ...more } = (remediation ?? {}) as { readonly modes?: object };
  return { ...more, modes: { ...MOST, ...modes } };
}

/** The database itself as the sandbox has it. */
export const storedDatabase = ({ region }: Scene, name: string) => {
  const found = region.rds.instances.get(name);
  if (!found) throw new Error(`no database ${name}`);
  return found;
};

/** What a run says of an account. */
export type Answered = AccountReport & { readonly said: string };

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

/** The handler that a scene's deliveries find warm. */
const warm = new WeakMap<Scene, Handler>();

/** Wakes remediate-alarm through its exported handler. */
export async function wake<Result = Answered[]>(scene: Scene, event: unknown, requestId = 'by-hand'): Promise<Result> {
  const handler = warm.get(scene) ?? (await coldStart());
  warm.set(scene, handler);
  return (await handler(event, contextOf(scene, requestId))) as Result;
}

async function coldStart(): Promise<Handler> {
  vi.resetModules();
  const { handler } = await import('../../functions/remediate-alarm/handler.ts');
  return handler as unknown as Handler;
}

const contextOf = ({ hub }: Scene, awsRequestId: string) => ({
  awsRequestId,
  functionName: 'lamplighter-remediate-alarm-prod',
  functionVersion: '$LATEST',
  invokedFunctionArn: `arn:aws:lambda:${REGION}:${hub.account}:function:lamplighter-remediate-alarm-prod`,
  memoryLimitInMB: '512',
  getRemainingTimeInMillis: () => 120_000,
});

interface Batch {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

let deliveries = 0;

/** The queue brings these, as one delivery; the messages are called `0`, `1`, ... @returns those that come again */
export async function deliver(scene: Scene, events: readonly unknown[]): Promise<string[]> {
  const Records = events.map((event, index) => ({
    messageId: `${index}`,
    body: typeof event === 'string' ? event : JSON.stringify(event),
  }));
  deliveries += 1;
  const { batchItemFailures } = await wake<Batch>(scene, { Records }, `delivery-${deliveries}`);
  await scene.lambda.settle();
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

const tableOf = ({ hub }: Scene) => ({ client: hub.dynamodb, table: hub.table });

export const keptOf = (scene: Scene) => remediationLedger(tableOf(scene)).kept(ACCOUNT);

export async function memoryOf(scene: Scene): Promise<RemediationMemory> {
  const kept = await keptOf(scene);
  if (!kept) throw new Error('nothing is kept');
  return kept.memory;
}

/** A runbook's turn is remembered, as if a delivery before had had it. */
export async function remember(scene: Scene, turn: Remediation): Promise<void> {
  const ledger = remediationLedger(tableOf(scene));
  const memory = { alarms: [], remediations: [turn] };
  const nothing = { plans: [], messages: [], idle: [], holder: 'before', until: turn.at };
  await ledger.keep({ account: ACCOUNT, time: turn.at, memory, ...nothing }, undefined);
}

/** A person wants a resource left alone for so many days from now. */
export async function vetoed(scene: Scene, resource: string, days = 1): Promise<void> {
  const until = new Date(scene.sandbox.clock.now().getTime() + days * 86_400_000);
  await answerLedger(tableOf(scene)).recordVeto(ACCOUNT, { resource, until, by: 'kim', why: 'audit' });
}

/** What a plan did to a resource came to its end. */
export async function end(
  scene: Scene,
  { planId, arn }: { readonly planId: string; readonly arn: string },
): Promise<void> {
  const finishedAt = scene.sandbox.clock.now().toISOString();
  const [first] = plan().act;
  if (!first) throw new Error('a plan has an action');
  const proposal = { ...first, resource: { ...first.resource, arn } };
  const ended = change({ id: `${planId}/1`, planId, proposal, finishedAt });
  await recordedChangesIn(tableOf(scene)).recordChange(ended, undefined);
}

/** Everything that was done or tried, oldest first. */
export async function changesOf(scene: Scene): Promise<Change[]> {
  const changes = await changesIn(tableOf(scene)).changes(new Date(0));
  return changes.toReversed();
}

export interface Told {
  readonly subject: string;
  readonly text: string;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly severity: string | undefined;
}

/** What people were told by remediate-alarm, oldest first. */
export const toldBy = ({ sandbox, hub }: Scene): Told[] =>
  sandbox
    .messages(hub.topicArn)
    .filter(({ attributes }) => attributes.kind === 'remediation')
    .map(({ subject = '', message, attributes }) => {
      const { email, default: facts } = JSON.parse(message) as { email: string; default: string };
      return { subject, text: email, facts: JSON.parse(facts) as Told['facts'], severity: attributes.severity };
    });

/** A person lets the newest plan happen. */
export async function approve(scene: Scene): Promise<void> {
  const [plan] = (await keptOf(scene))?.plans ?? [];
  if (!plan) throw new Error('nothing waits');
  await say(scene, plan, { say: 'approve' });
  await scene.lambda.settle();
}
