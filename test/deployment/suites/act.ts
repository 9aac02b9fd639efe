import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allowedActions, statementsOf, trustOf } from '../../../scripts/package/deployed.ts';
import { allows, denies, type Request } from '../../../scripts/package/iam.ts';
import type { Packaged } from '../../../scripts/package/packaged.ts';
import { resolve } from '../../../scripts/package/resolve.ts';
import { type ActionKind, DIRECTIONS, PERMISSIONS, type Permissions } from '../../../shared/core/action.ts';
import { parsePolicy } from '../../../shared/core/policy.ts';
import { calledActions, prefix } from '../calls.ts';

/** Where each action is at home: what it needs in one call, and what it must never reach. */
interface Home {
  /** All of them, in one call. */
  readonly on: readonly string[];
  readonly never: readonly string[];
  readonly context?: NonNullable<Request['context']>;
  /** Each of them makes the same call refused. */
  readonly notWith?: readonly NonNullable<Request['context']>[];
}

const rds = (rest: string, account = '123456789012') => `arn:aws:rds:ap-northeast-2:${account}:${rest}`;
const ec2 = (rest: string, account = '123456789012') => `arn:aws:ec2:ap-northeast-2:${account}:${rest}`;
const instance = ec2('instance/i-0123456789abcdef0');

const DATABASE: Home = { on: [rds('db:orders')], never: [rds('cluster:orders'), rds('db:orders', '999999999999')] };
const CLUSTER: Home = { on: [rds('cluster:orders')], never: [rds('db:orders'), rds('cluster:orders', '999999999999')] };
const INSTANCE: Home = { on: [instance], never: [ec2('volume/vol-1'), ec2('instance/i-1', '999999999999')] };

const VOLUME: Home = { on: [ec2('volume/vol-1')], never: [instance, ec2('volume/vol-1', '999999999999')] };

const SNAPSHOT: Home = {
  on: [rds('snapshot:lamplighter-1')],
  never: [rds('snapshot:orders'), rds('snapshot:rds:orders-1'), rds('snapshot:lamplighter-1', '999999999999')],
};
const CLUSTER_SNAPSHOT: Home = {
  on: [rds('cluster-snapshot:lamplighter-1')],
  never: [rds('cluster-snapshot:orders'), rds('cluster-snapshot:lamplighter-1', '999999999999')],
};

const there = (service: string, rest: string, account = '123456789012') =>
  `arn:aws:${service}:ap-northeast-2:${account}:${rest}`;

/** What only schedules stop and start has to be under one. */
const UNDER_A_SCHEDULE = {
  context: { 'aws:ResourceTag/lamplighter:schedule': 'office' },
  notWith: [{ 'aws:ResourceTag/lamplighter:schedule': [] }],
} as const;

const WAREHOUSE: Home = {
  on: [there('redshift', 'cluster:dw')],
  never: [there('redshift', 'cluster:dw', '999999999999')],
  ...UNDER_A_SCHEDULE,
};

const GROUP = 'autoScalingGroup:0b1c:autoScalingGroupName/web';

