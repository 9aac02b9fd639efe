import pLimit from 'p-limit';
import { describe, expect, it } from 'vitest';
import { gather } from '../../functions/off-hours/gather.ts';
import type { Scope } from '../../shared/core/identity.ts';
import type { Remembered } from '../../shared/core/off-hours/memory.ts';
import type { ScheduledResource } from '../../shared/core/off-hours/resource.ts';
import type { ScheduledReader } from '../../shared/ports-off-hours.ts';
import {
  ACCOUNT,
  BOOK,
  database,
  instance,
  policyWith,
  REGION,
  seoul,
  stopped,
  wasOn,
  wasStopped,
} from '../support/off-hours-specimen.ts';

const web = instance('web', stopped);
const orders = database('orders');
const HERE = { account: ACCOUNT, region: REGION } as const;

/** What is in the region, and what is said of one that is asked for by itself. */
interface Estate {
  readonly listed: readonly ScheduledResource[];
  readonly find?: ScheduledReader['find'];
}

function world({ listed, find = async () => undefined }: Estate) {
  const asked: string[] = [];
  const reader = {
    scheduled: async ({ region }: Scope) => {
      asked.push(`list ${region}`);
      return { resources: region === REGION ? listed : [], unreadable: [] };
    },
    find: (...[scope, type, identity]: Parameters<ScheduledReader['find']>) => {
      asked.push(`find ${identity.id}`);
      return find(scope, type, identity);
    },
  } as unknown as ScheduledReader;
  const ledger = { outcomes: async () => new Map(), overrides: async () => new Map(), vetoes: async () => [] };
  const look = (memories: readonly Remembered[], scopes: readonly Scope[] = [HERE]) =>
    gather(
      { ledger, reader, limit: pLimit(4) },
      {
        account: ACCOUNT,
        scopes,
        memories,
        terms: { policy: policyWith(), holidays: BOOK, now: seoul('2026-11-24 08:00') },
      },
    );
  return { look, asked };
}

describe('what off-hours has stopped and no list has', () => {
  it('is unknown where nobody may look at it, and everything else goes on', async () => {
    const find = async () => {
      throw Object.assign(new Error('may not look at the instance in ap-northeast-2'), { name: 'AccessDeniedError' });
    };
    const { facts } = await world({ listed: [orders], find }).look([wasStopped(web), wasOn(orders)]);
    expect(facts).toMatchObject({
      resources: [orders],
      unreadable: [{ ...HERE, what: 'instance', why: 'may not look at the instance in ap-northeast-2' }],
    });
    expect(facts.untagged.size).toBe(0);
  });

  it('and whose tag is there after all is there: the list was behind', async () => {
    const { facts } = await world({ listed: [], find: async () => web }).look([wasStopped(web)]);
    expect([facts.resources, facts.untagged.size]).toEqual([[web], 0]);
  });

  it('has lost its tag only if the tag is not there', async () => {
    const find = async () => ({ ...web, tags: {} });
    const { facts } = await world({ listed: [], find }).look([wasStopped(web)]);
    expect([facts.resources, facts.untagged.size]).toEqual([[], 1]);
  });

  it('is asked about once', async () => {
    const { look, asked } = world({ listed: [] });
    await look([wasStopped(web, { gone: { since: seoul('2026-11-24 07:55').toISOString(), asked: true } })]);
    expect(asked).toEqual([`list ${REGION}`]);
  });
});

describe('a region that the policy names no more', () => {
  const elsewhere = [{ account: ACCOUNT, region: 'us-east-1' }] as const;

  it('is listed for what is owed there, and for nothing else', async () => {
    const { look, asked } = world({ listed: [web, orders] });
    const { facts } = await look([wasStopped(web)], elsewhere);
    expect([asked, facts.resources.map(({ name }) => name)]).toEqual([['list us-east-1', `list ${REGION}`], ['web']]);
  });

  it('is not even asked for once nothing is', async () => {
    const { look, asked } = world({ listed: [web, orders] });
    await look([wasOn(web)], elsewhere);
    expect(asked).toEqual(['list us-east-1']);
  });
});
