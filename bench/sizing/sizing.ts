import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile } from '../../shared/core/sizing/statistics.ts';
import { type ClosedLoop, evaluate, evaluateClosedLoop, type Outcome, type Window, windowsOf } from './evaluate.ts';
import { byCpu, byCpuAndMemory, isIdle, wasIdle } from './policies.ts';
import { writeSeededTraces } from './seeded.ts';
import { readTraces } from './traces.ts';

interface IdleFigures {
  /** Of the machines that are said to be idle, how many go on being idle; from 0 to 1. */
  readonly precision: number;
  /** Of the machines that go on being idle, how many are said to be; from 0 to 1. */
  readonly recall: number;
  /** How many that are said to be idle wake up: their p99 of CPU reaches 20 %. */
  readonly wakes: number;
}

interface Figures {
  readonly cpuOnly: Outcome;
  readonly withMemory?: Outcome;
  readonly closedLoop: ClosedLoop;
  readonly idle?: IdleFigures;
}

export type SizingFigures = Readonly<Record<string, Figures>>;

const SEED = 20_261_122;
const AWAKE_PERCENT = 20;

/** The figures of each folder of traces (`vm_...`) in `data`; without it, of traces of the project's own making. */
export function measureSizing(data?: string): SizingFigures {
  if (data !== undefined) return measureFolders(data);
  const made = mkdtempSync(join(tmpdir(), 'lamplighter-traces-'));
  try {
    writeSeededTraces(join(made, 'vm_seeded'), SEED);
    return measureFolders(made);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

function measureFolders(data: string): SizingFigures {
  const folders = readdirSync(data).filter((name) => name.startsWith('vm_'));
  if (folders.length === 0) throw new Error(`no folder of traces (vm_...) in ${data}`);
  return Object.fromEntries(folders.sort().map((name) => [name, measure(join(data, name))]));
}

function measure(folder: string): Figures {
  const set = readTraces(folder);
  const windows = windowsOf(set);
  const cpuOnly = evaluate(windows, byCpu);
  const closedLoop = evaluateClosedLoop(windows, byCpu);
  const complete = set.traces.every(({ mem, net }) => mem && net);
  if (!complete) return { cpuOnly, closedLoop };
  return { cpuOnly, withMemory: evaluate(windows, byCpuAndMemory), closedLoop, idle: measureIdle(windows) };
}

function measureIdle(windows: readonly Window[]): IdleFigures {
  const said = windows.filter(({ use, demand }) => isIdle(use, demand.until));
  const right = said.filter(({ useAfter }) => wasIdle(useAfter));
  const all = windows.filter(({ useAfter }) => wasIdle(useAfter));
  return {
    precision: share(right.length, said.length),
    recall: share(right.length, all.length),
    wakes: said.filter(({ cpu }) => percentile(99, Array.from(cpu)) >= AWAKE_PERCENT).length,
  };
}

const share = (part: number, whole: number): number => Number((part / whole).toFixed(4));

export function printSizing(figures: SizingFigures): void {
  for (const [name, { cpuOnly, withMemory, closedLoop, idle }] of Object.entries(figures)) {
    console.log(`${name}: ${cpuOnly.windows} decisions`);
    console.log(`  by CPU alone      ${describe(cpuOnly)}`);
    if (withMemory)
      console.log(`  by CPU and memory ${describe(withMemory)}, memory breach ${withMemory.memoryBreach} %`);
    const { capacityHoursSaved, shareOfOpenLoop, breach1pct, reverted } = closedLoop;
    console.log(
      `  taken back        saved ${capacityHoursSaved} % (${shareOfOpenLoop} of the above), breach ${breach1pct} %, reverted ${reverted} %`,
    );
    if (idle)
      console.log(`  idle              precision ${idle.precision}, recall ${idle.recall}, wakes ${idle.wakes}`);
  }
}

const describe = ({ capacityHoursSaved, downsized, breach1pct, sustained1h }: Outcome): string =>
  `saved ${capacityHoursSaved} %, downsized ${downsized} %, breach ${breach1pct} %, sustained ${sustained1h} %`;
