import { describe, expect, it } from 'vitest';
import type { FaultRule } from '../../sandbox/faults.ts';
import { seedShop } from '../../sandbox/fleet/shop.ts';
import { PRODUCTION, STAGING } from '../../sandbox/fleet/shop-estate.ts';
import { putItem } from '../../shared/aws/ledger/table.ts';
import type { Finding } from '../../shared/ports-check.ts';
import type { CheckReport } from '../../shared/runtime/check.ts';
import { forgetCalls, type Stage, stageForTest, wake } from '../support/right-size.ts';
import { deployCarryOut, named, wrongIn } from './support.ts';

const HUB = '123456789012';
const SEOUL = 'ap-northeast-2';
const REGIONS = [SEOUL, 'us-east-1'];
const POLICY = { scopes: [PRODUCTION, STAGING].map((account) => ({ account, regions: REGIONS })) };
const ACTIONS = [
  'autoscaling:DescribeAutoScalingGroups',
  'cloudwatch:GetMetricData',
  'cloudwatch:ListMetrics',
  'ec2:DescribeImages',
  'ec2:DescribeInstanceAttribute',
  'ec2:DescribeInstanceTypeOfferings',
  'ec2:DescribeInstanceTypes',
  'ec2:DescribeInstances',
  'ec2:DescribeSnapshots',
  'ec2:DescribeVolumes',
  'rds:DescribeDBClusters',
  'rds:DescribeDBInstances',
  'rds:DescribeEvents',
  'rds:DescribeOrderableDBInstanceOptions',
];

/** The shop, with everything as it should be. */
async function shop(policy: unknown = POLICY): Promise<Stage> {
  const stage = await stageForTest(policy === undefined ? {} : { policy });
  seedShop(stage.sandbox);
  await deployCarryOut();
  forgetCalls(stage);
  return stage;
}

const check = (stage: Stage, more: object = {}): Promise<CheckReport> => wake(stage, { check: true, ...more });

describe('a check of what is as it should be', () => {
  it('grants every operation in every scope, and says which policy is in force and who stored it', async () => {
    const stage = await shop();
    const report = await check(stage);
    expect(wrongIn(report)).toEqual([]);
    expect(report).toMatchObject({ ok: true, function: 'right-size', account: HUB, region: SEOUL });
    expect(named(report, 'policy')?.says).toMatch(
      /^version 1 is in force .* by arn:aws:iam::123456789012:user\/deployer$/,
    );
    expect(named(report, 'ledger')).toMatchObject({
      state: 'ok',
      says: 'answers for POLICY#, CATALOGUE#, COST#, LADDER#, PLAN#, PRICE#, RESOURCE#, ANSWER#, RUN#',
    });
    expect(named(report, 'pricing:GetProducts')).toMatchObject({ state: 'ok' });
    for (const account of [PRODUCTION, STAGING]) {
      expect(report.findings).toContainEqual(
        expect.objectContaining({ state: 'ok', what: 'sts:AssumeRole lamplighter-look', account }),
      );
      for (const region of REGIONS) {
        const here = report.findings.filter((one) => one.account === account && one.region === region);
        expect(here.map(({ what }) => what).sort()).toEqual(ACTIONS);
      }
    }
  });

  it('changes nothing, sends nothing, and asks each question once', async () => {
    const stage = await shop();
    await check(stage);
    const calls = stage.sandbox.calls.all();
    expect(calls.filter(({ operation }) => /^(Put|Update|Delete|BatchWrite|Publish)/.test(operation))).toEqual([]);
    expect(stage.sandbox.calls.byOperation('AssumeRole')).toHaveLength(2);
    expect(stage.sandbox.calls.byOperation('DescribeDBInstances')).toHaveLength(4);
    expect(stage.sandbox.calls.byOperation('GetMetricData')).toHaveLength(4);
    expect(stage.sent()).toEqual([]);
  });

  it('names what only doing it shows, and how a person tests it', async () => {
    const report = await check(await shop());
    expect(named(report, 'sns:Publish')).toMatchObject({
      state: 'untried',
      fix: expect.stringContaining('remindAfter') as string,
    });
    expect(named(report, 'dynamodb:PutItem')?.state).toBe('untried');
  });

  it('cannot ask for the stop protection where there is no instance, and says so', async () => {
    const stage = await shop({ scopes: [{ account: STAGING, regions: ['eu-west-1'] }] });
    const report = await check(stage);
    expect(report.ok).toBe(true);
    expect(named(report, 'ec2:DescribeInstanceAttribute')).toMatchObject({
      state: 'untried',
      says: 'AWS answers it for an instance only, and none was seen',
    });
  });

  it('is of the account of the hub when no policy was ever stored', async () => {
    const stage = await stageForTest();
    await deployCarryOut();
    stage.sandbox.estate.hub.role('lamplighter-look', { externalId: 'lamplighter' });
    const report = await check(stage);
    expect(report.ok).toBe(true);
    expect(named(report, 'policy')).toMatchObject({
      state: 'note',
      says: expect.stringMatching(/^none was ever stored/) as string,
    });
    expect(named(report, 'sts:AssumeRole lamplighter-look')?.account).toBe(HUB);
  });

  it('may be of a scope that is not in the policy yet', async () => {
    const stage = await shop({ scopes: [{ account: STAGING, regions: [SEOUL] }] });
    const report = await check(stage, { scopes: [{ account: PRODUCTION, regions: [SEOUL] }] });
    expect(report.ok).toBe(true);
    expect(named(report, 'scopes')).toMatchObject({ state: 'note', account: PRODUCTION, region: SEOUL });
    expect(report.findings.filter(({ account }) => account === STAGING)).toEqual([]);
  });
});

