import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { seedBill } from '../sandbox/bill/seed-bill.ts';
import { functionEnv, type Hub, installHub } from '../sandbox/hub/hub.ts';
import { invokeInProcess } from '../sandbox/hub/invoke.ts';
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts';
import { bundle } from '../scripts/bundle/bundle.ts';

/** What one run of watch-spend took. */
interface Figures {
  /** Pages of Cost Explorer, at $0.01 each. */
  readonly paidCalls: number;
  /** Series that were flagged for the first time, or have grown: each may ask two questions more. */
  readonly flaggedGroups: number;
  /** Every call of the run, ledger and SNS included. */
  readonly apiCalls: number;
  readonly wallMs: number;
  /** Of the process of the bundled function. */
  readonly peakRssMb: number;
}

export interface WatchFigures {
  /** A fresh install reads 400 days, once. */
  readonly install: Figures;
  readonly quietDay: Figures;
  readonly flaggedDay: Figures;
  /** The model alone, in a process of its own. */
  readonly judged: { readonly series: number; readonly days: number; readonly ms: number; readonly peakRssMb: number };
}

const NOW = new Date('2026-11-22T07:30:00Z');
const SERIES = 1000;
const DAYS = 400;

export async function measureWatching(): Promise<WatchFigures> {
  const out = await mkdtemp(join(tmpdir(), 'lamplighter-bench-'));
  const sandbox = await startSandbox({ now: NOW });
  try {
    const { file } = await bundle(fileURLToPath(new URL('../functions/watch-spend/handler.ts', import.meta.url)), out);
    sandbox.estate.hub.role('lamplighter-look', { externalId: 'lamplighter' });
    sandbox.estate.billing.resourceLevelData = true;
    seedBill(sandbox, { incidents: [{ kind: 'miners', from: '2026-11-23' }] });
    const hub = await installHub(sandbox);
    const stage = { file, sandbox, hub };
    const install = await measureDay(stage);
    const quietDay = await nextDay(stage);
    const flaggedDay = await nextDay(stage);
    hub.dynamodb.destroy();
    return { install, quietDay, flaggedDay, judged: await measureModel() };
  } finally {
    await sandbox.close();
    await rm(out, { recursive: true, force: true });
  }
}

interface Stage {
  readonly file: string;
  readonly sandbox: Sandbox;
  readonly hub: Hub;
}

function nextDay(stage: Stage): Promise<Figures> {
  stage.sandbox.clock.advance(86_400_000);
  return measureDay(stage);
}

async function measureDay({ file, sandbox, hub }: Stage): Promise<Figures> {
  sandbox.calls.clear();
  const began = performance.now();
  const { result, peakRssMb } = await invokeInProcess({
    file,
    env: functionEnv(sandbox, hub, 'watch-spend'),
    event: { time: sandbox.clock.now().toISOString() },
    now: sandbox.clock.now(),
  });
  const { paidCalls, anomalies } = result as { paidCalls: number; anomalies: readonly { readonly news?: string }[] };
  return {
    paidCalls,
    flaggedGroups: anomalies.filter(({ news }) => news !== undefined).length,
    apiCalls: sandbox.calls.length,
    wallMs: Math.round(performance.now() - began),
    peakRssMb,
  };
}

const urlOf = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** Series of a year and more that differ in size, season and noise, with what the model has to look for in some of them. */
const MODEL = `
  const { judge } = await import(${urlOf('../shared/core/spend/judge.ts')});
  const { peakRssMb } = await import(${urlOf('../sandbox/hub/peak-memory.ts')});
  const firstDay = '2025-10-18';
  const series = Array.from({ length: ${SERIES} }, (_, one) => ({
    firstDay,
    amounts: Array.from({ length: ${DAYS} }, (_, day) => {
      const season = 1 + 0.2 * Math.sin((2 * Math.PI * day) / 7 + one);
      const noise = 1 + 0.1 * Math.sin(day * 12.9898 + one * 78.233);
      const shift = one % 5 === 0 && day > 200 + (one % 90) ? 2 : 1;
      return (5 + one) * season * noise * shift;
    }),
  }));
  const began = performance.now();
  let flagged = 0;
  for (const one of series) flagged += judge(one).filter(({ score }) => Math.abs(score ?? 0) >= 1).length;
  const ms = Math.round(performance.now() - began);
  console.log(JSON.stringify({ series: ${SERIES}, days: ${DAYS}, ms, peakRssMb: peakRssMb(), flagged }));
`;

async function measureModel(): Promise<WatchFigures['judged']> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', MODEL]);
  const { flagged: _, ...figures } = JSON.parse(stdout) as WatchFigures['judged'] & { flagged: number };
  return figures;
}

export function printWatching({ judged, ...days }: WatchFigures): void {
  for (const [name, { paidCalls, flaggedGroups, apiCalls, wallMs, peakRssMb }] of Object.entries(days)) {
    console.log(
      `watch-spend, ${name}: ${paidCalls} paid calls, ${flaggedGroups} flagged groups, ${apiCalls} API calls`,
    );
    console.log(`  ${wallMs} ms, peak RSS of the function ${peakRssMb} MB`);
  }
  const { series, days: length, ms, peakRssMb } = judged;
  console.log(`the model over ${series} series of ${length} days: ${ms} ms, peak RSS ${peakRssMb} MB`);
}
