import { it } from 'vitest';
import { type Death, deathsAt, killAndResume, oneAction, upTo } from '../support/carry-out-kills.ts';

/** Both at each would take twice as long; all of them pass. */
const isTurn = ({ nth, moment }: Death): boolean => moment === (nth % 2 === 0 ? 'before' : 'after');

it('killed at every checkpoint of a plan of one action, lost and stored by turns', { timeout: 900_000 }, () =>
  killAndResume({
    cast: oneAction,
    mutations: 2,
    deaths: ({ checkpoint }) => deathsAt('checkpoint', upTo(checkpoint)).filter(isTurn),
  }),
);
