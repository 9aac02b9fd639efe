/** The middle of some numbers; of an even count the mean of the two in the middle. NaN of none. */
export const median = (values: Iterable<number>): number => quantile(values, 0.5);

/** `share` 0 is the smallest of some numbers, 1 the largest. NaN of none. */
export function quantile(values: Iterable<number>, share: number): number {
  const sorted = Float64Array.from(values).sort();
  return quantileOf(sorted, sorted.length, share);
}

/** The newest so many of a stream of numbers, in order of size: each costs one search and one move. */
export class Newest {
  readonly #sorted: Float64Array;
  readonly #arrived: Float64Array;
  #count = 0;
  #oldest = 0;

  constructor(most: number) {
    this.#sorted = new Float64Array(most);
    this.#arrived = new Float64Array(most);
  }

  get count(): number {
    return this.#count;
  }

  push(value: number): void {
    const sorted = this.#sorted;
    if (this.#count === sorted.length) {
      const place = this.#placeOf(this.#arrived[this.#oldest]!);
      sorted.copyWithin(place, place + 1, this.#count);
      this.#count -= 1;
    }
    this.#arrived[this.#oldest] = value;
    this.#oldest = (this.#oldest + 1) % sorted.length;
    const place = this.#placeOf(value);
    sorted.copyWithin(place + 1, place, this.#count);
    sorted[place] = value;
    this.#count += 1;
  }

  /** `share` 0 is the smallest, 1 the largest. NaN of none. */
  quantile(share: number): number {
    return quantileOf(this.#sorted, this.#count, share);
  }

  /** Where the first number is that is not smaller. */
  #placeOf(value: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function quantileOf(sorted: Float64Array, count: number, share: number): number {
  if (count === 0) return Number.NaN;
  const place = share * (count - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return below + 1 < count ? low + (place - below) * (sorted[below + 1]! - low) : low;
}
