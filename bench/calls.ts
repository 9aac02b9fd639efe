import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Call } from '../sandbox/calls.ts';
import { type FleetOptions, seedFleet } from '../sandbox/fleet/fleet.ts';
import { seedSizingFleet } from '../sandbox/fleet/sizing/sizing-fleet.ts';
import { functionEnv, installHub } from '../sandbox/hub/hub.ts';
import { invokeInProcess } from '../sandbox/hub/invoke.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { bundle } from '../scripts/bundle/bundle.ts';
import { RULE_IDS } from '../shared/core/rules.ts';
import { DAY_MS } from '../shared/core/time.ts';

/** What one full run of right-size over a fleet took. */
interface Figures {
  readonly resources: number;
  /** Every call of the run, ledger and SNS included, but for the look-ups of prices and catalogues. */
  readonly apiCalls: number;
  /** Of these, what went to CloudWatch, and what listed and described the estate. */
  readonly metricCalls: number;
  readonly inventoryCalls: number;
  /** Price list, catalogues of types and classes, and the ledger's memory of both: read from AWS once a week. */
  readonly priceCalls: number;
  readonly byOperation: Readonly<Record<string, number>>;
  /** What CloudWatch charges for the metrics that were asked for, at $0.01 for 1,000: of the run, and of a month of daily runs. */
  readonly metricsUsd: number;
  readonly metricsUsdAMonth: number;
  readonly wallMs: number;
  /** Of the process of the bundled function; the sandbox runs in another one. */
  readonly peakRssMb: number;
}

export interface CallFigures {
  readonly 'right-size': Readonly<Record<string, Figures>>;
}

interface Fleet {
  readonly resources: number;
  readonly seed: (sandbox: Sandbox) => unknown;
  readonly rules?: Readonly<Record<string, { readonly mode: 'off' }>>;
  /** Prices and catalogues are remembered from the day before. */
  readonly warm?: true;
}

const fleetOf = (options: FleetOptions & { instances: number; databases: number }): Fleet => ({
  resources: options.instances + options.databases,
  seed: (sandbox) => seedFleet(sandbox, options),
  rules: Object.fromEntries(RULE_IDS.filter((id) => !id.startsWith('idle-')).map((id) => [id, { mode: 'off' }])),
});

/**
 * Three fleets. The first two are asked only who is idle. The small one is a busy one, as the question is what it costs to
 * find next to nothing: stop protection takes a call for each instance that is otherwise ready to be proposed. In the large
 * one a fifth is idle. The third has every size of wrong, is asked everything, and remembers what AWS sells.
 */
const FLEETS: Readonly<Record<string, Fleet>> = {
  1200: fleetOf({ instances: 1000, databases: 200, idleShare: 0.003, exemptShare: 0.01 }),
  11000: fleetOf({ instances: 10_000, databases: 1000 }),
  1700: {
    resources: 1700,
    seed: (sandbox) => seedSizingFleet(sandbox, { instances: 1000, databases: 200, volumes: 500, snapshots: 0 }),
    warm: true,
  },
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

async function measureFleet(file: string, fleet: Fleet): Promise<Figures> {
  const sandbox = await startSandbox();
  try {
    fleet.seed(sandbox);
    const hub = await installHub(sandbox, {
      policy: { scopes: [{ account: '111111111111', regions: ['ap-northeast-2'] }], rules: fleet.rules },
    });
    const wake = () =>
      invokeInProcess({
        file,
        env: functionEnv(sandbox, hub),
        event: { time: sandbox.clock.now().toISOString() },
        now: sandbox.clock.now(),
      });
    if (fleet.warm) {
      await wake();
      sandbox.clock.advance(DAY_MS);
    }
    sandbox.calls.clear();
    const began = performance.now();
    const { peakRssMb } = await wake();
    const wallMs = Math.round(performance.now() - began);
    hub.dynamodb.destroy();
    return figuresOf(sandbox.calls.all(), fleet, { wallMs, peakRssMb });
  } finally {
    await sandbox.close();
  }
}

const DAYS_A_MONTH = 30;

function figuresOf(
  calls: readonly Call[],
  { resources }: Fleet,
  process: Pick<Figures, 'wallMs' | 'peakRssMb'>,
): Figures {
  const [prices, others] = [calls.filter(isPriceLookUp), calls.filter((call) => !isPriceLookUp(call))];
  const metrics = others
    .filter(({ operation }) => operation === 'GetMetricData')
    .reduce((sum, { input }) => sum + ((input.MetricDataQueries as unknown[] | undefined)?.length ?? 0), 0);
  const usd = (metrics / 1000) * 0.01;
  return {
    resources,
    apiCalls: others.length,
    metricCalls: others.filter(({ service }) => service === 'cloudwatch').length,
    inventoryCalls: others.filter(({ service }) => ESTATE.includes(service)).length,
    priceCalls: prices.length,
    byOperation: tally(others),
    metricsUsd: Math.round(usd * 1e5) / 1e5,
    metricsUsdAMonth: Math.round(usd * DAYS_A_MONTH * 100) / 100,
    ...process,
  };
}

/** Where the estate is listed and described. */
const ESTATE = ['ec2', 'rds', 'autoscaling'];

/** What the price list and the catalogues say, asked of AWS; and the ledger's items `PRICE#` and `CATALOGUE#`. */
const CATALOGUES = ['DescribeInstanceTypes', 'DescribeInstanceTypeOfferings', 'DescribeOrderableDBInstanceOptions'];

export const isPriceLookUp = ({ service, operation, input }: Call): boolean =>
  service === 'pricing' ||
  CATALOGUES.includes(operation) ||
  (service === 'dynamodb' && /"(PRICE|CATALOGUE)#/.test(JSON.stringify(input)));

export function tally(calls: readonly Call[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { service, operation } of calls) {
    const name = `${service}:${operation}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([, a], [, b]) => b - a));
}

export function printCalls(figures: CallFigures): void {
  for (const [name, one] of Object.entries(figures['right-size'])) {
    const { apiCalls, metricCalls, inventoryCalls, priceCalls, byOperation, wallMs, peakRssMb } = one;
    console.log(
      `right-size over ${name} resources: ${apiCalls} API calls (${metricCalls} for metrics, ${inventoryCalls} for the ` +
        `inventory), and ${priceCalls} for prices and catalogues`,
    );
    console.log(
      `  ${wallMs} ms, peak RSS of the function ${peakRssMb} MB, metrics $${one.metricsUsd} a run, ` +
        `$${one.metricsUsdAMonth} a month`,
    );
    for (const [operation, count] of Object.entries(byOperation))
      console.log(`  ${String(count).padStart(5)}  ${operation}`);
  }
}
