import { it } from 'vitest';
import { deathsAt, isTurn, killAndResume, oneResize, oneResizeBack, upTo } from '../support/carry-out-kills.ts';

it('killed before and after every call of a resize', { timeout: 900_000 }, () =>
  killAndResume({ cast: oneResize, mutations: 3, deaths: ({ call }) => deathsAt('call', upTo(call)) }),
);

it('killed at every call of a resize that goes back, before and after by turns', { timeout: 900_000 }, () =>
  killAndResume({
    cast: oneResizeBack,
    outcomes: ['undone'],
    mutations: 4,
    deaths: ({ call }) => deathsAt('call', upTo(call)).filter(isTurn),
  }),
);
