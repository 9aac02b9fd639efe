import { describe, expect, it } from 'vitest';
import { anInstance, leadOn, refused, resizeInstance, stage, verbsOf } from './subjects.ts';

/** A running m7g.large that is to be an m7g.medium. */
async function resizing(state: 'running' | 'stopped' = 'running') {
  const here = await stage();
  const subject = anInstance(here, state);
  const stored = here.home.ec2.instances.get(subject.identity.id);
  if (!stored) throw new Error('it was just added');
  const action = resizeInstance(subject.identity);
  const verbs = verbsOf(here, action);
  const seen = () => `${stored.State.Name} ${stored.InstanceType}`;
  const goOn = (towards: 'settled' | 'undone') => leadOn(here, verbs, { action, towards });
  return { ...here, subject, stored, action, verbs, seen, goOn };
}

const MUTATION = /^(Stop|Start|Modify)/;

describe('resizing an instance', () => {
  it('stops it, changes its type and starts it; taking it back is the same with the types exchanged', async () => {
    const { action, verbs, seen, goOn, sandbox } = await resizing();
    expect(await verbs.apply(action)).toBe('asked');
    expect([seen(), await verbs.settled(action)]).toEqual([
      'stopping m7g.large',
      { state: 'pending', seen: 'stopping' },
    ]);
    expect([await goOn('settled'), seen()]).toEqual([{ state: 'done' }, 'running m7g.medium']);
    expect(await verbs.settled(action)).toEqual({ state: 'done' });

    expect(await verbs.undo(action)).toBe('asked');
    expect([await goOn('undone'), seen()]).toEqual([{ state: 'done' }, 'running m7g.large']);
    const made = sandbox.calls.all().filter(({ operation }) => MUTATION.test(operation));
    const once = ['StopInstances', 'ModifyInstanceAttribute', 'StartInstances'];
    expect(made.map(({ operation }) => operation)).toEqual([...once, ...once]);
  });

  it('changes nothing of the instance but its type', async () => {
    const { subject, action, verbs, goOn, sandbox } = await resizing();
    await verbs.apply(action);
    await goOn('settled');
    const [call] = sandbox.calls.byOperation('ModifyInstanceAttribute');
    expect(call?.input).toEqual({ InstanceId: subject.identity.id, InstanceType: { Value: 'm7g.medium' } });
  });

  it('has nothing to do when it is so already', async () => {
    const { stored, action, verbs, seen, done } = await resizing();
    stored.InstanceType = 'm7g.medium';
    expect(await verbs.apply(action)).toBe('there');
    expect([seen(), done('StopInstances')]).toEqual(['running m7g.medium', 0]);
  });

  it('does not touch one that somebody else has stopped', async () => {
    const { action, verbs, seen, done } = await resizing('stopped');
    expect(await verbs.apply(action)).toBe('there');
    expect([seen(), done('StartInstances')]).toEqual(['stopped m7g.large', 0]);
  });

  it.each([
    ['pending', true, 'it is pending, not running'],
    ['shutting-down', false, 'it is shutting-down, not running'],
    ['terminated', false, 'it is terminated, not running'],
  ])('does not touch it when it is %s', async (state, retryable, message) => {
    const { subject, action, verbs, done } = await resizing();
    subject.become(state);
    await expect(verbs.apply(action)).rejects.toMatchObject({ ...refused('NotAsExpected', retryable), message });
    expect(done('StopInstances')).toBe(0);
  });

  it('does not touch one to which somebody gave a third type, before or in the middle', async () => {
    const { stored, action, verbs, goOn, seen, done } = await resizing();
    stored.InstanceType = 'm7g.xlarge';
    const message = 'its type is m7g.xlarge, not m7g.large';
    await expect(verbs.apply(action)).rejects.toMatchObject({ ...refused('NotAsExpected', false), message });
    stored.InstanceType = 'm7g.large';
    await verbs.apply(action);
    stored.InstanceType = 'm7g.xlarge';
    expect(await goOn('settled')).toEqual({ state: 'failed', because: message });
    await expect(verbs.undo(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'its type is m7g.xlarge, not m7g.medium',
    });
    expect([seen(), done('ModifyInstanceAttribute')]).toEqual(['stopping m7g.xlarge', 0]);
  });

  it('says when it is gone', async () => {
    const { subject, action, verbs } = await resizing();
    subject.vanish();
    await expect(verbs.apply(action)).rejects.toMatchObject({
      ...refused('NotAsExpected', false),
      message: 'it is gone',
    });
    for (const progress of [await verbs.settled(action), await verbs.undone(action)])
      expect(progress).toEqual({ state: 'failed', because: 'it is gone' });
  });

  it('has not settled when somebody starts it as it was', async () => {
    const { subject, action, verbs, goOn } = await resizing();
    await verbs.apply(action);
    subject.become('running');
    expect(await goOn('settled')).toEqual({ state: 'failed', because: 'it is running as m7g.large' });
  });
});

