import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readArguments } from '../../scripts/answer/arguments.ts';
import { type Reply, send, signedRequest, wordsOf } from '../../scripts/answer/send.ts';
import { span } from '../../scripts/answer/tables.ts';
import { main } from '../../scripts/answer.ts';
import type { AnswerRequest } from '../../shared/core/answer.ts';
import type { Change } from '../../shared/core/change.ts';
import type { Plan } from '../../shared/core/plan.ts';
import { ACCOUNT } from '../support/plan-specimen.ts';
import { changeOf, type Desk, hours, KIM, LEE, openDesk, planOf, takings, urlEvent } from './support.ts';

const ARN = `arn:aws:rds:ap-northeast-2:${ACCOUNT}:db:orders-1`;
const URL = 'https://abc.lambda-url.ap-northeast-2.on.aws/';
const ENV = { LEDGER_TABLE: 'lamplighter-prod', ANSWER_URL: URL };

/** Runs the command against the function at a desk, as KIM. */
async function answer(desk: Desk, args: readonly string[], env: Readonly<Record<string, string>> = ENV) {
  const printed = { out: '', err: '' };
  const sent: { url: string; request: AnswerRequest }[] = [];
  const tables: string[] = [];
  const code = await main(args, {
    env,
    out: (text) => (printed.out += `${text}\n`),
    err: (text) => (printed.err += `${text}\n`),
    now: () => desk.now,
    connect: (table) => {
      tables.push(table);
      return desk.ledger;
    },
    post: async (url, request): Promise<Reply> => {
      sent.push({ url, request });
      const { status, body } = await desk.deliver(urlEvent(KIM, JSON.stringify(request)));
      return { status, body: JSON.stringify(body) };
    },
  });
  return { code, ...printed, sent, tables };
}

async function waiting(plan = planOf()): Promise<{ desk: Desk; plan: Plan }> {
  const desk = await openDesk();
  return { desk, plan: await desk.open(plan) };
}

describe('the arguments', () => {
  it.each([
    [['list'], { verb: 'list' }],
    [['show', 'p'], { verb: 'show', plan: 'p' }],
    [['approve', 'p', '--only', '1,3', '--note', 'fine'], { verb: 'approve', plan: 'p', only: [1, 3], note: 'fine' }],
    [['veto', 'p', '--until=2026-12-31'], { verb: 'veto', plan: 'p', until: '2026-12-31' }],
    [['veto-resource', ARN, '--until', '2026-12-31'], { verb: 'veto-resource', resource: ARN, until: '2026-12-31' }],
    [
      ['keep-on', ARN, '--until', '2026-11-27T18:00', '--note', 'late'],
      { verb: 'keep-on', resource: ARN, until: '2026-11-27T18:00', note: 'late' },
    ],
    [['keep-on', ARN, '--until', 'now'], { verb: 'keep-on', resource: ARN, until: 'now' }],
    [['undo', 'p/1'], { verb: 'undo', change: 'p/1' }],
    [['expected', 'a'], { verb: 'expected', anomaly: 'a' }],
    [
      ['expected', 'a', '--recurring', '--note', 'licence'],
      { verb: 'expected', anomaly: 'a', recurring: true, note: 'licence' },
    ],
    [['investigate', 'a'], { verb: 'investigate', anomaly: 'a' }],
    [['snooze', 'a', '--until', '2026-12-31'], { verb: 'snooze', anomaly: 'a', until: '2026-12-31' }],
    [['savings'], { verb: 'savings', by: 'month' }],
    [['savings', '--by', 'owner', '--since', '2026-01-01'], { verb: 'savings', by: 'owner', since: '2026-01-01' }],
  ])('%j', (args, command) => expect(readArguments(args)).toEqual({ command }));

  it('say where', () => {
    const { table, url } = readArguments(['list', '--table', 't', '--url', URL]);
    expect([table, url]).toEqual(['t', URL]);
  });

  it.each([
    [
      [],
      'say what to do: list, show, approve, veto, veto-resource, keep-on, undo, expected, investigate, snooze, savings',
    ],
    [['aprove', 'p'], 'say what to do'],
    [['toString'], 'say what to do'],
    [['approve'], 'approve takes one PLAN'],
    [['approve', 'p', 'q'], 'approve takes one PLAN'],
    [['list', 'p'], 'list takes options only'],
    [['approve', 'p', '--until', '2026-12-31'], 'approve takes no --until'],
    [['undo', 'p/1', '--only', '1'], 'undo takes no --only'],
    [['veto-resource', ARN], 'veto-resource needs --until'],
    [['keep-on', ARN], 'keep-on needs --until'],
    [['keep-on', ARN, '--until', '18:00'], '--until takes a time such as 2026-11-27T18:00, a date or now'],
    [['snooze', 'a'], 'snooze needs --until'],
    [['snooze', 'a', '--recurring'], 'snooze takes no --recurring'],
    [['investigate', 'a', '--until', '2026-12-31'], 'investigate takes no --until'],
    [['approve', 'p', '--only', '1,'], '--only takes numbers of actions, such as 1,3'],
    [['approve', 'p', '--only', '0'], '--only takes numbers'],
    [['veto', 'p', '--until', '31.12.2026'], '--until takes a date such as 2026-12-31'],
    [['savings', '--since', '2026-02-30'], '--since takes a date'],
    [['savings', '--by', 'team'], '--by takes month, rule, owner, account, schedule'],
    [['approve', 'p', '--force'], "Unknown option '--force'"],
  ])('%j are wrong, and the usage is shown', async (args, problem) => {
    const { code, out, err, sent } = await answer(await openDesk(), args);
    expect([code, out, sent]).toEqual([2, '', []]);
    expect(err).toContain(problem);
    expect(err).toContain('usage: npm run answer -- list');
  });

  it.each([
    [['list'], {}, '--table or LEDGER_TABLE'],
    [['approve', 'p'], { LEDGER_TABLE: 't' }, '--url or ANSWER_URL'],
    [['approve', 'p'], { ANSWER_URL: URL }, '--table or LEDGER_TABLE'],
  ])('%j with the environment %j leave out a place', async (args, env, problem) => {
    const { code, err } = await answer(await openDesk(), args, env);
    expect(code).toBe(2);
    expect(err).toContain(problem);
  });
});

