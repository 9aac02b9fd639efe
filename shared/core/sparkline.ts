const BARS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;
const NO_DATA = '·';

/** So wide that four weeks have two columns a day, and that a mail does not break the line. */
const WIDTH = 56;

type Values = readonly (number | undefined)[];

/** What is drawn: `by` names the stretch of time that a value stands for. */
export interface Drawing {
  readonly what: string;
  readonly by: 'day' | 'hour' | 'minute';
  /** So many of them; 1 unless it says otherwise. */
  readonly each?: number;
  readonly unit: string;
  readonly values: Values;
}

/**
 * A series as a row of bars, oldest first, between zero and the top of its scale; a stretch without data is a dot. A long
 * series has the highest of several values in each bar.
 */
export function sparkline(values: Values, top = highestOf(values)): string {
  return stretched(values, barWidth(values))
    .map((value) => (value === undefined ? NO_DATA : barOf(value, top)))
    .join('');
}

/** The bars, and what they are with their scale: `CPU p99.9 by day, 0..100 %` and `▁▁▂█`. */
export function chart({ what, by, unit, values, each: ofEach = 1 }: Drawing): readonly [caption: string, bars: string] {
  const top = unit === '%' ? Math.max(100, highestOf(values)) : highestOf(values);
  const each = barWidth(values) * ofEach;
  const stretch = each === 1 ? by : `${each} ${by}s`;
  return [`${what} by ${stretch}, 0..${inShort(top)} ${unit}`.trimEnd(), sparkline(values, top)];
}

const highestOf = (values: Values): number => values.reduce<number>((most, value = 0) => Math.max(most, value), 0);

const barWidth = ({ length }: Values): number => Math.max(1, Math.ceil(length / WIDTH));

const barOf = (value: number, top: number): string => {
  const height = top > 0 ? Math.floor((Math.max(0, value) / top) * BARS.length) : 0;
  return BARS[Math.min(BARS.length - 1, height)] ?? NO_DATA;
};

function stretched(values: Values, each: number): (number | undefined)[] {
  return Array.from({ length: Math.ceil(values.length / each) }, (_, column) => {
    const stretch = values.slice(column * each, (column + 1) * each).filter((value) => value !== undefined);
    return stretch.length > 0 ? Math.max(...stretch) : undefined;
  });
}

/** Three digits are enough to read: `0.41`, `23.5`, `1,230`. */
const inShort = (value: number): string =>
  new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 }).format(value);
