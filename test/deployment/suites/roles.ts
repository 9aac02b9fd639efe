import { describe, expect, it } from 'vitest';
import {
  allowedActions,
  type DeployedFunction,
  functionsOf,
  ofType,
  statementsOf,
  trustOf,
} from '../../../scripts/package/deployed.ts';
import { allows, denies } from '../../../scripts/package/iam.ts';
import type { Packaged } from '../../../scripts/package/packaged.ts';
import { resolve } from '../../../scripts/package/resolve.ts';
import { calledActions } from '../calls.ts';

/** The functions that see the estate only to judge it. They may hand over, and that is all they may do about it. */
const NO_SCANNERS = ['carry-out', 'answer'];

/** What Lambda does in the function's name. */
const LOG = ['logs:CreateLogStream', 'logs:PutLogEvents'];
const DEAD_LETTERS = ['sqs:SendMessage'];
const POLL = ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'];

/**
 * The ledger and the topics are encrypted with our key, which DynamoDB and SNS use in the caller's name: DynamoDB
 * Developer Guide, "Authorizing use of a customer managed key"; SNS Developer Guide, "Key management".
 */
const KEY = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/** What a role needs although its function's code does not call it. */
const impliedBy = ({ name, properties }: DeployedFunction): string[] => [
  ...LOG,
  ...KEY,
  ...(name === 'remediate-alarm' ? POLL : []),
  ...(properties.DeadLetterConfig ? DEAD_LETTERS : []),
];

/** What the roles may do to Lamplighter's own things. Everything else is the estate, and that they may only read. */
const OWN = [
  ...LOG,
  ...DEAD_LETTERS,
  ...POLL,
  ...KEY,
  'dynamodb:BatchWriteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'lambda:CheckpointDurableExecution',
  'lambda:InvokeFunction',
  'lambda:SendDurableExecutionCallbackSuccess',
  'sns:Publish',
  'sts:AssumeRole',
  'dynamodb:BatchGetItem', // reads, but its verb is not one of the three
  'dynamodb:Query',
];

const READS = /^[a-z0-9-]+:(Describe|Get|List|Lookup)[A-Z]/;