describe('npm run answer', () => {
  it('approves what the ledger holds, by its hash, and prints what the function says', async () => {
    const { desk, plan } = await waiting();
    const { code, out, err, sent, tables } = await answer(desk, [
      'approve',
      plan.id,
      '--only',
      '3,1',
      '--note',
      'fine',
    ]);
    expect([code, err, tables]).toEqual([0, '', ['lamplighter-prod']]);
    expect(out).toMatch(
      /^kim \(role sre-oncall\) approved action 1, 3 of the plan .* What waited for it goes on now\.\n$/,
    );
    const request = { about: { plan: plan.id, hash: plan.hash }, say: 'approve', actions: [3, 1], note: 'fine' };
    expect(sent).toEqual([{ url: URL, request }]);
  });

  it('vetoes, for now and until a day', async () => {
    const { desk, plan } = await waiting();
    expect((await answer(desk, ['veto', plan.id, '--until', '2026-12-31'])).out).toContain(
      'Left alone until the end of 2026-12-31',
    );
    const other = await answer(desk, [
      'veto-resource',
      ARN.replace('-1', '-9'),
      '--until',
      '2026-12-31',
      '--note',
      'ours',
    ]);
    expect([other.code, other.tables]).toEqual([0, []]); // it needs no ledger
    expect(await desk.ledger.vetoes(ACCOUNT, desk.now)).toHaveLength(4);
  });

  it('keeps a resource on, and takes it back', async () => {
    const desk = await openDesk();
    const { code, out, sent, tables } = await answer(desk, ['keep-on', ARN, '--until', '2026-11-24T23:30']);
    expect([code, tables]).toEqual([0, []]); // it needs no ledger
    expect(sent[0]?.request).toEqual({ about: { resource: ARN }, say: 'keep-on', until: '2026-11-24T23:30' });
    expect(out).toContain(`${ARN} is kept on until 2026-11-24 23:30 Asia/Seoul`);
    expect((await answer(desk, ['keep-on', ARN, '--until', 'now'])).out).toContain('its schedule counts again');
    expect(await desk.ledger.overrides(ACCOUNT, desk.now)).toEqual(new Map());
  });

  it('takes a change back', async () => {
    const { desk, plan } = await waiting();
    await desk.ledger.recordChange(changeOf(plan));
    const { code, out } = await answer(desk, ['undo', `${plan.id}/1`], { ANSWER_URL: URL });
    expect([code, out]).toEqual([0, expect.stringContaining(`takes the change ${plan.id}/1 back`)]);
    expect(desk.started).toHaveLength(1);
  });

  it('says in one line why it was refused', async () => {
    const { desk, plan } = await waiting();
    await desk.ask(LEE, { about: { plan: plan.id, hash: plan.hash }, say: 'approve' });
    const { code, out, err } = await answer(desk, ['approve', plan.id]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^already-answered: lee \(role sre-oncall\) already approved the plan .*\n$/);
    expect(err.trim()).not.toContain('\n');
  });

  it('says in one line that there is no such plan', async () => {
    for (const verb of ['show', 'approve', 'veto']) {
      const { code, err, sent } = await answer(await openDesk(), [verb, 'right-size-x']);
      expect([code, sent]).toEqual([1, []]);
      expect(err).toBe('there is no plan right-size-x; npm run answer -- list shows those that wait\n');
    }
  });
});