const HOMES: Readonly<Record<string, Home>> = {
  'application-autoscaling:RegisterScalableTarget': {
    on: [there('application-autoscaling', 'scalable-target/0ec5')],
    never: [there('application-autoscaling', 'scalable-target/0ec5', '999999999999')],
    context: {
      'application-autoscaling:service-namespace': 'ecs',
      'application-autoscaling:scalable-dimension': 'ecs:service:DesiredCount',
    },
    notWith: [
      { 'application-autoscaling:service-namespace': 'dynamodb' },
      { 'application-autoscaling:scalable-dimension': [] },
    ],
  },
  'autoscaling:UpdateAutoScalingGroup': {
    on: [there('autoscaling', GROUP)],
    never: [there('autoscaling', GROUP, '999999999999'), there('autoscaling', 'launchConfiguration:0b1c')],
    // As it is emptied.
    context: { ...UNDER_A_SCHEDULE.context, 'autoscaling:MinSize': '0', 'autoscaling:MaxSize': '0' },
    notWith: [...UNDER_A_SCHEDULE.notWith, { 'autoscaling:LaunchConfigurationName': 'of-somebody' }],
  },
  'cloudwatch:DisableAlarmActions': {
    on: [there('cloudwatch', 'alarm:cpu')],
    never: [there('cloudwatch', 'alarm:cpu', '999999999999'), there('cloudwatch', 'alarm:lamplighter-prod-failed')],
  },
  'cloudwatch:EnableAlarmActions': {
    on: [there('cloudwatch', 'alarm:cpu')],
    never: [there('cloudwatch', 'alarm:cpu', '999999999999')],
  },
  'ecs:UpdateService': {
    on: [there('ecs', 'service/shop/web')],
    never: [there('ecs', 'service/shop/web', '999999999999'), there('ecs', 'cluster/shop')],
    ...UNDER_A_SCHEDULE,
  },
  'ec2:CreateSnapshot': {
    on: [ec2('volume/vol-1'), ec2('snapshot/snap-1', '')],
    never: [instance, ec2('volume/vol-1', '999999999999')],
  },
  'ec2:CreateTags': {
    on: [ec2('snapshot/snap-1', '')],
    never: [instance, ec2('volume/vol-1')],
    context: { 'ec2:CreateAction': 'CreateSnapshot' },
    notWith: [{ 'ec2:CreateAction': [] }, { 'ec2:CreateAction': 'RunInstances' }],
  },
  'ec2:DeleteVolume': VOLUME,
  'ec2:ModifyInstanceAttribute': {
    ...INSTANCE,
    context: { 'ec2:Attribute': 'InstanceType', 'ec2:Attribute/InstanceType': 'm7g.large' },
    notWith: [{ 'ec2:Attribute': 'UserData', 'ec2:Attribute/InstanceType': [] }, { 'ec2:Attribute/InstanceType': [] }],
  },
  'ec2:ModifyInstanceCreditSpecification': {
    ...INSTANCE,
    context: { 'ec2:InstanceType': 't4g.small' },
    notWith: [{ 'ec2:InstanceType': 'm7g.large' }, { 'ec2:InstanceType': 'trn1.2xlarge' }, { 'ec2:InstanceType': [] }],
  },
  'ec2:ModifyVolume': VOLUME,
  'ec2:RebootInstances': INSTANCE,
  'ec2:StartInstances': INSTANCE,
  'ec2:StopInstances': INSTANCE,
  'kms:CreateGrant': {
    on: ['arn:aws:kms:ap-northeast-2:123456789012:key/1'],
    never: ['arn:aws:kms:ap-northeast-2:123456789012:alias/1'],
    context: { 'kms:GrantIsForAWSResource': 'true', 'kms:ViaService': 'ec2.ap-northeast-2.amazonaws.com' },
    notWith: [
      { 'kms:GrantIsForAWSResource': 'false' },
      { 'kms:GrantIsForAWSResource': [] },
      { 'kms:ViaService': 's3.ap-northeast-2.amazonaws.com' },
      { 'kms:ViaService': [] },
    ],
  },
  'kms:DescribeKey': {
    on: ['arn:aws:kms:ap-northeast-2:123456789012:key/1', 'arn:aws:kms:ap-northeast-2:999999999999:key/1'],
    never: ['arn:aws:kms:ap-northeast-2:123456789012:alias/1'],
    context: { 'kms:ViaService': 'rds.ap-northeast-2.amazonaws.com' },
    notWith: [{ 'kms:ViaService': 's3.ap-northeast-2.amazonaws.com' }, { 'kms:ViaService': [] }],
  },
  'rds:AddTagsToResource': {
    on: [rds('snapshot:lamplighter-1')],
    never: [rds('db:orders'), rds('cluster:orders'), rds('snapshot:orders'), rds('cluster-snapshot:orders')],
  },
  'rds:CopyDBClusterSnapshot': {
    on: [rds('cluster-snapshot:rds:orders-1', '999999999999'), rds('cluster-snapshot:lamplighter-1')],
    never: [rds('cluster:orders')],
  },
  'rds:CopyDBSnapshot': {
    on: [rds('snapshot:rds:orders-1', '999999999999'), rds('snapshot:lamplighter-1'), rds('og:ours')],
    never: [rds('db:orders')],
  },
  'rds:CreateDBClusterSnapshot': {
    on: [rds('cluster:orders'), rds('cluster-snapshot:lamplighter-1')],
    never: [rds('cluster-snapshot:orders'), rds('cluster-snapshot:not-lamplighter-1')],
  },
  'rds:CreateDBSnapshot': {
    on: [rds('db:orders'), rds('snapshot:lamplighter-1')],
    never: [rds('snapshot:orders'), rds('snapshot:not-lamplighter-1')],
  },
  'rds:DeleteDBClusterSnapshot': CLUSTER_SNAPSHOT,
  'rds:DeleteDBSnapshot': SNAPSHOT,
  'rds:ModifyDBClusterSnapshotAttribute': CLUSTER_SNAPSHOT,
  'rds:ModifyDBInstance': DATABASE,
  'rds:ModifyDBSnapshotAttribute': SNAPSHOT,
  'rds:StartDBCluster': CLUSTER,
  'rds:StartDBInstance': DATABASE,
  'rds:StopDBCluster': CLUSTER,
  'rds:StopDBInstance': DATABASE,
  'redshift:PauseCluster': WAREHOUSE,
  'redshift:ResumeCluster': WAREHOUSE,
};

