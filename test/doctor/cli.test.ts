import { expect, it } from 'vitest';
import type { Ask, Reply } from '../../scripts/doctor/ask.ts';
import { type Report, reportText } from '../../scripts/doctor/report.ts';
import { main } from '../../scripts/doctor.ts';

const ACCOUNT = '222222222222';
const REGION = 'eu-west-1';
const granted = (what: string) => ({ state: 'ok' as const, what, account: ACCOUNT, region: REGION, says: 'granted' });

const fine: Report = {
  ok: true,
  function: 'right-size',
  account: '123456789012',
  region: 'ap-northeast-2',
  findings: [
    { state: 'ok', what: 'policy', says: 'version 2 is in force' },
    { state: 'untried', what: 'sns:Publish', says: 'it shows only by doing it', fix: 'The next message shows it' },
    granted('ec2:DescribeInstances'),
    granted('ec2:DescribeVolumes'),
  ],
};

const broken: Report = {
  ...fine,
  ok: false,
  findings: [
    {
      state: 'missing',
      what: 'rds:DescribeDBInstances',
      account: ACCOUNT,
      region: REGION,
      says: 'denied (AccessDenied)\nto lamplighter-look',
      matters: 'No database is judged',
      fix: 'aws cloudformation deploy',
    },
    ...fine.findings,
  ],
};

const answered = (answer: unknown): Reply => ({ failed: false, payload: JSON.stringify(answer) });
const threw = (errorType: string, errorMessage: string): Reply => ({
  failed: true,
  payload: JSON.stringify({ errorType, errorMessage }),
});

/** Runs the command against functions that answer so, each the same unless told by its name. */
async function run(
  args: readonly string[],
  reply: Reply | Error,
  others: Readonly<Record<string, Reply | Error>> = {},
) {
  const said: string[] = [];
  const asked: unknown[] = [];
  const asking = (how: string): Ask => {
    return async (name, event) => {
      asked.push([how, name, event]);
      const answer = others[name] ?? reply;
      if (answer instanceof Error) throw answer;
      return answer;
    };
  };
  const say = (text: string) => void said.push(text);
  const code = await main(args, { out: say, err: say, ask: { now: asking('now'), durable: asking('durable') } });
  return { code, text: said.join('\n'), asked };
}

const refusal = (name: string) => Object.assign(new Error('AWS says so'), { name });

const ONE = ['--only', 'right-size'];

it('says a line for each finding: what is wrong, why it matters, what mends it; the worst last', () => {
  expect(reportText(broken).split('\n')).toEqual([
    'ok       policy: version 2 is in force',
    'ok       222222222222 eu-west-1  ec2:DescribeInstances, ec2:DescribeVolumes: granted',
    'untried  sns:Publish: it shows only by doing it. Fix: The next message shows it',
    'MISSING  222222222222 eu-west-1  rds:DescribeDBInstances: denied (AccessDenied) to lamplighter-look. No database is judged. Fix: aws cloudformation deploy',
    'right-size in 123456789012 ap-northeast-2: something is missing (3 ok, 1 untried, 1 missing)',
  ]);
});

it.each([
  ['0 when nothing is missing', fine, 0],
  ['1 when something is', broken, 1],
])('ends with %s', async (_, report, expected) => {
  const { code, text } = await run(ONE, answered(report));
  expect(code).toBe(expected);
  expect(text).toBe(reportText(report));
});

it('asks all functions, and ends with 1 when one of them lacks something', async () => {
  const { code, text, asked } = await run([], answered(fine), { 'lamplighter-carry-out-prod': answered(broken) });
  expect(asked).toEqual([
    ['now', 'lamplighter-right-size-prod', { check: true }],
    ['durable', 'lamplighter-carry-out-prod', { check: true }],
    ['now', 'lamplighter-answer-prod', { check: true }],
    ['now', 'lamplighter-watch-spend-prod', { check: true }],
    ['now', 'lamplighter-snapshot-databases-prod', { check: true }],
    ['now', 'lamplighter-off-hours-prod', { check: true }],
    ['now', 'lamplighter-remediate-alarm-prod', { check: true }],
  ]);
  expect(code).toBe(1);
  expect(text).toBe([fine, broken, fine, fine, fine, fine, fine].map(reportText).join('\n\n'));
});

it('says what the others found when one cannot be asked', async () => {
  const { code, text } = await run([], answered(fine), { 'lamplighter-answer-prod': refusal('TimeoutError') });
  expect(code).toBe(1);
  expect(text).toBe(
    `${[fine, fine, fine, fine, fine, fine].map(reportText).join('\n\n')}\n` +
      'lamplighter-answer-prod could not be asked: TimeoutError: AWS says so',
  );
});

it('prints the answers as they are for programs', async () => {
  const { code, text } = await run([...ONE, '--json'], answered(broken));
  expect(code).toBe(1);
  expect(JSON.parse(text)).toEqual([broken]);
});

it.each<[string[], string, object]>([
  [ONE, 'lamplighter-right-size-prod', { check: true }],
  [[...ONE, '--stage', 'dev'], 'lamplighter-right-size-dev', { check: true }],
  [
    [...ONE, '--scope', '111111111111', '--scope', '222222222222:eu-west-1,us-east-1'],
    'lamplighter-right-size-prod',
    {
      check: true,
      scopes: [{ account: '111111111111' }, { account: '222222222222', regions: ['eu-west-1', 'us-east-1'] }],
    },
  ],
])('with %j asks %s for %j', async (args, name, event) => {
  expect((await run(args, answered(fine))).asked).toEqual([['now', name, event]]);
});

it.each([
  ['an option that nobody knows', ['--quick']],
  ['half an account', ['--scope', '1111']],
  ['a function that is none', ['--only', 'watch-dogs']],
])('refuses %s, and asks nobody', async (_, args) => {
  const { code, text, asked } = await run(args, answered(fine));
  expect(code).toBe(2);
  expect(text).toContain('usage: npm run doctor');
  expect(asked).toEqual([]);
});

it.each<[string, Reply | Error, RegExp]>([
  [
    'that is not there',
    refusal('ResourceNotFoundException'),
    /^lamplighter-right-size-prod could not be asked: .*deploy it first/,
  ],
  ['that may not be invoked', refusal('AccessDeniedException'), /may not lambda:InvokeFunction/],
  ['that cannot be reached', refusal('TimeoutError'), /TimeoutError: AWS says so$/],
  ['that fails', threw('InvalidConfigError', 'EXTERNAL_ID: ...'), /failed: InvalidConfigError: EXTERNAL_ID: \.\.\.$/],
  [
    'of an older version',
    threw('InvalidEventError', 'check: unknown key; allowed: time'),
    /knows no check: deploy this one first$/,
  ],
  [
    'that was made for its URL only',
    threw('InvalidEventError', 'requestContext: answer is woken through its Function URL with IAM authentication only'),
    /knows no check: deploy this one first$/,
  ],
  ['that answers something else', answered([]), /answered something else than a report/],
  ['that answers no JSON', { failed: false, payload: '' }, /answered something else than a report/],
])('ends with 1 and says why for a function %s', async (_, reply, words) => {
  const { code, text } = await run(ONE, reply);
  expect(code).toBe(1);
  expect(text).toMatch(words);
});