describe('a check finds', () => {
  const MEMBER = `With credentials of ${STAGING}: aws cloudformation deploy --stack-name lamplighter-member --template-file infra/member.yml --capabilities CAPABILITY_NAMED_IAM --parameter-overrides HubAccountId=${HUB} Stage=prod ExternalId=$LAMPLIGHTER_EXTERNAL_ID`;

  it.each<[string, (stage: Stage) => unknown]>([
    ['is missing', ({ sandbox }) => sandbox.estate.account(STAGING).roles.delete('lamplighter-look')],
    [
      'wants another external id',
      ({ sandbox }) => sandbox.estate.account(STAGING).role('lamplighter-look', { externalId: 'other' }),
    ],
    [
      'trusts somebody else',
      ({ sandbox }) => sandbox.estate.account(STAGING).role('lamplighter-look', { trusts: ['999999999999'] }),
    ],
  ])('the role of one account that %s, and goes on with the others', async (_, spoil) => {
    const stage = await shop();
    spoil(stage);
    const report = await check(stage);
    expect(report.ok).toBe(false);
    expect(wrongIn(report)).toEqual([
      {
        state: 'missing',
        what: 'sts:AssumeRole lamplighter-look',
        account: STAGING,
        says:
          'lamplighter-right-size-prod is denied (AccessDenied): the role does not exist, does not trust lamplighter-right-size-prod of 123456789012, or ' +
          "wants another external id; it works in 1 other account, so it is this account's role",
        matters: 'Nothing of this account is looked at: it is reported as unknown',
        fix: MEMBER,
      },
    ]);
    expect(report.findings.filter(({ account, state }) => account === PRODUCTION && state === 'ok')).not.toEqual([]);
  });

  it('that no account lets it in, and where that comes from', async () => {
    const stage = await shop();
    const settings = { EXTERNAL_ID: 'a new one', AWS_LAMBDA_FUNCTION_NAME: 'lamplighter-right-size-dev' };
    const report = await wake<CheckReport>(stage, { check: true }, { settings });
    delete process.env.AWS_LAMBDA_FUNCTION_NAME;
    const [first, second, ...more] = wrongIn(report);
    expect(more).toEqual([]);
    expect([first?.account, second?.account]).toEqual([PRODUCTION, STAGING]);
    expect(first?.says).toMatch(/no account lets it in, so look at the external id of the hub first$/);
    expect(first?.fix).toContain('Stage=dev');
  });

  it('the hub without its role, which the hub itself brings', async () => {
    const stage = await shop({ scopes: [{ account: HUB, regions: [SEOUL] }] });
    const [finding] = wrongIn(await check(stage));
    expect(finding?.fix).toBe(
      'Deploy the hub, with LAMPLIGHTER_EXTERNAL_ID set: npm run build && npx serverless deploy --stage prod --region ap-northeast-2',
    );
  });

  it('that RDS is denied in one region and granted in another', async () => {
    const stage = await shop();
    const silent = { error: { code: 'AccessDenied', message: 'is not authorized', status: 403 } };
    stage.sandbox.faults.add({ service: 'rds', account: STAGING, region: 'us-east-1', fault: silent });
    const report = await check(stage);
    expect(wrongIn(report).map(({ what, region }) => [what, region])).toEqual([
      ['rds:DescribeOrderableDBInstanceOptions', 'us-east-1'],
      ['rds:DescribeDBInstances', 'us-east-1'],
      ['rds:DescribeDBClusters', 'us-east-1'],
      ['rds:DescribeEvents', 'us-east-1'],
    ]);
    expect(wrongIn(report)[1]).toMatchObject({
      account: STAGING,
      says: 'lamplighter-look is denied (AccessDenied), though not in ap-northeast-2: a policy above the role denies it',
      matters: 'No database is judged, stopped or started',
      fix: expect.stringContaining(`allow rds:DescribeDBInstances in ${STAGING} in us-east-1`) as string,
    });
  });

  it('that an operation is denied everywhere: the role is older than the function', async () => {
    const stage = await shop();
    stage.sandbox.faults.add({ operation: 'DescribeVolumes', account: STAGING, fault: 'accessDenied' });
    const [finding, ...more] = wrongIn(await check(stage));
    expect(more.map(({ what }) => what)).toEqual(['ec2:DescribeVolumes']);
    expect(finding).toMatchObject({
      says: 'lamplighter-look is denied (UnauthorizedOperation) by its own policies: it is older than this version, or was changed',
      fix: MEMBER,
    });
  });

  it('what the organization denies, by the words that AWS has for it', async () => {
    const stage = await shop();
    const message =
      'User: arn:aws:sts::222222222222:assumed-role/lamplighter-look/x is not authorized to perform: rds:DescribeDBClusters ' +
      'with an explicit deny in a service control policy';
    const fault = { error: { code: 'AccessDenied', message, status: 403 } };
    stage.sandbox.faults.add({ operation: 'DescribeDBClusters', account: STAGING, fault });
    const [finding] = wrongIn(await check(stage));
    expect(finding?.says).toBe(
      'lamplighter-look is denied (AccessDenied) by a policy of the organization (SCP or RCP)',
    );
    expect(finding?.fix).toMatch(/^Have whoever keeps the policies of the organization allow rds:DescribeDBClusters/);
    expect(JSON.stringify(finding), 'not the ARNs of the message').not.toContain('assumed-role');
  });

  it('a region that the account has not enabled, once', async () => {
    const stage = await shop({ scopes: [{ account: STAGING, regions: [SEOUL, 'af-south-1'] }] });
    const report = await check(stage);
    expect(wrongIn(report)).toEqual([
      {
        state: 'missing',
        what: 'region',
        account: STAGING,
        region: 'af-south-1',
        says: expect.stringMatching(/^not enabled in the account \(\w+\)$/) as string,
        matters: 'Everything in it is unknown',
        fix: `With credentials of ${STAGING}: aws account enable-region --region-name af-south-1; or take the region out of \`scopes\` in the policy`,
      },
    ]);
  });

  it.each<[string, FaultRule, Partial<Finding>]>([
    [
      'the price list denied',
      { service: 'pricing', fault: 'accessDenied' },
      {
        state: 'missing',
        what: 'pricing:GetProducts',
        says: "the function's role is denied (AccessDeniedException) by its own policies",
      },
    ],
    [
      'that its own role may not assume the role of an account',
      {
        operation: 'AssumeRole',
        times: 1,
        fault: { error: { code: 'AccessDenied', message: 'no identity-based policy allows it', status: 403 } },
      },
      {
        what: 'sts:AssumeRole lamplighter-look',
        says: 'lamplighter-right-size-prod is denied (AccessDenied) by its own policies',
        fix: expect.stringMatching(/^Deploy the hub/) as string,
      },
    ],
    [
      'an outage, which is neither granted nor denied',
      { operation: 'DescribeAutoScalingGroups', account: STAGING, region: SEOUL, fault: 'serverError' },
      { state: 'failed', what: 'autoscaling:DescribeAutoScalingGroups', region: SEOUL },
    ],
  ])('%s', async (_, fault, finding) => {
    const stage = await shop();
    stage.sandbox.faults.add(fault);
    const report = await check(stage);
    expect(report.ok).toBe(false);
    expect(wrongIn(report)).toEqual([expect.objectContaining(finding)]);
  });

  it('the ledger denied, and still looks at what it was asked for', async () => {
    const stage = await shop();
    stage.sandbox.faults.add({ service: 'dynamodb', fault: 'accessDenied' });
    const report = await check(stage, { scopes: [{ account: STAGING, regions: [SEOUL] }] });
    expect(wrongIn(report)).toEqual([
      expect.objectContaining({
        state: 'missing',
        what: 'ledger',
        says: expect.stringMatching(/AccessDeniedException; allow dynamodb:GetItem on the table/) as string,
        fix: expect.stringContaining('npx serverless deploy') as string,
      }),
    ]);
    expect(named(report, 'policy')).toMatchObject({ state: 'untried', says: 'the ledger could not be read' });
    expect(report.findings.filter(({ region, state }) => region === SEOUL && state === 'ok')).toHaveLength(
      ACTIONS.length,
    );
  });

  it('a part of the ledger denied', async () => {
    const stage = await shop();
    stage.sandbox.faults.add({ service: 'dynamodb', operation: 'Query', fault: 'accessDenied' });
    const report = await check(stage);
    expect(wrongIn(report)).toEqual([
      expect.objectContaining({ what: 'ledger', says: expect.stringContaining('allow dynamodb:Query') as string }),
    ]);
    expect(named(report, 'policy')?.state).toBe('ok');
  });

  it('a policy in the ledger that is not valid, with what is wrong in it', async () => {
    const stage = await shop(undefined);
    const kept = { version: 3, hash: 'x', storedAt: '2026-11-01T00:00:00.000Z', storedBy: 'kim' };
    const policy = JSON.stringify({ scopes: [{ account: STAGING, regions: ['mars-1'] }], timezone: 'Mars' });
    const item = { pk: 'POLICY#current', sk: 'POLICY', ...kept, policy };
    await putItem({ client: stage.hub.dynamodb, table: stage.hub.table }, item);
    stage.sandbox.estate.hub.role('lamplighter-look', { externalId: 'lamplighter' });
    const report = await check(stage);
    expect(wrongIn(report)).toEqual([
      expect.objectContaining({
        state: 'missing',
        what: 'policy',
        says: expect.stringMatching(
          /timezone: an IANA time zone.*; scopes\[0\]\.regions\[0\]: an AWS region/,
        ) as string,
        fix: 'npm run policy -- FILE --table lamplighter-prod',
      }),
    ]);
    expect(named(report, 'scopes')).toMatchObject({ state: 'untried' });
  });
});

describe('the event of a check', () => {
  it.each<[string, object, string]>([
    ['has a time', { time: '2026-11-22T06:30:00Z' }, 'time: not together with `check`'],
    ['asks for a resource as well', { resource: 'orders-qa' }, 'resource: not together with `check`'],
    ['asks for a table', { format: 'table' }, 'format: not together with `check`'],
    ['does not want it', { check: false }, 'check: true'],
  ])('is refused when it %s', async (_, more, problem) => {
    const stage = await shop();
    await expect(check(stage, more)).rejects.toMatchObject({ name: 'InvalidEventError', problems: [problem] });
  });
});