/**
 * Asked for in our name: by RDS, "if tags are specified in the create action, RDS performs additional authorization" (RDS
 * User Guide, tag on create), and by EC2, which does the same; by EC2, when it starts an instance with an encrypted volume;
 * and by RDS, when it copies what is encrypted.
 */
const NOT_CALLED = ['ec2:CreateTags', 'rds:AddTagsToResource', 'kms:CreateGrant', 'kms:DescribeKey'];

const kinds = Object.entries(PERMISSIONS) as [ActionKind, Permissions][];
const stages = kinds.flatMap(([kind, permissions]) =>
  (['protect', 'apply', 'undo'] as const).map((stage) => ({ kind, stage, actions: permissions[stage] })),
);
const permitted = [...new Set(stages.flatMap(({ actions }) => actions))].sort();

/** What brings up again what is down: a resize ends with it. */
const FINISHING = ['ec2:ModifyInstanceAttribute', 'ec2:StartInstances', 'kms:CreateGrant'];

/** What starts as well as it stops, and says nowhere in what IAM sees which of the two; or takes nothing away. */
const EITHER_WAY = [
  'application-autoscaling:RegisterScalableTarget',
  'cloudwatch:DisableAlarmActions',
  'cloudwatch:EnableAlarmActions',
  'ecs:UpdateService',
];

/** What takes something away, as an action or as the undo of one. */
const taking = stages
  .filter(({ kind, stage }) => stage === (DIRECTIONS[kind] === 'takes' ? 'apply' : 'undo'))
  .flatMap(({ actions }) => actions)
  .filter((action) => ![...FINISHING, ...EITHER_WAY].includes(action));

/** Every delete of a snapshot: what a database was tagged with, its snapshots inherit, so they have a tag of their own. */
const DELETES = permitted.filter((action) => /^rds:Delete.*Snapshot$/.test(action));
const isNoSnapshot = (action: string): boolean => !/^rds:.*Snapshot/.test(action);

/** What the verbs read in the session in which they act: from their sources, since the bundle is one for both roles. */
function looksOfChanges(): string[] {
  const folder = new URL('../../../shared/aws/changes/', import.meta.url);
  const code = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
  const imports = [...code.join('\n').matchAll(/import \{([^}]+)\} from '@aws-sdk\/client-([\w-]+)'/g)];
  const looks = imports.flatMap(([, names = '', client = '']) =>
    (names.match(/\bDescribe\w+(?=Command\b)/g) ?? []).map((operation) => `${prefix(client)}:${operation}`),
  );
  return [...new Set(looks)];
}

