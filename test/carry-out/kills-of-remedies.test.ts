import { expect, it, onTestFinished } from 'vitest';
import type { Scene } from '../support/carry-out.ts';
import { type Cast, everywhere, isTurn, killAndResume, play } from '../support/carry-out-kills.ts';
import { filling, openAlarmedScene, REMEDY, unwell } from '../support/remedies.ts';

const growth: Cast = (scene, name) => [filling(scene, name).proposal];
const reboot: Cast = (scene, name) => [unwell(scene, name).proposal];
const move: Cast = (scene, name) => [unwell(scene, name, { check: 'system' }).proposal];

const open = () => openAlarmedScene();
const stateOf = ({ region }: Scene, { resource }: ReturnType<Cast>[number]): string | undefined =>
  region.ec2.instances.get(resource.arn.split('/').at(-1) ?? '')?.State.Name;

it('storage that grows, killed at every call and checkpoint', { timeout: 600_000 }, () =>
  killAndResume({ cast: growth, mutations: 1, open, handing: REMEDY, deaths: everywhere }),
);

it('a move to another host, killed at every call and checkpoint, before and after by turns', { timeout: 600_000 }, () =>
  killAndResume({
    cast: move,
    mutations: 2,
    open,
    handing: REMEDY,
    state: stateOf,
    deaths: (counts) => everywhere(counts).filter(isTurn),
  }),
);

it('a reboot, killed at every call and checkpoint: never twice, and a doubt is said', {
  timeout: 600_000,
}, async () => {
  const scene = await open();
  const life = { cast: reboot, handing: REMEDY, state: stateOf };
  const calm = await play(scene, { ...life, name: 'calm' });
  const again = await play(scene, { ...life, name: 'again' });
  expect(calm.end).toMatchObject({ outcomes: [{ outcome: 'kept' }], mutations: [expect.stringMatching(/^Reboot/)] });
  const fewest = (where: 'call' | 'checkpoint') => Math.min(calm.counts[where], again.counts[where]);
  const tally = { asAlive: 0, heard: 0, unsent: 0 };
  onTestFinished(() => console.log('reboots killed:', tally));
  for (const [index, death] of everywhere({ call: fewest('call'), checkpoint: fewest('checkpoint') }).entries()) {
    const { end } = await play(scene, { ...life, name: `n${index}`, death });
    const [ending] = end.outcomes;
    const times = end.mutations.length;
    expect({ death, twice: times > 1 }).toEqual({ death, twice: false });
    // What was rebooted is resolved, whether or not anybody knows that; what was not is a person's.
    expect({ death, outcome: ending?.outcome }).toEqual({ death, outcome: times === 1 ? 'kept' : 'failed' });
    const doubted = ending?.warning !== undefined;
    expect({ death, doubted: doubted || times === 1 }).toEqual({ death, doubted: true });
    tally[times === 0 ? 'unsent' : doubted ? 'heard' : 'asAlive'] += 1;
  }
  // From the gate's word until the request is out: a step is not known to have done nothing.
  expect(tally.unsent).toBeLessThanOrEqual(6);
  expect(tally.heard).toBeGreaterThan(0);
});
