import { it } from 'vitest';
import { deathsAt, isTurn, killAndResume, oneAction, upTo } from '../support/carry-out-kills.ts';

it('killed at every checkpoint of a plan of one action, lost and stored by turns', { timeout: 900_000 }, () =>
  killAndResume({
    cast: oneAction,
    mutations: 2,
    deaths: ({ checkpoint }) => deathsAt('checkpoint', upTo(checkpoint)).filter(isTurn),
  }),
);