describe('a resize that AWS cannot keep', () => {
  it.each([
    [
      'has no capacity for',
      (home: Awaited<ReturnType<typeof resizing>>['home']) => home.ec2.noCapacity.add('m7g.medium'),
      'InsufficientInstanceCapacity',
    ],
    [
      'does not offer in the zone',
      (home: Awaited<ReturnType<typeof resizing>>['home']) => home.ec2.notOffered.add('m7g.medium'),
      'Unsupported',
    ],
  ])('to a type that it %s ends on the old size, running', async (_, spoil, code) => {
    const { home, action, verbs, goOn, seen } = await resizing();
    spoil(home);
    await verbs.apply(action);
    expect(await goOn('settled')).toEqual({ state: 'failed', because: expect.stringContaining(code), refused: true });
    expect(seen()).toBe('stopped m7g.medium');
    await verbs.undo(action);
    expect([await goOn('undone'), seen()]).toEqual([{ state: 'done' }, 'running m7g.large']);
  });

  it('since the start is granted and fails says why, and goes back', async () => {
    const { home, subject, action, verbs, goOn, seen } = await resizing();
    home.ec2.failingStarts.set(subject.identity.id, 'Server.InsufficientInstanceCapacity');
    await verbs.apply(action);
    expect(await goOn('settled')).toEqual({
      state: 'failed',
      because: expect.stringContaining('Server.InsufficientInstanceCapacity'),
    });
    home.ec2.failingStarts.clear();
    await verbs.undo(action);
    expect([await goOn('undone'), seen()]).toEqual([{ state: 'done' }, 'running m7g.large']);
  });

  it('back either is tried again: the old size is short, too', async () => {
    const { home, action, verbs, goOn, seen } = await resizing();
    home.ec2.noCapacity.add('m7g.medium').add('m7g.large');
    await verbs.apply(action);
    await goOn('settled');
    await expect(verbs.undo(action)).rejects.toMatchObject(refused('InsufficientInstanceCapacity', true));
    expect(seen()).toBe('stopped m7g.large');
    home.ec2.noCapacity.clear();
    await verbs.undo(action);
    expect([await goOn('undone'), seen()]).toEqual([{ state: 'done' }, 'running m7g.large']);
  });

  it('for throttling alone waits', async () => {
    const { sandbox, action, verbs, goOn, seen } = await resizing();
    sandbox.faults.add({ operation: 'ModifyInstanceAttribute', fault: 'throttle', times: 3 });
    await verbs.apply(action);
    expect([await goOn('settled'), seen()]).toEqual([{ state: 'done' }, 'running m7g.medium']);
  });

  it('for a right that is missing says so', async () => {
    const { sandbox, action, verbs, goOn } = await resizing();
    sandbox.faults.add({ operation: 'ModifyInstanceAttribute', fault: 'accessDenied' });
    await verbs.apply(action);
    expect(await goOn('settled')).toEqual({
      state: 'failed',
      because: 'the role that acts may not do it (UnauthorizedOperation)',
      refused: true,
    });
  });
});

describe('a resize that is broken off at any call', () => {
  const CALLS = ['StopInstances', 'ModifyInstanceAttribute', 'StartInstances', 'DescribeInstances'] as const;
  const troubles = CALLS.flatMap((operation) =>
    (['replyLost', 'serverError', 'duplicate'] as const).map((fault) => ({ operation, fault })),
  );

  it.each(troubles)('ends as it should when $operation meets $fault', async ({ operation, fault }) => {
    const { sandbox, action, verbs, seen, done } = await resizing();
    const handle = sandbox.faults.add({ operation, fault, times: 1 });
    const stubborn = async (work: () => Promise<unknown>) => {
      await work().catch(work);
    };
    await stubborn(() => verbs.apply(action));
    for (let round = 0; round < 8; round++) {
      sandbox.clock.advance({ seconds: 30 });
      await stubborn(() => verbs.advance(action, { towards: 'settled', seen: '' }));
    }
    expect([seen(), handle.met]).toEqual(['running m7g.medium', 1]);
    const twice = fault === 'duplicate' ? 2 : 1;
    expect(done('ModifyInstanceAttribute')).toBeLessThanOrEqual(twice);
    await stubborn(() => verbs.undo(action));
    for (let round = 0; round < 8; round++) {
      sandbox.clock.advance({ seconds: 30 });
      await stubborn(() => verbs.advance(action, { towards: 'undone', seen: '' }));
    }
    expect(seen()).toBe('running m7g.large');
  });
});
