import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createRandom, type Random } from '../../sandbox/random.ts';
import { HOURS_A_DAY, SAMPLES_A_DAY } from './traces.ts';

const DAYS = 92;
const SAMPLES_AN_HOUR = SAMPLES_A_DAY / HOURS_A_DAY;

/** A machine's CPU in percent at one sample, before noise; `strength` (0 to 1) tells machines of a kind apart. */
type Load = (sample: number, strength: number) => number;

const dayOf = (sample: number): number => Math.floor(sample / SAMPLES_A_DAY);
const hourOf = (sample: number): number => (sample % SAMPLES_A_DAY) / SAMPLES_AN_HOUR;
const isWorkday = (sample: number): boolean => dayOf(sample) % 7 < 5;

interface Kind {
  readonly machines: number;
  readonly cores: number;
  /** Of its memory in percent, at most. */
  readonly memory: number;
  readonly load: Load;
}

/** What machines of a shop do. Some of it cannot be foreseen, which is what a backtest is for. */
const KINDS: Readonly<Record<string, Kind>> = {
  forgotten: { machines: 8, cores: 2, memory: 8, load: () => 0.4 },
  steady: { machines: 16, cores: 2, memory: 35, load: (_, strength) => 4 + 30 * strength },
  office: {
    machines: 16,
    cores: 4,
    memory: 45,
    load: (at, strength) => (isWorkday(at) && hourOf(at) >= 8 && hourOf(at) < 19 ? 12 + 50 * strength : 3),
  },
  nightly: { machines: 8, cores: 8, memory: 30, load: (at, strength) => (hourOf(at) < 1 + 3 * strength ? 75 : 2) },
  monthly: { machines: 2, cores: 8, memory: 55, load: (at) => (dayOf(at) % 30 === 29 && hourOf(at) < 6 ? 88 : 6) },
  growing: { machines: 6, cores: 4, memory: 40, load: (at, strength) => 5 + (60 * strength * dayOf(at)) / DAYS },
  hungry: { machines: 6, cores: 2, memory: 82, load: (_, strength) => 3 + 8 * strength },
  launched: { machines: 2, cores: 4, memory: 25, load: (at, strength) => (dayOf(at) < 40 + 40 * strength ? 5 : 20) },
};

/**
 * Writes traces of invented machines, in the format that `readTraces` reads: 92 days of eight kinds of machine. The same
 * seed always writes the same traces.
 */
export function writeSeededTraces(folder: string, seed: number): void {
  const random = createRandom(seed);
  const machines = Object.entries(KINDS).flatMap(([kind, { machines: count, ...rest }]) =>
    Array.from({ length: count }, (_, index) => ({ ...rest, id: `${kind}-${index + 1}`, strength: random() })),
  );
  const vms = machines.map(({ id, cores }) => ({ id, cores, capMHz: cores * 2600 }));

  const cpu = Uint16Array.from(
    machines.flatMap(({ load, strength }) =>
      series(DAYS * SAMPLES_A_DAY, (at) => tenths(noisy(load(at, strength), random))),
    ),
  );
  const mem = Uint8Array.from(
    machines.flatMap(({ memory, strength }) =>
      series(DAYS * HOURS_A_DAY, () => Math.min(100, Math.round(noisy(memory * (0.4 + 0.6 * strength), random)))),
    ),
  );
  const net = Uint16Array.from(
    machines.flatMap(({ load, strength }) =>
      series(DAYS * HOURS_A_DAY, (hour) => logOf(40 * noisy(load(hour * SAMPLES_AN_HOUR, strength), random) ** 2)),
    ),
  );
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ source: 'seeded', vms }));
  for (const [file, values] of Object.entries({ 'cpu.u16': cpu, 'mem.u8': mem, 'net.u16': net })) {
    writeFileSync(join(folder, `${file}.gz`), gzipSync(new Uint8Array(values.buffer)));
  }
}

const series = (length: number, value: (index: number) => number): number[] =>
  Array.from({ length }, (_, index) => value(index));

/** Mostly within a tenth of the value; one sample in five hundred is half as much again. */
const noisy = (value: number, random: Random): number => value * (random() < 0.002 ? 1.5 : 0.9 + 0.2 * random());

const tenths = (percent: number): number => Math.round(Math.min(100, percent) * 10);
const logOf = (bytesPerSecond: number): number => Math.round(1000 * Math.log10(bytesPerSecond + 1));