export function roleSuite({ template, bundles, ...packaged }: Packaged): void {
  const functions = functionsOf({ template, bundles, ...packaged });
  const { Resources } = resolve(template, { ExternalId: 'the-external-id-of-the-hub' });
  const actionsOf = (id: string) => allowedActions(statementsOf(Resources[id]));
  const calls = new Map(bundles.map(({ name, metafile }) => [name, calledActions(metafile)]));
  const policies = Object.entries(Resources).filter(([, resource]) => statementsOf(resource).length > 0);

  const mayAssume = (role: string, account: string, other: string) =>
    allows(statementsOf(Resources[role]), {
      action: 'sts:AssumeRole',
      resource: `arn:aws:iam::${account}:role/${other}`,
    });
  /** The roles of other accounts that a function can be, and what they allow. */
  const reach = (role: string) =>
    ['LookRole', 'ActRole'].filter((id) =>
      mayAssume(role, '210987654321', String(Resources[id]?.Properties?.RoleName)),
    );

  describe('every policy', () => {
    it.each(policies)('of %s allows no wildcard action', (_, resource) => {
      for (const action of allowedActions(statementsOf(resource))) expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
    });
  });

  describe('the look role', () => {
    it('can only read', () => {
      for (const action of actionsOf('LookRole')) expect(action).toMatch(READS);
    });

    it('allows exactly what the functions call and their other roles do not allow', () => {
      const lookedAt = functions
        .filter(({ role }) => reach(role).includes('LookRole'))
        .flatMap((deployed) => {
          const { name, role } = deployed;
          const implied: readonly string[] = impliedBy(deployed); // for what others do in its name, not for its own calls
          const own = actionsOf(role).filter((action) => !implied.includes(action));
          const others = [
            own,
            ...reach(role)
              .filter((id) => id !== 'LookRole')
              .map(actionsOf),
          ].flat();
          return calls.get(name)?.filter((action) => !others.includes(action)) ?? [];
        });
      expect(actionsOf('LookRole')).toEqual([...new Set(lookedAt)].sort());
    });

    const trust = trustOf(Resources.LookRole);
    const ask = (context: Record<string, string>) => allows(trust, { action: 'sts:AssumeRole', context });
    const as = (role: string, account = '123456789012') => ({
      'aws:PrincipalArn': `arn:aws:iam::${account}:role/${role}`,
      'sts:ExternalId': 'the-external-id-of-the-hub',
    });

    it('trusts the hub alone', () => {
      expect(trust.map(({ Principal }) => Principal)).toEqual([{ AWS: 'arn:aws:iam::123456789012:root' }]);
    });

    it.each(functions)('trusts $name as far as it needs to look', ({ role }) => {
      const name = String(Resources[role]?.Properties?.RoleName);
      expect(ask(as(name))).toBe(reach(role).includes('LookRole'));
    });

    it.each([
      ['another external id', { 'sts:ExternalId': 'another-external-id' }],
      ['no external id', { 'sts:ExternalId': '' }],
      ['another stage of the hub', as('lamplighter-right-size-dev')],
      ['an administrator of the hub', as('admin')],
      ['the same role of another account', as('lamplighter-right-size-prod', '999999999999')],
    ])('does not trust %s', (_, difference) => {
      expect(ask({ ...as('lamplighter-right-size-prod'), ...difference })).toBe(false);
    });
  });

  describe.each(functions)('the role of $name', (deployed) => {
    const { name, role } = deployed;
    const statements = statementsOf(Resources[role]);
    const own = allowedActions(statements);

    it('is its own', () => {
      expect(Resources[role]?.Properties?.RoleName).toBe(`lamplighter-${name}-prod`);
      expect(functions.filter((other) => other.role === role)).toHaveLength(1);
    });

    it('can change nothing of the estate by itself', () => {
      for (const action of own.filter((action) => !OWN.includes(action))) expect(action).toMatch(READS);
    });

    it('allows exactly what its code calls, together with the roles that it can assume', () => {
      const needed = [...(calls.get(name) ?? []), ...impliedBy(deployed)];
      const elsewhere = reach(role).flatMap(actionsOf);
      expect(own.filter((action) => !needed.includes(action))).toEqual([]);
      expect(needed.filter((action) => !own.includes(action) && !elsewhere.includes(action))).toEqual([]);
    });

    it('may be what it has to be in other accounts, and nothing else', () => {
      const roles = { 'carry-out': ['LookRole', 'ActRole'], answer: [] as string[] }[name] ?? ['LookRole'];
      expect(reach(role)).toEqual(roles);
      for (const account of ['123456789012', '210987654321']) {
        for (const other of ['lamplighter-look-not', 'lamplighter-act-not', 'lamplighter-carry-out-prod', 'admin']) {
          expect(mayAssume(role, account, other)).toBe(false);
        }
      }
    });

    it('uses the key through what it writes to only', () => {
      const decrypt = (service?: string) =>
        allows(statements, {
          action: 'kms:Decrypt',
          resource: 'arn:aws:kms:us-east-1:123456789012:key/Key',
          context: service ? { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` } : {},
        });
      const publishes = own.includes('sns:Publish');
      expect([decrypt('dynamodb'), decrypt('sns'), decrypt('s3'), decrypt()]).toEqual([true, publishes, false, false]);
    });

    it('writes its own log only', () => {
      const write = (group: string) =>
        allows(statements, {
          action: 'logs:PutLogEvents',
          resource: `arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/${group}:log-stream:x`,
        });
      expect([write(`lamplighter-${name}-prod`), write('another-function')]).toEqual([true, false]);
    });

    it('can throw no switch, and reads them only to act', () => {
      const read = (parameter: string) =>
        allows(statements, {
          action: 'ssm:GetParameters',
          resource: `arn:aws:ssm:us-east-1:123456789012:parameter/lamplighter/${parameter}`,
        });
      const acts = name === 'carry-out';
      expect(own).not.toContain('ssm:PutParameter');
      expect(['prod/pause', 'prod/halt', 'dev/halt', 'prod/token'].map(read)).toEqual([acts, acts, false, false]);
    });
  });

  describe.each(functions.filter(({ name }) => !NO_SCANNERS.includes(name)))('the scanner $name', ({ role }) => {
    it('has not one action that changes the estate, whatever role it takes', () => {
      expect(reach(role)).toEqual(['LookRole']);
      const everything = [role, ...reach(role)].flatMap(actionsOf);
      expect(everything.filter((action) => !OWN.includes(action) && !READS.test(action))).toEqual([]);
    });
  });

  describe('executions', () => {
    const CARRY_OUT = 'arn:aws:lambda:us-east-1:123456789012:function:lamplighter-carry-out-prod';
    const execution = `${CARRY_OUT}:7/durable-execution/right-size-2026-11-22-123456789012-3f9a1c/0b7c`;
    const foreign = execution.replace('carry-out-prod', 'carry-out-dev');
    const ANSWER = 'arn:aws:lambda:us-east-1:123456789012:function:lamplighter-answer-prod'; // who invokes it, is anybody
    const may = (name: string, action: string, resource: string) =>
      allows(statementsOf(Resources[functions.find((one) => one.name === name)!.role]), { action, resource });

    it.each([
      ['right-size', true],
      ['answer', true],
      ['carry-out', false],
    ])('%s starts them: %s, and by the alias only', (name, starts) => {
      const start = (resource: string) => may(name, 'lambda:InvokeFunction', resource);
      expect(start(`${CARRY_OUT}:live`)).toBe(starts);
      const others = [CARRY_OUT, `${CARRY_OUT}:7`, `${CARRY_OUT}:$LATEST`, `${CARRY_OUT}-not:live`, ANSWER];
      expect(others.filter(start)).toEqual([]);
    });

    it.each(['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'])(
      '%s is for carry-out, and its own',
      (action) => {
        expect(functions.filter(({ name }) => may(name, action, execution)).map(({ name }) => name)).toEqual([
          'carry-out',
        ]);
        expect(may('carry-out', action, foreign)).toBe(false);
      },
    );

    it('are woken by answer, and by carry-out itself', () => {
      const wake = 'lambda:SendDurableExecutionCallbackSuccess';
      const wakers = functions.filter(({ name }) => may(name, wake, execution)).map(({ name }) => name);
      expect(wakers.sort()).toEqual(['answer', 'carry-out']);
      for (const name of wakers) expect(may(name, wake, foreign)).toBe(false);
    });
  });

  describe('people', () => {
    const ANSWER = 'arn:aws:lambda:us-east-1:123456789012:function:lamplighter-answer-prod';
    const approver = statementsOf(Resources.ApproverPolicy);
    const onCall = statementsOf(Resources.OnCallPolicy);

    it('are given policies to attach, which are attached to nobody yet', () => {
      const policies = ofType(resolve(template), 'AWS::IAM::ManagedPolicy')
        .filter(([id]) => id !== 'NeverStopProtected') // which is attached, to the act role
        .map(([, { Properties = {} }]) => Properties);
      expect(policies.map(({ ManagedPolicyName }) => ManagedPolicyName).sort()).toEqual([
        'lamplighter-approver-prod',
        'lamplighter-on-call-prod',
        'lamplighter-reader-prod',
      ]);
      for (const properties of policies) {
        expect(Object.keys(properties).sort()).toEqual(['Description', 'ManagedPolicyName', 'PolicyDocument']);
      }
    });

    it('who approve, answer through the URL with their names and in no other way', () => {
      const url = (authType: string, resource = ANSWER) =>
        allows(approver, {
          action: 'lambda:InvokeFunctionUrl',
          resource,
          context: { 'lambda:FunctionUrlAuthType': authType },
        });
      const invoke = (resource: string, context = {}) =>
        allows(approver, { action: 'lambda:InvokeFunction', resource, context });
      expect([url('AWS_IAM'), url('NONE'), url('AWS_IAM', `${ANSWER}-not`)]).toEqual([true, false, false]);
      expect(invoke(ANSWER, { 'lambda:InvokedViaFunctionUrl': 'true' })).toBe(true);
      expect(invoke(ANSWER)).toBe(false);
      expect(invoke(ANSWER, { 'lambda:InvokedViaFunctionUrl': 'false' })).toBe(false);
      expect(invoke(ANSWER.replace('answer', 'carry-out'), { 'lambda:InvokedViaFunctionUrl': 'true' })).toBe(false);
      expect(allowedActions(approver)).toEqual(['lambda:InvokeFunction', 'lambda:InvokeFunctionUrl']);
    });

    it('who look, read the ledger with its index, and write nothing', () => {
      const reader = statementsOf(Resources.ReaderPolicy);
      const table = 'arn:aws:dynamodb:us-east-1:123456789012:table/lamplighter-prod';
      const query = (resource: string) => allows(reader, { action: 'dynamodb:Query', resource });
      expect([query(table), query(`${table}/index/byStatus`), query(`${table}-not`)]).toEqual([true, true, false]);
      expect(allowedActions(reader)).toEqual([
        'dynamodb:BatchGetItem',
        'dynamodb:GetItem',
        'dynamodb:Query',
        'kms:Decrypt',
        'kms:DescribeKey',
      ]);
    });

    it('who are on call, throw the two switches and nothing else', () => {
      const put = (parameter: string) =>
        allows(onCall, {
          action: 'ssm:PutParameter',
          resource: `arn:aws:ssm:us-east-1:123456789012:parameter${parameter}`,
        });
      const switches = ['/lamplighter/prod/pause', '/lamplighter/prod/halt'];
      expect(switches.map(put)).toEqual([true, true]);
      expect(['/lamplighter/dev/halt', '/lamplighter/prod/token', '/shop/password'].map(put)).toEqual([
        false,
        false,
        false,
      ]);
      expect(allowedActions(onCall)).toEqual(['ssm:GetParameters', 'ssm:PutParameter']);
    });
  });

  describe('the topics', () => {
    const AlertTopic = 'arn:aws:sns:us-east-1:123456789012:lamplighter-prod-alerts';
    const publish = { action: 'sns:Publish', resource: AlertTopic };
    const caller = (role: string, context = {}) => ({
      ...publish,
      context: {
        'aws:SecureTransport': 'true',
        'aws:PrincipalArn': `arn:aws:iam::123456789012:role/${role}`,
        ...context,
      },
    });
    const alarm = (name: string, account = '123456789012') => ({
      ...publish,
      context: {
        'aws:SecureTransport': 'true',
        'aws:SourceAccount': account,
        'aws:SourceArn': `arn:aws:cloudwatch:us-east-1:${account}:alarm:${name}`,
      },
    });
    const policy = statementsOf(Resources.AlertTopicPolicy);

    it.each(functions)('let $name publish if it has something to say', ({ name, role }) => {
      const request = caller(`lamplighter-${name}-prod`);
      const speaks = calls.get(name)?.includes('sns:Publish') ?? false;
      expect(denies(policy, request)).toBe(!speaks);
      expect(allows(statementsOf(Resources[role]), request)).toBe(speaks);
    });

    it('let nobody else publish, whatever their own policies say', () => {
      expect(denies(policy, caller('admin'))).toBe(true);
      expect(denies(policy, caller('lamplighter-right-size-dev'))).toBe(true);
    });

    it('let our alarms publish, with the key that it takes', () => {
      const names = ofType(resolve(template), 'AWS::CloudWatch::Alarm').map(
        ([, { Properties }]) => Properties?.AlarmName,
      );
      for (const name of names as string[]) {
        expect(allows(policy, alarm(name))).toBe(true);
        for (const action of ['kms:Decrypt', 'kms:GenerateDataKey']) {
          expect(allows(keyPolicyFor('cloudwatch.amazonaws.com'), { ...alarm(name), action, resource: '*' })).toBe(
            true,
          );
        }
      }
    });

    it('let no other alarm publish', () => {
      expect(allows(policy, alarm('orders-latency'))).toBe(false);
      expect(allows(policy, alarm('lamplighter-prod-right-size-failed', '999999999999'))).toBe(false);
    });

    it('want TLS', () => {
      expect(denies(policy, caller('lamplighter-right-size-prod', { 'aws:SecureTransport': 'false' }))).toBe(true);
    });

    it('are the same for chat, without the alarms', () => {
      const chat = statementsOf(resolve(template, { Chat: 'true' }).Resources.ChatTopicPolicy);
      expect(chat.map(({ Effect }) => Effect)).toEqual(['Deny', 'Deny']);
      expect(chat[0]?.Condition?.ArnNotEquals).toEqual(
        policy.find(({ Sid }) => Sid === 'NobodyElsePublishes')?.Condition?.ArnNotEquals,
      );
    });

    const keyPolicyFor = (service: string) =>
      statementsOf(Resources.Key).filter(
        ({ Principal }) => typeof Principal === 'object' && Principal.Service === service,
      );
  });

  describe('services', () => {
    it('use the key only for our own account and our own log groups', () => {
      const services = statementsOf(Resources.Key).filter(
        ({ Principal }) => typeof Principal === 'object' && 'Service' in Principal,
      );
      expect(services.map(({ Sid, Condition }) => [Sid, Condition])).toEqual([
        [
          'AlarmsPublish',
          {
            StringEquals: { 'aws:SourceAccount': '123456789012' },
            ArnLike: { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:lamplighter-prod-*' },
          },
        ],
        [
          'LogsWrite',
          {
            ArnLike: {
              'kms:EncryptionContext:aws:logs:arn':
                'arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/lamplighter-*-prod',
            },
          },
        ],
      ]);
    });

    it('start functions from our own schedules only', () => {
      const ask = (context: Record<string, string>) =>
        allows(trustOf(Resources.SchedulerRole), { action: 'sts:AssumeRole', context });
      const ours = {
        'aws:SourceAccount': '123456789012',
        'aws:SourceArn': 'arn:aws:scheduler:us-east-1:123456789012:schedule-group/lamplighter-prod',
      };
      expect(ask(ours)).toBe(true);
      expect(ask({ ...ours, 'aws:SourceAccount': '999999999999' })).toBe(false);
      expect(ask({ ...ours, 'aws:SourceArn': ours['aws:SourceArn'].replace('lamplighter-prod', 'default') })).toBe(
        false,
      );
    });

    it('start nothing but the functions', () => {
      expect(allowedActions(statementsOf(Resources.SchedulerRole))).toEqual([
        'lambda:InvokeFunction',
        'sqs:SendMessage',
      ]);
    });
  });
}
