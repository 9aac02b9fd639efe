import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface SpeedFigures {
  readonly series: number;
  readonly days: number;
  readonly wallMs: number;
  /** Of the whole process. */
  readonly peakRssMb: number;
}

const SERIES = 1000;
const DAYS = 400;

const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** The series of a bill have their days in common. */
const PROGRAM = `
  const { judge } = await import(${url('../../shared/core/spend/judge.ts')});
  const { peakRssMb } = await import(${url('../../sandbox/hub/peak-memory.ts')});
  const { makeSeries } = await import(${url('./generate/series.ts')});
  const series = makeSeries({ count: ${SERIES}, days: ${DAYS}, seed: 1 });
  const began = performance.now();
  let judged = 0;
  for (const { values } of series) judged += judge({ firstDay: series[0].start, amounts: values }).length;
  const wallMs = Math.round(performance.now() - began);
  console.log(JSON.stringify({ series: series.length, days: judged / series.length, wallMs, peakRssMb: peakRssMb() }));
`;

/** The model by itself, in a process of its own. */
export async function measureSpeed(): Promise<SpeedFigures> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', PROGRAM]);
  return JSON.parse(stdout);
}

export function printSpeed({ series, days, wallMs, peakRssMb }: SpeedFigures): void {
  console.log(`the model over ${series} series of ${days} days: ${wallMs} ms, peak RSS ${peakRssMb} MB`);
}
