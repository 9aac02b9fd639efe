import { expect, it } from 'vitest';
import { ssmSwitches } from '../../shared/aws/switches.ts';
import { openSandbox } from './support.ts';

const NAMES = { pause: '/lamplighter/pause', halt: '/lamplighter/halt' };

async function open() {
  const here = await openSandbox();
  return { ...here, ssm: here.home.ssm, switches: ssmSwitches(here.clients.ssm, NAMES) };
}

it.each([
  ['on', true],
  ['off', false],
  [' On\n', true],
  ['OFF ', false],
])('%j is plain', async (value, on) => {
  const { ssm, switches } = await open();
  ssm.put(NAMES.pause, value);
  ssm.put(NAMES.halt, 'off');
  expect(await switches.read()).toEqual({ pause: on, halt: false });
});

it.each(['', 'true', 'no', 'offf', 'on off'])('%j counts as on, and says so without the value', async (value) => {
  const { ssm, switches } = await open();
  ssm.put(NAMES.pause, 'off');
  ssm.put(NAMES.halt, value);
  const doubts = ['/lamplighter/halt is neither on nor off, so it counts as on'];
  expect(await switches.read()).toEqual({ pause: false, halt: true, doubts });
});

it('one that does not exist counts as on', async () => {
  const { ssm, switches } = await open();
  ssm.put(NAMES.halt, 'off');
  const doubts = ['/lamplighter/pause does not exist, so it counts as on'];
  expect(await switches.read()).toEqual({ pause: true, halt: false, doubts });
});

it('a secret one is not readable, so it counts as on', async () => {
  const { ssm, switches } = await open();
  ssm.put(NAMES.pause, 'off', 'SecureString');
  ssm.put(NAMES.halt, 'off');
  expect(await switches.read()).toMatchObject({ pause: true, halt: false });
});

it.each(['throttle', 'accessDenied', 'serverError'] as const)('a failure is thrown: %s', async (fault) => {
  const { sandbox, switches } = await open();
  sandbox.faults.add({ service: 'ssm', fault });
  await expect(switches.read()).rejects.toThrow();
});
