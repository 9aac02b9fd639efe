import { it } from 'vitest';
import { deathsAt, killAndResume, oneAction, upTo } from '../support/carry-out-kills.ts';

it('killed before and after every call of a plan of one action', { timeout: 900_000 }, () =>
  killAndResume({ cast: oneAction, mutations: 2, deaths: ({ call }) => deathsAt('call', upTo(call)) }),
);
