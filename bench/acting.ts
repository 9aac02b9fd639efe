import type { Call } from '../sandbox/calls.ts';
import { followTime } from '../sandbox/durable/determinism.ts';
import { listenLambda } from '../sandbox/durable/http/listen.ts';
import { Lambda } from '../sandbox/durable/lambda.ts';
import { type Handler, inProcess } from '../sandbox/durable/runtimes/in-process.ts';
import { functionEnv, type Hub, installHub } from '../sandbox/hub/hub.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { answerLedger } from '../shared/aws/ledger/answering.ts';
import { dynamoLedger } from '../shared/aws/ledger/ledger.ts';
import { type Plan, type Proposal, sealPlan } from '../shared/core/plan.ts';
import { parsePolicy } from '../shared/core/policy.ts';

/** What one stop costs in calls to AWS, from the claim of its plan to the message about how it ended. */
export interface ActingFigures {
  /** Everything but the polls; the ledger, the switches, SNS and STS included. */
  readonly apiCalls: number;
  /** Questions whether the snapshot is there, the stop is done, an alarm has gone off, a person has taken over. */
  readonly polls: number;
  readonly byOperation: Readonly<Record<string, number>>;
  readonly polledByOperation: Readonly<Record<string, number>>;
}

const ACCOUNT = '111111111111';
const REGION = 'ap-northeast-2';
const NOW = new Date('2026-11-22T21:30:00Z');
const POLICY = { scopes: [{ account: ACCOUNT, regions: [REGION] }], defaults: { mode: 'approve' } };

/** One idle database: approved, snapshotted, stopped, watched and booked. */
export async function measureActing(): Promise<ActingFigures> {
  const sandbox = await startSandbox({ now: NOW, region: REGION });
  const lambda = new Lambda({ clock: sandbox.clock });
  const api = await listenLambda({ lambda });
  const restoreTime = followTime(() => sandbox.clock.now().getTime());
  try {
    const hub = await furnish(sandbox);
    const plan = await approved(hub, idleDatabase(sandbox));
    Object.assign(process.env, functionEnv(sandbox, hub), {
      AWS_ENDPOINT_URL_LAMBDA: api.url,
      ACT_ROLE_NAME: 'lamplighter-act',
      PAUSE_PARAMETER: '/lamplighter/prod/pause',
      HALT_PARAMETER: '/lamplighter/prod/halt',
    });
    const { handler } = await import('../functions/carry-out/handler.ts');
    const runtime = inProcess(handler as unknown as Handler);
    lambda.register('carry-out', { runtime, durable: { executionTimeoutSeconds: 90 * 86_400 } });
    sandbox.calls.clear();
    lambda.start({ functionName: 'carry-out:live', payload: { plan: plan.id }, name: plan.id });
    await lambda.runUntil(() => sandbox.calls.count('Publish') > 0);
    hub.dynamodb.destroy();
    return figuresOf(sandbox);
  } finally {
    restoreTime();
    await api.close();
    await sandbox.close();
  }
}

async function furnish(sandbox: Sandbox): Promise<Hub> {
  for (const role of ['lamplighter-look', 'lamplighter-act'])
    sandbox.estate.account(ACCOUNT).role(role, { externalId: 'lamplighter' });
  for (const name of ['pause', 'halt']) sandbox.estate.hub.region(REGION).ssm.put(`/lamplighter/prod/${name}`, 'off');
  return installHub(sandbox, { policy: POLICY });
}

function idleDatabase(sandbox: Sandbox): Proposal {
  const { rds, cloudwatch } = sandbox.estate.account(ACCOUNT).region(REGION);
  const name = 'orders-qa';
  const born = new Date(NOW.getTime() - 90 * 86_400_000);
  const { DBInstanceArn: arn, DbiResourceId: id = '' } = rds.addInstance({
    DBInstanceIdentifier: name,
    InstanceCreateTime: born,
  });
  for (const metric of ['DatabaseConnections', 'ReadIOPS', 'WriteIOPS']) {
    const dimensions = { DBInstanceIdentifier: name };
    cloudwatch.series({ namespace: 'AWS/RDS', metric, dimensions }, function* (periodSeconds, start, end) {
      for (let at = start; at < end; at += periodSeconds * 1000) yield { at, value: 0 };
    });
  }
  return {
    rule: 'idle-database',
    mode: 'approve',
    action: { kind: 'stop-database', database: { arn, id }, expect: { status: 'available', form: 'instance' } },
    resource: { arn, name, region: REGION, what: 'db.m7g.large postgres' },
    because: 'no connection',
    saving: { known: false, why: 'not measured here' },
    undo: { reversibility: 'full' },
  };
}

async function approved({ dynamodb: client, table }: Hub, proposal: Proposal): Promise<Plan> {
  const draft = { function: 'right-size', account: ACCOUNT, time: NOW, act: [proposal], deferred: [] };
  const plan = sealPlan({ ...draft, leave: [], unreadable: [] }, parsePolicy(POLICY));
  await dynamoLedger({ client, table }).record(plan, 'digest');
  const by = 'arn:aws:iam::123456789012:role/sre-oncall';
  const answer = { planId: plan.id, hash: plan.hash, by, at: plan.time, say: 'approve' } as const;
  await answerLedger({ client, table }).recordAnswer(plan, answer);
  return plan;
}

/**
 * What is asked again and again: of the snapshot once it has begun; of the database, the alarms and the lease once the stop
 * is sent.
 */
const POLLS = {
  CreateDBSnapshot: ['DescribeDBSnapshots'],
  StopDBInstance: ['DescribeDBInstances', 'DescribeAlarms', 'GetItem'],
};

function figuresOf({ calls }: Sandbox): ActingFigures {
  const all = calls.all();
  const isPoll = ({ operation }: Call, index: number) =>
    Object.entries(POLLS).some(
      ([begun, asked]) => asked.includes(operation) && index > all.findIndex((call) => call.operation === begun),
    );
  const polls = all.filter(isPoll);
  return {
    apiCalls: all.length - polls.length,
    polls: polls.length,
    byOperation: tally(all.filter((call, index) => !isPoll(call, index))),
    polledByOperation: tally(polls),
  };
}

function tally(calls: readonly Call[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { service, operation } of calls) {
    const name = `${service}:${operation}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

export function printActing({ apiCalls, polls, byOperation, polledByOperation }: ActingFigures): void {
  console.log(`carry-out, one stop of a database: ${apiCalls} API calls, and ${polls} polls`);
  for (const [operation, count] of [
    ...Object.entries(byOperation),
    ['polls:', polls] as const,
    ...Object.entries(polledByOperation),
  ])
    console.log(`  ${String(count).padStart(5)}  ${operation}`);
}
