import { it } from 'vitest';
import { deathsAt, fiveActions, killAndResume, sampleOf } from '../support/carry-out-kills.ts';

it('killed at a sample of the calls and checkpoints of a plan of five actions', { timeout: 900_000 }, () =>
  killAndResume({
    cast: fiveActions,
    mutations: 8,
    deaths: ({ call, checkpoint }) => [
      ...deathsAt('call', sampleOf(call, 4, 7)),
      ...deathsAt('checkpoint', sampleOf(checkpoint, 2, 11)),
    ],
  }),
);
