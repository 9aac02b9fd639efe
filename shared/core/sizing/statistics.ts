export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** The `count` largest values, largest first; all of them when there are fewer. */
export const largest = (count: number, values: readonly number[]): number[] =>
  values.toSorted((a, b) => b - a).slice(0, count);

/** The `percent`th percentile, with linear interpolation between the neighbours. */
export function percentile(percent: number, values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const rank = ((sorted.length - 1) * percent) / 100;
  const below = sorted[Math.floor(rank)] ?? Number.NaN;
  const above = sorted[Math.ceil(rank)] ?? Number.NaN;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** The largest mean of `count` values in a row; of all of them when there are fewer. */
export function largestRun(count: number, values: readonly number[]): number {
  const length = Math.min(count, values.length);
  let sum = values.slice(0, length).reduce((total, value) => total + value, 0);
  let most = sum;
  for (let end = length; end < values.length; end++) {
    sum += (values[end] ?? 0) - (values[end - length] ?? 0);
    most = Math.max(most, sum);
  }
  return most / length;
}