describe('list', () => {
  it('shows what waits: age, time left, actions, saving', async () => {
    const { desk, plan } = await waiting(planOf(['approve', 'report', 'approve']));
    const other = await desk.open({ ...planOf(['auto'], hours(-1)), id: 'other', function: 'another' });
    desk.now = hours(25);
    expect((await answer(desk, ['list'])).out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['plan', 'account', 'age', 'expires in', 'actions', 'saves a month'],
      [plan.id, ACCOUNT, '1d 1h', '1d 23h', '2', '$731.46'],
      [other.id, ACCOUNT, '1d 2h', '5d 22h', '1', '$365.73'],
      [''],
    ]);
  });

  it.each<[string, (desk: Desk, plan: Plan) => Promise<unknown>]>([
    ['expired', async (desk) => (desk.now = hours(72))],
    ['approved', (desk, { id, hash }) => desk.ask(LEE, { about: { plan: id, hash }, say: 'approve' })],
    ['vetoed', (desk, { id, hash }) => desk.ask(LEE, { about: { plan: id, hash }, say: 'veto' })],
    ['closed', (desk, { id }) => desk.ledger.closePlan(id, 'approve')],
  ])('does not show what has %s', async (_, happens) => {
    const { desk, plan } = await waiting();
    await happens(desk, plan);
    expect((await answer(desk, ['list'])).out).toBe('No plan waits for an answer.\n');
  });

  it('does not show what a newer plan has replaced', async () => {
    const { desk, plan } = await waiting();
    const newer = await desk.open(planOf(['approve'], hours(24)));
    const { out } = await answer(desk, ['list']);
    expect([out.includes(plan.id), out.includes(newer.id)]).toEqual([false, true]);
  });

  it('is short when there is nothing', async () => {
    expect(await answer(await openDesk(), ['list'])).toMatchObject({ code: 0, out: 'No plan waits for an answer.\n' });
  });
});

