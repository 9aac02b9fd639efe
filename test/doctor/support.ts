import { onTestFinished, vi } from 'vitest';
import { createClock } from '../../sandbox/clock.ts';
import { listenLambda } from '../../sandbox/durable/http/listen.ts';
import { Lambda } from '../../sandbox/durable/lambda.ts';
import type { Finding } from '../../shared/ports-check.ts';
import type { CheckReport } from '../../shared/runtime/check.ts';

/** A Lambda in which carry-out is deployed, for a function that hands over to it. */
export async function deployCarryOut(): Promise<void> {
  const lambda = new Lambda({ clock: createClock(new Date('2026-11-22T20:00:00Z')) });
  const durable = { executionTimeoutSeconds: 86_400 };
  lambda.register('lamplighter-carry-out-prod', { runtime: async () => undefined, durable });
  const api = await listenLambda({ lambda });
  onTestFinished(() => api.close());
  vi.stubEnv('AWS_ENDPOINT_URL_LAMBDA', api.url);
  onTestFinished(() => void vi.unstubAllEnvs());
}

export const wrongIn = ({ findings }: CheckReport): Finding[] =>
  findings.filter(({ state }) => state === 'missing' || state === 'failed');

export const named = ({ findings }: CheckReport, what: string): Finding | undefined =>
  findings.find((one) => one.what === what);
