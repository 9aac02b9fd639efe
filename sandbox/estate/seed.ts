/** Any part of a shape of AWS's. A member that is left out gets a default; one that is `undefined` would erase it. */
export type Seed<T> = { [K in keyof T]?: Exclude<T[K], undefined> };
