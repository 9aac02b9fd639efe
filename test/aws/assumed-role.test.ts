import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { assumedRole } from '../../shared/aws/assumed-role.ts';
import { stageForEachTest } from '../sandbox/clients.ts';

const ACCOUNT = '111111111111';
const NOW = new Date('2026-11-22T21:30:00Z');
const stage = stageForEachTest();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  stage.sandbox.estate.account(ACCOUNT).role('lamplighter-look', { externalId: 'secret-of-ours' });
});
afterEach(() => {
  vi.useRealTimers();
});

const ROLE = {
  roleName: 'lamplighter-look',
  externalId: 'secret-of-ours',
  sessionName: 'lamplighter',
  partition: 'aws',
};
const credentials = (spoiled: Partial<typeof ROLE> = {}) => assumedRole(stage.clients.sts, { ...ROLE, ...spoiled });
const sessions = () => stage.sandbox.calls.byOperation('AssumeRole').map(({ input }) => input);

describe('the look role', () => {
  it('is assumed with the external id, under a name that shows who looks', async () => {
    expect(await credentials()(ACCOUNT)).toMatchObject({
      accessKeyId: expect.any(String) as string,
      expiration: expect.any(Date) as Date,
    });
    expect(sessions()).toEqual([
      {
        RoleArn: `arn:aws:iam::${ACCOUNT}:role/lamplighter-look`,
        RoleSessionName: 'lamplighter',
        ExternalId: 'secret-of-ours',
      },
    ]);
  });

  it('has a session name that STS takes, whatever the function is called', async () => {
    await credentials({ sessionName: `lamplighter/right size of ${'the very long name '.repeat(5)}` })(ACCOUNT);
    const [{ RoleSessionName } = {}] = sessions();
    expect(RoleSessionName).toHaveLength(64);
    expect(RoleSessionName).toMatch(/^lamplighter-right-size-of-the-very-long-name-/);
  });

  it('is assumed once for all regions of an account, also when they ask at the same time', async () => {
    const of = credentials();
    const [one, two] = await Promise.all([of(ACCOUNT), of(ACCOUNT)]);
    expect(one).toBe(two);
    expect(await of(ACCOUNT)).toBe(one);
    expect(sessions()).toHaveLength(1);
  });

  it('is assumed again shortly before the session ends, once', async () => {
    const of = credentials();
    const first = await of(ACCOUNT);
    vi.setSystemTime(NOW.getTime() + 54 * 60_000);
    expect(await of(ACCOUNT)).toBe(first);
    vi.setSystemTime(NOW.getTime() + 56 * 60_000);
    const [renewed, same] = await Promise.all([of(ACCOUNT), of(ACCOUNT)]);
    expect(renewed).not.toBe(first);
    expect(same).toBe(renewed);
    expect(sessions()).toHaveLength(2);
  });

  it.each([
    ['another external id', { externalId: 'guessed' }],
    ['a role that is not there', { roleName: 'lamplighter-loko' }],
  ])('says that it may not look, with %s', async (_, spoiled) => {
    const name = { ...ROLE, ...spoiled }.roleName;
    await expect(credentials(spoiled)(ACCOUNT)).rejects.toMatchObject({
      name: 'AccessDeniedError',
      message: `may not assume arn:aws:iam::${ACCOUNT}:role/${name}: AccessDenied`,
    });
  });

  it('is tried again after it was refused', async () => {
    const of = credentials();
    const fault = stage.sandbox.faults.add({ service: 'sts', fault: 'accessDenied' });
    await expect(of(ACCOUNT)).rejects.toThrow();
    fault.remove();
    expect(await of(ACCOUNT)).toMatchObject({ accessKeyId: expect.any(String) as string });
  });

  it('throws when STS is broken: nobody was refused', async () => {
    stage.sandbox.faults.add({ service: 'sts', fault: 'serverError' });
    await expect(credentials()(ACCOUNT)).rejects.toMatchObject({ name: 'InternalFailure' });
  });
});
