import { it } from 'vitest';
import { deathsAt, killAndResume, oneAction, sampleOf, takenBack } from '../support/carry-out-kills.ts';

it('killed at a sample of the calls and checkpoints of a stop that a person takes back', { timeout: 900_000 }, () =>
  killAndResume({
    cast: oneAction,
    meanwhile: takenBack,
    outcomes: ['undone', 'kept'],
    mutations: 3,
    // How often it polls depends on the death: the last few of a calm life may not come.
    deaths: ({ call, checkpoint }) => [
      ...deathsAt('call', sampleOf(call - 8, 10, 7)),
      ...deathsAt('checkpoint', sampleOf(checkpoint - 4, 5, 11)),
    ],
  }),
);
