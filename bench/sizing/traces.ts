import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export const SAMPLES_A_DAY = 288;
export const HOURS_A_DAY = 24;

/** What was measured of one machine up to some moment. Not a number is a missing sample. */
export interface History {
  /** CPU in percent, every 5 minutes. */
  readonly cpu: Float32Array;
  /** The highest memory of each hour, in percent. */
  readonly mem: Float32Array | null;
  /** Network, in bytes a second, on average over each hour. */
  readonly net: Float32Array | null;
}

export interface Trace extends History {
  readonly id: string;
  /** What its capacity counts for; 1 where the traces do not say. */
  readonly capacity: number;
}

/** The days on which to decide; the last of them has all the rest of the trace to be judged by. */
export interface TraceSet {
  readonly traces: readonly Trace[];
  readonly decisionDays: readonly number[];
  /** Undefined: the whole rest. */
  readonly judgedDays: number | undefined;
}

interface Index {
  readonly source: string;
  readonly vms: readonly { readonly id: string; readonly capMHz?: number }[];
}

/**
 * Reads a folder of traces: `index.json` names the machines; each other file is a gzipped array of one metric, machine
 * after machine. CPU in tenths of a percent (`cpu.u16.gz`, 65535 missing), memory in percent (`mem.u8.gz`, 255 missing),
 * network as 1000 log10(bytes a second + 1) (`net.u16.gz`, 65535 missing). Traces of Azure have CPU only (`cpu_avg.u16.gz`).
 */
export function readTraces(folder: string): TraceSet {
  const { source, vms } = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')) as Index;
  const cpuOnly = source.startsWith('Azure');
  const cpu = words(unzip(folder, cpuOnly ? 'cpu_avg.u16.gz' : 'cpu.u16.gz'));
  const mem = cpuOnly ? undefined : unzip(folder, 'mem.u8.gz');
  const net = cpuOnly ? undefined : words(unzip(folder, 'net.u16.gz'));
  const traces = vms.map(({ id, capMHz }, index) => ({
    id,
    capacity: capMHz ?? 1,
    cpu: Float32Array.from(part(cpu, index, vms.length), (value) => (value === 65535 ? Number.NaN : value / 10)),
    mem: mem ? Float32Array.from(part(mem, index, vms.length), (value) => (value === 255 ? Number.NaN : value)) : null,
    net: net ? Float32Array.from(part(net, index, vms.length), bytesPerSecond) : null,
  }));
  return cpuOnly
    ? { traces, decisionDays: [14], judgedDays: undefined }
    : { traces, decisionDays: [28, 42, 56, 70], judgedDays: 14 };
}

const bytesPerSecond = (value: number): number => (value === 65535 ? Number.NaN : 10 ** (value / 1000) - 1);

const unzip = (folder: string, file: string): Uint8Array =>
  new Uint8Array(gunzipSync(readFileSync(join(folder, file))));

const words = (bytes: Uint8Array): Uint16Array =>
  new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer);

function part<T extends Uint8Array | Uint16Array>(all: T, index: number, count: number): T {
  const length = all.length / count;
  return all.subarray(index * length, (index + 1) * length) as T;
}

/** What was known of a machine when `day` began. */
export const before = (day: number, { cpu, mem, net }: History): History => ({
  cpu: cpu.subarray(0, day * SAMPLES_A_DAY),
  mem: mem?.subarray(0, day * HOURS_A_DAY) ?? null,
  net: net?.subarray(0, day * HOURS_A_DAY) ?? null,
});
