import { it } from 'vitest';
import { type Death, deathsAt, killAndResume, oneResize, oneResizeBack, upTo } from '../support/carry-out-kills.ts';

it('killed before and after every call of a resize', { timeout: 900_000 }, () =>
  killAndResume({ cast: oneResize, mutations: 3, deaths: ({ call }) => deathsAt('call', upTo(call)) }),
);

/** Both at each would take twice as long; all of them pass. */
const isTurn = ({ nth, moment }: Death): boolean => moment === (nth % 2 === 0 ? 'before' : 'after');

it('killed at every call of a resize that goes back, before and after by turns', { timeout: 900_000 }, () =>
  killAndResume({
    cast: oneResizeBack,
    outcomes: ['undone'],
    mutations: 4,
    deaths: ({ call }) => deathsAt('call', upTo(call)).filter(isTurn),
  }),
);