export function actSuite({ template, bundles }: Packaged): void {
  const roleWith = (parameters: Record<string, string>) => {
    const { Resources } = resolve(template, { ExternalId: 'the-external-id-of-the-hub', ...parameters });
    return { Resources, statements: [Resources.ActRole, Resources.NeverStopProtected].flatMap(statementsOf) };
  };
  const { Resources, statements } = roleWith({});
  const may = (action: string, resource: string, context: Request['context'] = {}) =>
    allows(statements, { action, resource, context });

  describe('the act role', () => {
    it('allows what PERMISSIONS says, the looks of shared/aws/changes, and nothing else', () => {
      expect(allowedActions(statements)).toEqual([...permitted, ...looksOfChanges()].sort());
    });

    it('allows nothing that carry-out does not call', () => {
      const called = calledActions(bundles.find(({ name }) => name === 'carry-out')!.metafile);
      expect(permitted.filter((action) => !called.includes(action) && !NOT_CALLED.includes(action))).toEqual([]);
    });

    it('deletes nothing but volumes and snapshots, and changes nothing but sizes and who reads a snapshot', () => {
      const grave = allowedActions(statements).filter((action) =>
        /Delete|Terminate|Modify\w+$|Register|Restore|Put|Update/.test(action),
      );
      expect(grave.filter((action) => !action.includes(':Describe'))).toEqual([
        'application-autoscaling:RegisterScalableTarget',
        'autoscaling:UpdateAutoScalingGroup',
        'ec2:DeleteVolume',
        'ec2:ModifyInstanceAttribute',
        'ec2:ModifyInstanceCreditSpecification',
        'ec2:ModifyVolume',
        'ecs:UpdateService',
        'rds:DeleteDBClusterSnapshot',
        'rds:DeleteDBSnapshot',
        'rds:ModifyDBClusterSnapshotAttribute',
        'rds:ModifyDBInstance',
        'rds:ModifyDBSnapshotAttribute',
      ]);
    });

    it('is bounded by a resource in every statement that changes anything', () => {
      for (const { Effect, Resource, Sid } of statements) {
        if (Effect === 'Allow' && Sid !== 'LookFirst') expect([Resource].flat()).not.toContain('*');
      }
    });

    describe.each(stages.filter(({ actions }) => actions.length > 0))('$kind, to $stage', ({ actions }) => {
      it.each(actions.map((action) => [action]))('%s: there, and there only', (action) => {
        const home = HOMES[action];
        if (!home) throw new Error(`act.ts does not know where ${action} is at home`);
        expect(home.on.filter((resource) => !may(action, resource, home.context))).toEqual([]);
        expect(home.never.filter((resource) => may(action, resource, home.context))).toEqual([]);
        expect((home.notWith ?? []).filter((less) => may(action, home.on[0]!, { ...home.context, ...less }))).toEqual(
          [],
        );
      });
    });

    it('is trusted to carry-out alone', () => {
      const trust = trustOf(Resources.ActRole);
      const ask = (context: Record<string, string>) => allows(trust, { action: 'sts:AssumeRole', context });
      const carryOut = {
        'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/lamplighter-carry-out-prod',
        'sts:ExternalId': 'the-external-id-of-the-hub',
      };
      expect(trust.map(({ Principal }) => Principal)).toEqual([{ AWS: 'arn:aws:iam::123456789012:root' }]);
      expect(ask(carryOut)).toBe(true);
      expect(ask({ ...carryOut, 'sts:ExternalId': 'another-external-id' })).toBe(false);
      for (const other of ['right-size-prod', 'answer-prod', 'scheduler-prod', 'carry-out-dev', 'carry-out-prod-not']) {
        const principal = `arn:aws:iam::123456789012:role/lamplighter-${other}`;
        expect([other, ask({ ...carryOut, 'aws:PrincipalArn': principal })]).toEqual([other, false]);
      }
      const elsewhere = 'arn:aws:iam::999999999999:role/lamplighter-carry-out-prod';
      expect(ask({ ...carryOut, 'aws:PrincipalArn': elsewhere })).toBe(false);
    });
  });

  const { defaults, snapshots } = parsePolicy({});
  describe.each([
    { what: 'protect tag', tag: defaults.protectTag, parameter: 'ProtectTag', prevented: taking.filter(isNoSnapshot) },
    { what: 'hold tag', tag: snapshots.holdTag, parameter: 'HoldTag', prevented: DELETES },
  ])('the $what', ({ tag, parameter, prevented }) => {
    const tagged = (value: string) => ({ [`aws:ResourceTag/${tag}`]: value });
    const refused = (action: string, context: Request['context'] = {}) =>
      denies(statements, {
        action,
        resource: HOMES[action]!.on[0]!,
        context: { ...HOMES[action]!.context, ...context },
      });

    it.each([
      ['is there without a value', true, tagged('')],
      ['says why', true, tagged('audit')],
      ['has a date and more', true, tagged('until 2026-12-31')],
      ['has a date of another form', true, tagged('2026-1-1')],
      ['has a last day, which the code judges', false, tagged('2026-12-31')],
      ['is not there', false, {}],
      ['is another one', false, { 'aws:ResourceTag/lamplighter:owner': 'shop' }],
    ])('prevents what it is for when it %s: %s', (_, denied, context) => {
      expect(prevented.length).toBeGreaterThan(0);
      for (const action of prevented) {
        expect([action, refused(action, context)]).toEqual([action, denied]);
        expect(may(action, HOMES[action]!.on[0]!, { ...HOMES[action]!.context, ...context })).toBe(!denied);
      }
    });

    it('prevents nothing else: what was stopped can be taken back, and what is half done comes up', () => {
      for (const action of permitted.filter((one) => !prevented.includes(one))) {
        expect([action, refused(action, tagged('audit'))]).toEqual([action, false]);
      }
    });

    it('is the one that the member was deployed with', () => {
      const renamed = roleWith({ [parameter]: 'keep' }).statements;
      const [action = ''] = prevented;
      const request = { action, resource: HOMES[action]!.on[0]! };
      expect(denies(renamed, { ...request, context: { 'aws:ResourceTag/keep': '' } })).toBe(true);
      expect(denies(renamed, { ...request, context: tagged('') })).toBe(false);
    });
  });

  it('the tags count from the first moment of the act role on', () => {
    expect(Resources.ActRole?.Properties?.ManagedPolicyArns).toEqual([
      'arn:aws:iam::123456789012:policy/lamplighter-never-stop-protected',
    ]);
  });
}
