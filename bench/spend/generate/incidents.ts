import { createRandom, type Random } from '../../../sandbox/random.ts';
import type { BaseSeries, Incident, Stream } from '../data.ts';
import { middleOf, round } from './series.ts';

/** What happens, how often of a hundred, and for how long it may go unseen. */
const TYPES = [
  { type: 'spike1', share: 25, days: () => 1, seenWithin: () => 2 },
  {
    type: 'spikeN',
    share: 20,
    days: (random: Random) => 2 + Math.floor(4 * random()),
    seenWithin: (days: number) => days + 1,
  },
  { type: 'level', share: 25, days: () => 21, seenWithin: () => 10 },
  { type: 'ramp', share: 15, days: () => 35, seenWithin: () => 35 },
  { type: 'drop', share: 15, days: () => 5, seenWithin: () => 6 },
] as const;

/** Times the level; what a drop leaves of it. */
const SIZES = [1.2, 1.5, 2, 3, 5];
const LEFT = [0, 0.3, 0.5, 0.7];

const WARM_UP_DAYS = 63;
const RAMP_DAYS = 28;
const NEUTRAL_AFTER_DAYS = 15;
const APART_DAYS = 25;
const INCIDENT_STREAMS = 3;

/** Each series once as it is, and three times with incidents that never come near to each other. */
export function makeStreams(series: readonly BaseSeries[], seed: number): Stream[] {
  const random = createRandom(seed);
  return series.flatMap((one) =>
    Array.from({ length: 1 + INCIDENT_STREAMS }, (_, rep) => ({
      series: one.id,
      rep,
      incidents: rep === 0 ? [] : makeIncidents(one, random),
    })),
  );
}

function makeIncidents({ values }: BaseSeries, random: Random): Incident[] {
  const incidents: Incident[] = [];
  let start = WARM_UP_DAYS + Math.floor(APART_DAYS * random());
  for (;;) {
    const kind = pick(random);
    const days = kind.days(random);
    if (start + days + NEUTRAL_AFTER_DAYS > values.length) return incidents;
    const size = anyOf(kind.type === 'drop' ? LEFT : SIZES, random);
    const end = start + days - 1;
    incidents.push({
      type: kind.type,
      size,
      start,
      dur: days,
      window: [start, start + kind.seenWithin(days) - 1],
      neutral: [start, end + NEUTRAL_AFTER_DAYS],
      excess: excessOf(kind.type, { size, days, values, start }),
    });
    start = end + APART_DAYS + Math.floor(2 * APART_DAYS * random());
  }
}

interface Happening {
  readonly size: number;
  readonly days: number;
  readonly start: number;
  readonly values: readonly number[];
}

function excessOf(type: Incident['type'], { size, days, start, values }: Happening): number[] {
  const level = middleOf(values.slice(start - 14, start));
  return Array.from({ length: days }, (_, day) => {
    if (type === 'drop') return round((size - 1) * values[start + day]!);
    const grown = type === 'ramp' ? Math.min(1, (day + 1) / RAMP_DAYS) : 1;
    return round((size - 1) * level * grown);
  });
}

function pick(random: Random): (typeof TYPES)[number] {
  const at = 100 * random();
  let sum = 0;
  for (const one of TYPES) {
    sum += one.share;
    if (at < sum) return one;
  }
  return TYPES[0];
}

const anyOf = (values: readonly number[], random: Random): number => values[Math.floor(values.length * random())]!;
