import pLimit from 'p-limit';
import type { Scope } from '../core/identity.ts';
import type { Ledger, StoredPolicy } from '../ports.ts';
import type { AccountRole, Answer, Finding } from '../ports-check.ts';
import { checkRole, placesOf } from './check/accounts.ts';
import { checkCall, checkLedger } from './check/hub.ts';

/**
 * The check behind `{"check": true}` and `npm run doctor`: a function tries everything that it needs and could try without
 * changing anything, and says of each what is missing, why it matters and what mends it. Only the function itself can:
 * what its role may do shows under its role alone.
 */

/** Everything that one function needs. */
export interface Needs {
  readonly function: string;
  /** The stage that it was deployed with: the members trust the roles of one stage. */
  readonly stage: string;
  readonly ledger: Pick<Ledger, 'currentPolicy'>;
  /** The other reads of the ledger, by the DynamoDB keys that they touch. */
  readonly reads?: Readonly<Record<string, (own: Scope, now: Date) => Promise<unknown>>>;
  /** The tag by which the roles that were deployed with it deny a stop. */
  readonly protectTag?: string;
  /** Of a function that follows calendars: what the stored policy says of them. */
  readonly calendars?: (stored: StoredPolicy, at: Date) => readonly Finding[];
  /** The tag by which they deny the delete of a snapshot. */
  readonly holdTag?: string;
  readonly roles: readonly AccountRole[];
  /** What it calls itself in the hub, by IAM action: how to try it. */
  readonly hub: Readonly<Record<string, () => Promise<Answer>>>;
  /** The IAM actions that show only by doing them. */
  readonly untried: readonly (keyof typeof SHOWN_BY)[];
}

/** Whose check it is, and of what: without `scopes` of what the policy names. */
export interface Asked {
  readonly own: Scope;
  readonly now: Date;
  readonly scopes?:
    | readonly { readonly account: string; readonly regions?: readonly string[] | undefined }[]
    | undefined;
}

export interface Checking {
  readonly needs: Needs;
  readonly asked: Asked;
}

export interface CheckReport {
  /** Nothing is missing, and everything that can be tried was answered. */
  readonly ok: boolean;
  readonly function: string;
  readonly account: string;
  readonly region: string;
  readonly findings: readonly Finding[];
}

/** Tries everything. It throws only when the code itself is wrong: what AWS refuses is a finding. */
export async function check(needs: Needs, asked: Asked): Promise<CheckReport> {
  const { account, region } = asked.own;
  const checking = { needs, asked };
  const { stored, findings: ledger } = await checkLedger(checking);
  const places = needs.roles.length > 0 ? placesOf(asked, stored) : { accounts: [], findings: [] };
  const atOnce = pLimit(stored.known ? (stored.policy?.policy.concurrency ?? CONCURRENCY) : CONCURRENCY);
  const tries = await Promise.all([
    ...Object.entries(needs.hub).map(([what, ask]) => checkCall(what, ask, checking)),
    ...needs.roles.map(async (role) => {
      // A policy that cannot be read is a finding already.
      const own = await role.places?.(asked.own).catch(() => undefined);
      return checkRole(role, own ?? places.accounts, { ...checking, atOnce });
    }),
  ]);
  const untried = needs.untried.map(
    (what): Finding => ({ state: 'untried', what, says: 'it shows only by doing it', fix: SHOWN_BY[what] }),
  );
  const findings = [...ledger, ...places.findings, ...tries.flat(), ...untried];
  const ok = !findings.some(({ state }) => state === 'missing' || state === 'failed');
  return { ok, function: needs.function, account, region, findings };
}

/** As many scopes at once as a scan reads by default. */
const CONCURRENCY = 4;

const FIRST_CHANGE = 'The first change that it is for shows it; until then the template says what the role may do';

/** How a person tests what no check can try. */
const SHOWN_BY = {
  'autoscaling:UpdateAutoScalingGroup': FIRST_CHANGE,
  'ce:GetCostAndUsage': 'Without it savings are said at list price, with the reason',
  'ce:GetCostAndUsageWithResources': 'The first anomaly shows it; without it the cause is told by usage type only',
  'cloudwatch:DisableAlarmActions, cloudwatch:EnableAlarmActions':
    'The first stop under a schedule with `alarms: mute` shows it',
  'dynamodb:PutItem': 'The next full run, answer or change shows it',
  'ec2:CreateSnapshot, ec2:CreateTags, ec2:DeleteVolume, ec2:ModifyVolume': FIRST_CHANGE,
  'ec2:RebootInstances, ec2:ModifyInstanceCreditSpecification': FIRST_CHANGE,
  'ec2:StopInstances, ec2:StartInstances, ec2:ModifyInstanceAttribute': FIRST_CHANGE,
  'ecs:UpdateService, application-autoscaling:RegisterScalableTarget': FIRST_CHANGE,
  'kms:CreateGrant, kms:DescribeKey':
    'The first start of an instance with an encrypted volume, and the first copy of an encrypted snapshot, show it',
  'lambda:CheckpointDurableExecution, lambda:GetDurableExecutionState':
    'The first plan that is handed over shows it: its execution stands still without',
  'lambda:SendDurableExecutionCallbackSuccess':
    'The first answer to a plan that waits shows it; without it the plan goes on when its time is over',
  'rds:CopyDBSnapshot, rds:CopyDBClusterSnapshot': FIRST_CHANGE,
  'rds:CreateDBSnapshot, rds:CreateDBClusterSnapshot, rds:AddTagsToResource': FIRST_CHANGE,
  'rds:DeleteDBSnapshot, rds:DeleteDBClusterSnapshot': FIRST_CHANGE,
  'rds:ModifyDBSnapshotAttribute, rds:ModifyDBClusterSnapshotAttribute': FIRST_CHANGE,
  'rds:ModifyDBInstance': FIRST_CHANGE,
  'rds:StopDBInstance, rds:StopDBCluster, rds:StartDBInstance, rds:StartDBCluster': FIRST_CHANGE,
  'redshift:PauseCluster, redshift:ResumeCluster': FIRST_CHANGE,
  'sns:Publish':
    'The next message shows it: a plan is announced when it changes, else after `defaults.remindAfter` (7d). ' +
    'To hear of it now, wake the function with {} and look whether the message comes',
} as const;
