import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summaryOf } from '../../bench/sizing/reduce.ts';
import { writeSeededTraces } from '../../bench/sizing/seeded.ts';
import { measureSizing } from '../../bench/sizing/sizing.ts';
import { readTraces } from '../../bench/sizing/traces.ts';

const DAYS = 92;
const MISSING = 65_535;

interface Machine {
  readonly id: string;
  readonly capMHz: number;
  /** In percent, of each 5-minute sample. */
  readonly cpu: (day: number) => number;
  readonly mem: number;
  readonly bytesPerSecond: number;
}

/** 10 % of memory, no traffic; the CPU tells them apart. */
const machine = (id: string, cpu: Machine['cpu'], rest: Partial<Machine> = {}): Machine => ({
  id,
  capMHz: 1000,
  mem: 10,
  bytesPerSecond: 5000,
  cpu,
  ...rest,
});

let data = '';
beforeAll(() => {
  data = mkdtempSync(join(tmpdir(), 'lamplighter-test-'));
});
afterAll(() => rmSync(data, { recursive: true, force: true }));

const series = (length: number, value: (index: number) => number): number[] =>
  Array.from({ length }, (_, index) => value(index));

/** Writes a folder of traces and returns the folder above it. */
function write(name: string, machines: readonly Machine[], { source = 'test', days = DAYS } = {}): string {
  const above = join(data, name);
  const folder = join(above, `vm_${name}`);
  mkdirSync(folder, { recursive: true });
  const put = (file: string, values: Uint8Array | Uint16Array) =>
    writeFileSync(join(folder, file), gzipSync(new Uint8Array(values.buffer)));
  const tenths = (percent: number) => (Number.isNaN(percent) ? MISSING : Math.round(percent * 10));
  const cpu = Uint16Array.from(
    machines.flatMap((one) => series(days * 288, (at) => tenths(one.cpu(Math.floor(at / 288))))),
  );
  writeFileSync(
    join(folder, 'index.json'),
    JSON.stringify({ source, vms: machines.map(({ id, capMHz }) => ({ id, capMHz })) }),
  );
  if (source.startsWith('Azure')) put('cpu_avg.u16.gz', cpu);
  else {
    put('cpu.u16.gz', cpu);
    put('mem.u8.gz', Uint8Array.from(machines.flatMap(({ mem }) => series(days * 24, () => mem))));
    const log = ({ bytesPerSecond }: Machine) => Math.round(1000 * Math.log10(bytesPerSecond + 1));
    put('net.u16.gz', Uint16Array.from(machines.flatMap((one) => series(days * 24, () => log(one)))));
  }
  return above;
}

const steady = machine('steady', () => 10);
const full = machine('full', () => 80, { capMHz: 3000 });

