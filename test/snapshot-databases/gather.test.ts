import pLimit from 'p-limit';
import { describe, expect, it, vi } from 'vitest';
import { gather, type Sources } from '../../functions/snapshot-databases/gather.ts';
import { type Evidence, known, unknown } from '../../shared/core/evidence.ts';
import type { Snapshot } from '../../shared/core/retention/facts.ts';
import type { ScopeProtections } from '../../shared/core/retention/protections.ts';
import type { RetentionReader } from '../../shared/ports-retention.ts';
import { log } from '../../shared/runtime/log.ts';
import { daysAgo, HOME, NOW, orders, own, policyWith } from '../core/retention/specimen.ts';

const protectionsThat = (read: Evidence<never[]>): ScopeProtections => ({
  ...HOME,
  stores: { DynamoDB: read, ElastiCache: read, Redshift: read },
  awsBackup: read.known ? known(new Map()) : read,
});

interface Read extends Pick<RetentionReader, 'keyStates'> {
  readonly lookEnds: AbortSignal;
  readonly whenRead: () => void;
  readonly shown: readonly Snapshot[];
}

/** One database with its snapshots in one region, and the protections that somebody reads. */
const factsWith = (
  protections: RetentionReader['protections'],
  {
    lookEnds = new AbortController().signal,
    whenRead = () => {},
    shown = [own(orders, NOW)],
    keyStates = async () => new Map(),
  }: Partial<Read> = {},
) => {
  const sources: Sources = {
    ledger: { proofs: async () => new Map() },
    reader: {
      databases: async () => known([orders]),
      snapshots: async (_, { see }) => {
        for (const one of shown) see(one);
        whenRead();
        return known([]);
      },
      keyStates,
      protections,
    },
    prices: async () => [],
    limit: pLimit(1),
    lookEnds,
  };
  return gather(sources, { scopes: [HOME], policy: policyWith(), now: NOW });
};

describe('what is only looked at', () => {
  it('keeps no backup waiting: it ends with its time, and the rest is read meanwhile', async () => {
    const time = new AbortController();
    const slow = (_: unknown, until?: AbortSignal) =>
      new Promise<ScopeProtections>((resolve) => {
        until?.addEventListener('abort', () => resolve(protectionsThat(unknown('there was no time'))));
      });
    // With one scope at a time, too: were the snapshots behind it, nobody would come to end it.
    const facts = await factsWith(slow, { lookEnds: time.signal, whenRead: () => time.abort() });
    expect(facts.snapshots).toHaveLength(1);
    expect(facts.protections[0]?.stores.DynamoDB).toEqual(unknown('there was no time'));
  });

  it('fails no backup: what goes wrong with it is unknown, and in the log', async () => {
    const error = vi.spyOn(log, 'error').mockImplementation(() => {});
    const facts = await factsWith(async () => {
      throw new TypeError('undefined is not a function');
    });
    expect(facts.databases).toEqual([orders]);
    expect(facts.snapshots).toHaveLength(1);
    expect(facts.protections).toEqual([protectionsThat(unknown('it could not be read'))]);
    expect(error).toHaveBeenCalledOnce();
    error.mockRestore();
  });
});

it('asks for each key once, in the place where it is, and knows its state', async () => {
  const key = { arn: 'arn:aws:kms:ap-northeast-2:123456789012:key/1', manager: unknown('unasked') };
  const asked: unknown[] = [];
  const facts = await factsWith(async () => protectionsThat(known([])), {
    shown: [own(orders, NOW, { key }), own(orders, daysAgo(1), { key }), own(orders, daysAgo(2))],
    keyStates: async (scope, keys) => {
      asked.push([scope, keys]);
      return new Map([[key.arn, known('Disabled')]]);
    },
  });
  expect(asked).toEqual([[HOME, [key.arn]]]);
  expect(facts.snapshots.map((one) => one.key?.state)).toEqual([known('Disabled'), known('Disabled'), undefined]);
});

it('knows where it has looked for databases', async () => {
  expect((await factsWith(async () => protectionsThat(known([])))).scopes).toEqual([HOME]);
});
