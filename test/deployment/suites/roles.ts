import { describe, expect, it } from 'vitest';
import { allowedActions, functionsOf, ofType, statementsOf, trustOf } from '../../../scripts/package/deployed.ts';
import { allows, denies } from '../../../scripts/package/iam.ts';
import type { Packaged } from '../../../scripts/package/packaged.ts';
import { resolve } from '../../../scripts/package/resolve.ts';
import { calledActions } from '../calls.ts';

/** What a role needs although its function's code does not call it. */
const IMPLIED = [
  // The ledger and the topics are encrypted with our key, which DynamoDB and SNS use in the caller's name:
  // DynamoDB Developer Guide, "Authorizing use of a customer managed key"; SNS Developer Guide, "Key management".
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  // Lambda writes the log and the dead letters in the function's name.
  'logs:CreateLogStream',
  'logs:PutLogEvents',
  'sqs:SendMessage',
];

/** What the roles may do to Lamplighter's own things. Everything else is the estate, and that they may only read. */
const OWN = [
  ...IMPLIED,
  'dynamodb:BatchWriteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'sns:Publish',
  'sts:AssumeRole',
  'dynamodb:BatchGetItem', // reads, but its verb is not one of the three
  'dynamodb:Query',
];

export function roleSuite({ template, bundles, ...packaged }: Packaged): void {
  const functions = functionsOf({ template, bundles, ...packaged });
  const { Resources } = resolve(template, { ExternalId: 'the-external-id-of-the-hub' });
  const look = allowedActions(statementsOf(Resources.LookRole));
  const calls = new Map(bundles.map(({ name, metafile }) => [name, calledActions(metafile)]));
  const policies = Object.entries(Resources).filter(([, resource]) => statementsOf(resource).length > 0);

  describe('every policy', () => {
    it.each(policies)('of %s allows no wildcard action', (_, resource) => {
      for (const action of allowedActions(statementsOf(resource))) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z0-9]+$/);
    });
  });

  describe('the look role', () => {
    it('can only read', () => {
      for (const action of look) expect(action).toMatch(/^[a-z0-9]+:(Describe|Get|List)[A-Z]/);
    });

    it('allows exactly what the functions call and their own roles do not allow', () => {
      const lookedAt = functions.flatMap(({ name, role }) => {
        const own = allowedActions(statementsOf(Resources[role]));
        return calls.get(name)?.filter((action) => !own.includes(action)) ?? [];
      });
      expect(look).toEqual([...new Set(lookedAt)].sort());
    });

    const trust = trustOf(Resources.LookRole);
    const ask = (context: Record<string, string>) => allows(trust, { action: 'sts:AssumeRole', context });
    const rightSize = {
      'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/lamplighter-right-size-prod',
      'sts:ExternalId': 'the-external-id-of-the-hub',
    };

    it('trusts the hub alone', () => {
      expect(trust.map(({ Principal }) => Principal)).toEqual([{ AWS: 'arn:aws:iam::123456789012:root' }]);
      expect(ask(rightSize)).toBe(true);
    });

    it.each([
      ['another external id', { 'sts:ExternalId': 'another-external-id' }],
      ['no external id', { 'sts:ExternalId': '' }],
      ['another stage of the hub', { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/lamplighter-right-size-dev' }],
      ['an administrator of the hub', { 'aws:PrincipalArn': 'arn:aws:iam::123456789012:role/admin' }],
      [
        'the same role of another account',
        { 'aws:PrincipalArn': 'arn:aws:iam::999999999999:role/lamplighter-right-size-prod' },
      ],
    ])('does not trust %s', (_, difference) => {
      expect(ask({ ...rightSize, ...difference })).toBe(false);
    });
  });

  describe.each(functions)('the role of $name', ({ name, role }) => {
    const statements = statementsOf(Resources[role]);
    const own = allowedActions(statements);

    it('is its own', () => {
      expect(Resources[role]?.Properties?.RoleName).toBe(`lamplighter-${name}-prod`);
      expect(functions.filter((other) => other.role === role)).toHaveLength(1);
    });

    it('can change nothing of the estate', () => {
      for (const action of own.filter((action) => !OWN.includes(action))) {
        expect(action).toMatch(/^[a-z0-9]+:(Describe|Get|List)[A-Z]/);
      }
    });

    it('allows exactly what its code calls, together with the look role', () => {
      const needed = [...(calls.get(name) ?? []), ...IMPLIED];
      expect(own.filter((action) => !needed.includes(action))).toEqual([]);
      expect(needed.filter((action) => !own.includes(action) && !look.includes(action))).toEqual([]);
    });

    it('may assume the look role of any account and no other role', () => {
      const assume = (account: string, other: string) =>
        allows(statements, { action: 'sts:AssumeRole', resource: `arn:aws:iam::${account}:role/${other}` });
      expect(assume('123456789012', 'lamplighter-look')).toBe(true);
      expect(assume('210987654321', 'lamplighter-look')).toBe(true);
      expect(assume('210987654321', 'lamplighter-act')).toBe(false);
      expect(assume('210987654321', 'lamplighter-look-not')).toBe(false);
    });

    it('uses the key through the ledger and the topics only', () => {
      const decrypt = (service?: string) =>
        allows(statements, {
          action: 'kms:Decrypt',
          resource: 'arn:aws:kms:us-east-1:123456789012:key/Key',
          context: service ? { 'kms:ViaService': `${service}.us-east-1.amazonaws.com` } : {},
        });
      expect([decrypt('dynamodb'), decrypt('sns'), decrypt('s3'), decrypt()]).toEqual([true, true, false, false]);
    });

    it('writes its own log only', () => {
      const write = (group: string) =>
        allows(statements, {
          action: 'logs:PutLogEvents',
          resource: `arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/${group}:log-stream:x`,
        });
      expect([write(`lamplighter-${name}-prod`), write('another-function')]).toEqual([true, false]);
    });
  });

  describe('the ledger, as right-size sees it', () => {
    const statements = statementsOf(Resources.RightSizeRole);
    const Ledger = 'arn:aws:dynamodb:us-east-1:123456789012:table/lamplighter-prod';
    const may = (action: string, keys: string[], resource = Ledger) =>
      allows(statements, { action, resource, context: keys.length ? { 'dynamodb:LeadingKeys': keys } : {} });

    it.each([
      ['POLICY#current', 'reads'],
      ['RUN#right-size#123456789012', 'writes'],
      ['RUN#watch-spend#123456789012', 'nothing'],
      ['PLAN#right-size-2026-11-22-123456789012-3f9a1c', 'writes'],
      ['ANSWER#123456789012', 'reads'],
      ['PRICE#AmazonEC2#us-east-1', 'writes'],
      ['LEASE#arn:aws:rds:us-east-1:123456789012:db:orders', 'nothing'],
      ['CAP#123456789012#idle-database#takes', 'nothing'],
      ['RESOURCE#arn:aws:rds:us-east-1:123456789012:db:orders', 'nothing'],
    ])('%s: %s', (key, access) => {
      const reads = ['GetItem', 'Query', 'BatchGetItem'].map((call) => may(`dynamodb:${call}`, [key]));
      const writes = ['PutItem', 'UpdateItem', 'BatchWriteItem'].map((call) => may(`dynamodb:${call}`, [key]));
      expect(new Set(reads)).toEqual(new Set([access !== 'nothing']));
      expect(new Set(writes)).toEqual(new Set([access === 'writes']));
    });

    it('refuses a batch with a single item that is not its own', () => {
      expect(may('dynamodb:BatchWriteItem', ['PLAN#1', 'PRICE#1'])).toBe(true);
      expect(may('dynamodb:BatchWriteItem', ['PLAN#1', 'POLICY#current'])).toBe(false);
    });

    it('refuses a call that names no key', () => {
      expect(may('dynamodb:Query', [])).toBe(false);
    });

    it('has no index and no deletion', () => {
      expect(may('dynamodb:Query', ['PLAN#1'], `${Ledger}/index/byStatus`)).toBe(false);
      expect(may('dynamodb:DeleteItem', ['PLAN#1'])).toBe(false);
      expect(may('dynamodb:Scan', ['PLAN#1'])).toBe(false);
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

    it('let right-size publish', () => {
      const request = caller('lamplighter-right-size-prod');
      expect(denies(policy, request)).toBe(false);
      expect(allows(statementsOf(Resources.RightSizeRole), request)).toBe(true);
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
      const Chat = statementsOf(template.Resources.ChatTopicPolicy);
      expect(Chat.map(({ Effect }) => Effect)).toEqual(['Deny', 'Deny']);
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