describe('the figures of traces', () => {
  it('are those of each decision, weighed by capacity', () => {
    expect(measureSizing(write('two', [steady, full])).vm_two).toEqual({
      cpuOnly: {
        windows: 8,
        downsized: 50,
        capacityHoursSaved: 18.75,
        meanSaved: 37.5,
        fleetViolation: 0,
        breach1pct: 0,
        breach0_1pct: 0,
        sustained1h: 0,
        memoryBreach: 0,
      },
      withMemory: expect.objectContaining({ windows: 8, capacityHoursSaved: 18.75, memoryBreach: 0 }),
      closedLoop: { capacityHoursSaved: 18.75, shareOfOpenLoop: 1, breach1pct: 0, reverted: 0 },
      idle: { precision: Number.NaN, recall: Number.NaN, wakes: 0 },
    });
  });

  it('show what was not foreseen, and what taking it back leaves of it', () => {
    const launched = machine('launched', (day) => (day < 75 ? 10 : 40));
    const { cpuOnly, closedLoop } = measureSizing(write('launched', [launched])).vm_launched!;
    expect(cpuOnly).toMatchObject({ windows: 4, downsized: 100, capacityHoursSaved: 75, meanSaved: 75 });
    expect(cpuOnly).toMatchObject({ fleetViolation: 16.071, breach1pct: 25, breach0_1pct: 25, sustained1h: 25 });
    // Small for five days, for the six samples that prove it, and for half an hour more.
    const held = (3 + (5 * 288 + 6 + 6) / (14 * 288)) / 4;
    expect(closedLoop).toEqual({
      capacityHoursSaved: Number((75 * held).toFixed(2)),
      shareOfOpenLoop: Number(held.toFixed(4)),
      breach1pct: 0,
      reverted: 25,
    });
  });

  it('show memory that does not shrink with the CPU', () => {
    const hungry = { ...steady, mem: 60 };
    const { cpuOnly, withMemory } = measureSizing(write('hungry', [hungry])).vm_hungry!;
    expect(cpuOnly).toMatchObject({ capacityHoursSaved: 75, memoryBreach: 100 });
    expect(withMemory).toMatchObject({ downsized: 0, capacityHoursSaved: 0, memoryBreach: null });
  });

  it('carry out nothing where the memory is not known', () => {
    const { cpuOnly, withMemory } = measureSizing(write('blind', [{ ...steady, mem: 255 }])).vm_blind!;
    expect(cpuOnly.capacityHoursSaved).toBe(75);
    expect(withMemory?.capacityHoursSaved).toBe(0);
  });

  it('show who is idle and who wakes up', () => {
    const forgotten = machine('forgotten', () => 0.4, { bytesPerSecond: 0 });
    const wakes = machine('wakes', (day) => (day < 75 ? 0.4 : 40), { bytesPerSecond: 0 });
    expect(measureSizing(write('idle', [forgotten, wakes, steady])).vm_idle?.idle).toEqual({
      precision: 0.875,
      recall: 1,
      wakes: 1,
    });
  });

  it('leave out windows that are too little known, and machines that do nothing at all', () => {
    const gappy = machine('gappy', (day) => (day >= 44 && day < 47 ? Number.NaN : 10));
    const off = machine('off', () => 0);
    expect(measureSizing(write('gappy', [gappy, off])).vm_gappy?.cpuOnly.windows).toBe(2);
  });

  it('of Azure have one decision after a fortnight, and neither memory nor idleness', () => {
    const figures = measureSizing(write('azure', [steady, full], { source: 'Azure 2019', days: 30 })).vm_azure!;
    expect(Object.keys(figures)).toEqual(['cpuOnly', 'closedLoop']);
    expect(figures.cpuOnly).toMatchObject({ windows: 2, downsized: 50, memoryBreach: null });
  });

  it('are refused where there are none', () => {
    const empty = mkdtempSync(join(data, 'empty-'));
    expect(() => measureSizing(empty)).toThrow(/no folder of traces/);
  });

  it('are printed by the command as JSON', () => {
    const above = write('cli', [steady]);
    const printed = execFileSync(process.execPath, ['bench/main.ts', 'sizing', '--json', '--data', above], {
      cwd: join(import.meta.dirname, '../..'),
      encoding: 'utf8',
    });
    expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(measureSizing(above))));
  });
});

describe('the reduction', () => {
  const samples = Float32Array.from(series(30 * 288, (at) => (at % 288 < 12 ? 48 : (at % 288) / 10)));
  const { until, cpuPercent } = summaryOf({ cpu: samples, mem: null, net: null });

  it('keeps statistics of four weeks of days and hours, and no sample', () => {
    const daily = Object.values(cpuPercent.daily).map((one) => one.known && one.value.values.length);
    const hourly = Object.values(cpuPercent.hourly).map((one) => one.known && one.value.values.length);
    expect(daily).toEqual([28, 28, 28, 28]);
    expect(hourly).toEqual([672, 672]);
    const { 'p99.9': p999 } = cpuPercent.daily;
    expect(p999.known && p999.value.firstDay).toEqual(new Date(until.getTime() - 28 * 86_400_000));
  });

  it('keeps what CloudWatch would say', () => {
    const first = <T>(one: { known: true; value: { values: readonly T[] } } | { known: false }) =>
      one.known && one.value.values[0];
    expect(first(cpuPercent.hourly.Average)).toBe(48);
    expect(first(cpuPercent.daily.Maximum)).toBe(48);
    expect(first(cpuPercent.daily.p99)).toBe(48);
  });
});

it('the traces of its own making are the same each time, and readable', () => {
  const [once, again] = ['once', 'again'].map((name) => join(data, 'seeded', name));
  writeSeededTraces(once!, 7);
  writeSeededTraces(again!, 7);
  const [first, second] = [readTraces(once!), readTraces(again!)];
  expect(first.traces.length).toBeGreaterThan(40);
  expect(first).toEqual(second);
});
