import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Call } from '../sandbox/calls.ts';
import { type FleetOptions, seedFleet } from '../sandbox/fleet/fleet.ts';
import { functionEnv, installHub } from '../sandbox/hub/hub.ts';
import { invokeInProcess } from '../sandbox/hub/invoke.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import { bundle } from '../scripts/bundle/bundle.ts';

/** What one full run of right-size over a fleet took. */
interface Figures {
  readonly resources: number;
  /** Every call of the run, ledger and SNS included, but for the price look-ups. */
  readonly apiCalls: number;
  /** Price list and price cache: at most one a price and week. */
  readonly priceCalls: number;
  readonly byOperation: Readonly<Record<string, number>>;
  /** What CloudWatch charges for the metrics of the run, at $0.01 for 1,000. */
  readonly metricsUsd: number;
  readonly wallMs: number;
  /** Of the process of the bundled function; the sandbox runs in another one. */
  readonly peakRssMb: number;
}

export interface CallFigures {
  readonly 'right-size': Readonly<Record<string, Figures>>;
}

/**
 * Two fleets. The small one is a busy one, as the question is what it costs to find next to nothing: stop protection takes a
 * call for each instance that is otherwise ready to be proposed. In the large one a fifth is idle.
 */
const FLEETS: Readonly<Record<string, FleetOptions>> = {
  1200: { instances: 1000, databases: 200, idleShare: 0.003, exemptShare: 0.01 },
  11000: { instances: 10_000, databases: 1000 },
};

export async function measureCalls(): Promise<CallFigures> {
  const out = await mkdtemp(join(tmpdir(), 'lamplighter-bench-'));
  try {
    const { file } = await bundle(fileURLToPath(new URL('../functions/right-size/handler.ts', import.meta.url)), out);
    const figures: Record<string, Figures> = {};
    for (const [name, fleet] of Object.entries(FLEETS)) figures[name] = await measureFleet(file, fleet);
    return { 'right-size': figures };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

async function measureFleet(file: string, fleet: FleetOptions): Promise<Figures> {
  const sandbox = await startSandbox();
  try {
    seedFleet(sandbox, fleet);
    const hub = await installHub(sandbox, {
      policy: { scopes: [{ account: '111111111111', regions: ['ap-northeast-2'] }] },
    });
    sandbox.calls.clear();
    const began = performance.now();
    const { peakRssMb } = await invokeInProcess({
      file,
      env: functionEnv(sandbox, hub),
      event: { time: sandbox.clock.now().toISOString() },
      now: sandbox.clock.now(),
    });
    const wallMs = Math.round(performance.now() - began);
    hub.dynamodb.destroy();
    return figuresOf(sandbox.calls.all(), fleet, { wallMs, peakRssMb });
  } finally {
    await sandbox.close();
  }
}

function figuresOf(
  calls: readonly Call[],
  { instances = 0, databases = 0 }: FleetOptions,
  process: Pick<Figures, 'wallMs' | 'peakRssMb'>,
): Figures {
  const [prices, others] = [calls.filter(isPriceLookUp), calls.filter((call) => !isPriceLookUp(call))];
  const metrics = others
    .filter(({ operation }) => operation === 'GetMetricData')
    .reduce((sum, { input }) => sum + ((input.MetricDataQueries as unknown[] | undefined)?.length ?? 0), 0);
  return {
    resources: instances + databases,
    apiCalls: others.length,
    priceCalls: prices.length,
    byOperation: tally(others),
    metricsUsd: Math.round((metrics / 1000) * 0.01 * 1e5) / 1e5,
    ...process,
  };
}

/** The price list itself, and the ledger's items `PRICE#`. */
const isPriceLookUp = ({ service, input }: Call): boolean =>
  service === 'pricing' || (service === 'dynamodb' && JSON.stringify(input).includes('"PRICE#'));

function tally(calls: readonly Call[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { service, operation } of calls) {
    const name = `${service}:${operation}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

export function printCalls(figures: CallFigures): void {
  for (const [name, one] of Object.entries(figures['right-size'])) {
    const { apiCalls, priceCalls, byOperation, metricsUsd, wallMs, peakRssMb } = one;
    console.log(`right-size over ${name} resources: ${apiCalls} API calls, and ${priceCalls} for prices`);
    console.log(`  ${wallMs} ms, peak RSS of the function ${peakRssMb} MB, metrics $${metricsUsd} a run`);
    for (const [operation, count] of Object.entries(byOperation))
      console.log(`  ${String(count).padStart(5)}  ${operation}`);
  }
}
