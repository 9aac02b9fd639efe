/** What things were before each of their changes, so that what is measured of them can follow. */
export class History {
  readonly #changes = new Map<string, { readonly was: string; readonly until: number }[]>();
  readonly #watchers = new Map<string, () => void>();

  /** To be called once `id` has changed. @param until epoch milliseconds */
  record(id: string, was: string, until: number): void {
    this.#changes.set(id, [...(this.#changes.get(id) ?? []), { was, until }]);
    this.#watchers.get(id)?.();
  }

  /** Calls `watcher` after every change of `id`. */
  watch(id: string, watcher: () => void): void {
    this.#watchers.set(id, watcher);
  }

  /** What `id` was at a moment, given what it is now. */
  at(id: string, moment: number, now: string): string {
    return this.#changes.get(id)?.find(({ until }) => moment < until)?.was ?? now;
  }

  changedBetween(id: string, from: number, to: number): boolean {
    return this.#changes.get(id)?.some(({ until }) => until > from && until < to) ?? false;
  }
}