describe('show', () => {
  it('says of snapshots in mode auto that nobody has to answer, and how to stop what has not begun', async () => {
    const { desk, plan } = await waiting(takings(['auto']));
    const { out } = await answer(desk, ['show', plan.id]);
    expect(out).toContain('carried out at once: it waits for nobody, and a veto counts for what has not begun\n');
    expect(out).not.toContain('to be answered until');
    expect((await answer(desk, ['list'])).out).toBe('No plan waits for an answer.\n');
  });

  it('has all that a person needs to say yes or no', async () => {
    const { desk, plan } = await waiting(planOf(['approve', 'report', 'auto']));
    await desk.ask(LEE, { about: { plan: plan.id, hash: plan.hash }, say: 'veto', actions: [1], note: 'month-end' });
    const { code, out } = await answer(desk, ['show', plan.id]);
    expect(code).toBe(0);
    for (const said of [
      `plan ${plan.id}\nhash ${plan.hash}\nby right-size for the account ${ACCOUNT}, as of 2026-11-23 05:00 Asia/Seoul\n`,
      'to be answered until 2026-11-30 05:00 Asia/Seoul (in 6d 23h)\n',
      `vetoed: action 1, by lee (role sre-oncall) at 2026-11-23 06:00 Asia/Seoul: month-end`,
      '1. orders-1 (db.r6g.large postgres, Multi-AZ), owner team-orders\n',
      '   stop the database, because nobody connected for 35 days [idle-database]\n',
      '   goes on being billed: 100 GB of gp3 storage\n   undo: full\n',
      `To answer: npm run answer -- approve ${plan.id} [--only 1,3]`,
    ]) {
      expect(out).toContain(said);
    }
    const rows = out.split('\n').filter((line) => /^(#|\d) /.test(line));
    expect(rows.map((row) => row.split(/ {2,}/))).toEqual([
      ['#', 'resource', 'region', 'action', 'mode', 'saves a month', 'undo', 'standing'],
      [
        '1',
        'orders-1',
        'ap-northeast-2',
        'stop the database',
        'approve',
        '$365.73',
        'full',
        'vetoed by lee (role sre-oncall)',
      ],
      ['2', 'orders-2', 'ap-northeast-2', 'stop the database', 'report', '$365.73', 'full', 'reported'],
      ['3', 'orders-3', 'ap-northeast-2', 'stop the database', 'auto', '$365.73', 'full', 'open'],
    ]);
  });

  it('has what became of it, and how to take it back', async () => {
    const { desk, plan } = await waiting();
    await desk.ask(LEE, { about: { plan: plan.id, hash: plan.hash }, say: 'approve' });
    await desk.ledger.recordChange(changeOf(plan));
    const ended: Partial<Change> = { endedAt: hours(9).toISOString(), endedBecause: 'started by hand' };
    await desk.ledger.recordChange(changeOf(plan, ended, 2));
    desk.now = hours(10);
    const { out } = await answer(desk, ['show', plan.id]);
    expect(out).toContain(`approved: all of it, by lee (role sre-oncall) at 2026-11-23 06:00 Asia/Seoul\n`);
    expect(out).toContain(`change ${plan.id}/1: kept at 2026-11-23 09:00 Asia/Seoul, no alarm`);
    expect(out.match(/to take it back: .*/g)).toEqual([`to take it back: npm run answer -- undo ${plan.id}/1`]);
    expect(out).toContain(`ended at 2026-11-23 14:00 Asia/Seoul: started by hand`);
    expect(out).toMatch(/^1 .* kept$/m);
    expect(out).toMatch(/^2 .* kept, ended$/m);
    expect(out).toMatch(/^3 .* approved by lee \(role sre-oncall\)$/m);
    expect(out).not.toContain('To answer');
  });

  it('says that nobody is asked, that a newer plan is there, and that there is nothing in it', async () => {
    const { desk, plan } = await waiting(planOf(['report']));
    const newer = await desk.open(planOf([], hours(24)));
    const { out } = await answer(desk, ['show', plan.id]);
    expect(out).toContain('only reported: nobody is asked\n');
    expect(out).toContain(`the newer plan ${newer.id} has taken its place`);
    expect((await answer(desk, ['show', newer.id])).out).toContain('The plan proposes nothing.');
  });

  it.each([
    [0, '0m'],
    [59 * 60_000, '59m'],
    [3_600_000, '1h'],
    [24 * 3_600_000, '1d'],
    [76 * 3_600_000 + 1, '3d 4h'],
    [-5, '0m'],
  ])('shows %i ms as %s', (milliseconds, text) => expect(span(milliseconds)).toBe(text));
});

describe('savings', () => {
  /** Two databases, $365.73 a month, stopped for 73 hours each: a tenth of a month. */
  async function saved(): Promise<Desk> {
    const { desk, plan } = await waiting();
    const saving = { monthly: { currency: 'USD', amount: 365.73 }, basis: 'list', stillBilled: [] } as const;
    const stood = { appliedAt: hours(2).toISOString(), endedAt: hours(75).toISOString(), saving };
    await desk.ledger.recordChange(changeOf(plan, stood));
    await desk.ledger.recordChange(changeOf(plan, stood, 2));
    const { saving: _unknown, ...unpriced } = stood;
    await desk.ledger.recordChange(changeOf(plan, unpriced, 3));
    desk.now = hours(100);
    return desk;
  }

  it.each([
    ['month', '2026-11'],
    ['rule', 'idle-database'],
    ['owner', 'team-orders'],
    ['account', ACCOUNT],
  ])('by %s', async (by, name) => {
    const { code, out } = await answer(await saved(), ['savings', '--by', by, '--since', '2026-11-30']);
    expect(code).toBe(0);
    const lines = out.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines[0]?.[0]).toMatch(/^Realised from 2026-11 to 2026-11-27 \(Asia\/Seoul\): /);
    expect(lines.slice(2, 5)).toEqual([
      [by, 'saved', 'changes of unknown saving'],
      [name, '$73.15', '1'],
      ['total', '$73.15', '1'],
    ]);
  });

  it('by schedule, with the hours off, and none of what no schedule wanted', async () => {
    const desk = await saved();
    const by = () => answer(desk, ['savings', '--by', 'schedule', '--since', '2026-11-30']);
    expect((await by()).out).toContain('Nothing of it by a schedule.');
    const stop = changeOf(planOf(['auto']), {
      id: 'night/1',
      appliedAt: hours(4).toISOString(),
      standsUntil: hours(77).toISOString(),
      saving: { monthly: { currency: 'USD', amount: 365.73 }, basis: 'list', stillBilled: [] },
    });
    const proposal = { ...stop.proposal, rule: 'off-hours', schedule: { name: 'office' } } as const;
    await desk.ledger.recordChange({ ...stop, proposal });
    const lines = (await by()).out.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines.slice(2, 4)).toEqual([
      ['schedule', 'hours off', 'saved', 'changes of unknown saving'],
      ['office', '73.0', '$36.57'],
    ]);
  });

  it('are of this year unless said otherwise, and may be none', async () => {
    const desk = await saved();
    expect((await answer(desk, ['savings'])).out).toContain('Realised from 2026-01');
    desk.now = new Date('2027-02-03T00:00:00Z');
    expect((await answer(desk, ['savings'])).out).toBe('Nothing has been saved since 2027-01.\n');
  });
});

describe('the request to the Function URL', () => {
  const request: AnswerRequest = { about: { change: 'p/1' }, say: 'undo', note: '나중에' };
  const signer = {
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 's3cr3t', sessionToken: 't0ken' },
    region: 'us-east-1',
    now: () => hours(0),
  };

  it('is signed for Lambda, in the region of the URL, with its body', async () => {
    const { url, headers, body } = await signedRequest(URL, request, signer);
    expect(url).toBe(URL);
    expect(headers['x-amz-content-sha256']).toBe(createHash('sha256').update(body).digest('hex'));
    expect(headers['x-amz-date']).toBe('20261122T200000Z');
    expect(headers['x-amz-security-token']).toBe('t0ken');
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/20261122\/ap-northeast-2\/lambda\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    );
    expect(JSON.stringify(headers)).not.toContain('s3cr3t');
  });

  it('has the signature that Signature Version 4 asks for', async () => {
    const { headers, body } = await signedRequest(URL, request, signer);
    const { createHmac } = await import('node:crypto');
    const sha = (text: string) => createHash('sha256').update(text).digest('hex');
    const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
    const names = ['content-type', 'host', 'x-amz-content-sha256', 'x-amz-date', 'x-amz-security-token'];
    const canonical = [
      'POST',
      '/',
      '',
      ...names.map((name) => `${name}:${headers[name]}`),
      '',
      names.join(';'),
      sha(body),
    ];
    const scope = '20261122/ap-northeast-2/lambda/aws4_request';
    const toSign = ['AWS4-HMAC-SHA256', headers['x-amz-date'], scope, sha(canonical.join('\n'))].join('\n');
    const key = scope.split('/').reduce<string | Buffer>((before, part) => hmac(before, part), 'AWS4s3cr3t');
    expect(headers.authorization).toContain(`Signature=${hmac(key, toSign).toString('hex')}`);
  });

  it('arrives as it was signed, and its answer comes back', async () => {
    const seen: { headers: IncomingHttpHeaders; body: string }[] = [];
    const server = createServer((incoming, outgoing) => {
      let body = '';
      incoming.on('data', (chunk) => (body += chunk));
      incoming.on('end', () => {
        seen.push({ headers: incoming.headers, body });
        outgoing.writeHead(409).end('{"error":"cannot-undo","text":"too old"}');
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const reply = await send(`http://${host}/`, request, signer);
    expect(reply).toEqual({ status: 409, body: '{"error":"cannot-undo","text":"too old"}' });
    expect(seen).toMatchObject([{ body: JSON.stringify(request), headers: { host } }]);
    expect(seen[0]?.headers.authorization).toContain('/us-east-1/lambda/'); // a URL without a region: the SDK's own
  });

  it.each(['http://abc.lambda-url.eu-west-1.on.aws/', 'abc.lambda-url.eu-west-1.on.aws', 'ftp://127.0.0.1/'])(
    'is not sent to %s',
    async (url) => {
      await expect(send(url, request, signer)).rejects.toThrow('has to begin with https://');
    },
  );

  it('that nobody answers may be repeated', async () => {
    const server = createServer();
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    await expect(send(`http://127.0.0.1:${port}/`, request, signer)).rejects.toThrow(
      `127.0.0.1:${port} does not answer (ECONNREFUSED); saying it again is safe`,
    );
  });

  it.each([
    [200, '{"text":"done"}', undefined],
    [409, '{"error":"expired","text":"too late"}', 'expired: too late'],
    [403, '{"Message":"Forbidden"}', 'lambda:InvokeFunctionUrl'],
    [429, '', 'too many requests'],
    [502, 'Internal Server Error', 'its log says why; saying it again is safe'],
    [200, '<html>', 'unexpected HTTP status 200'],
    [200, 'null', 'unexpected HTTP status 200'],
    [404, '{"text":"no error"}', 'unexpected HTTP status 404'],
  ])('with the answer %i %s', (status, body, problem) => {
    const words = () => wordsOf({ status, body });
    if (problem) expect(words).toThrow(problem);
    else expect(words()).toBe('done');
  });
});
