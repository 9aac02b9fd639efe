import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

/** Indexes of days, both ends included. */
export type DayRange = readonly [first: number, last: number];

/** What a service cost a day, without incidents. */
export interface BaseSeries {
  readonly id: string;
  readonly source: string;
  readonly profile: string;
  /** `YYYY-MM-DD`, UTC. */
  readonly start: string;
  /** In dollars; it is in the values already, and no incident. */
  readonly month_start_fee: number;
  /** Natural events: neither found nor a false alarm. */
  readonly neutral: readonly DayRange[];
  readonly values: readonly number[];
}

export interface Incident {
  readonly type: 'spike1' | 'spikeN' | 'level' | 'ramp' | 'drop';
  /** Times the level. */
  readonly size: number;
  readonly start: number;
  readonly dur: number;
  /** An alarm in it finds the incident. */
  readonly window: DayRange;
  /** An alarm in it is no false one. */
  readonly neutral: DayRange;
  /** Dollars on top of the values, a day from `start` on. */
  readonly excess: readonly number[];
}

/** A series as it is judged; `rep` 0 is clean. */
export interface Stream {
  readonly series: string;
  readonly rep: number;
  readonly incidents: readonly Incident[];
}

/** A bill by its parts, or a portfolio of series. `values` are a list of days for each leaf. */
export type Table =
  | { readonly start: string; readonly leaves: readonly string[]; readonly values: readonly (readonly number[])[] }
  | { readonly members: readonly string[] };

/** An excess in one leaf from the index `day` on; a leaf that the table does not have never cost anything before. */
export interface Case {
  readonly table: string;
  readonly day: number;
  readonly dur: number;
  readonly leaf: string;
  readonly kind: string;
  /** Times the total of the table. */
  readonly rel: number;
  readonly excess: readonly number[];
}

export interface SpendData {
  readonly series: readonly BaseSeries[];
  readonly streams: readonly Stream[];
  readonly tables: Readonly<Record<string, Table>>;
  readonly cases: readonly Case[];
}

/** Reads a directory with `anomaly/series.json.gz` and `streams.json.gz`, `rootcause/tables.json.gz` and `cases.json.gz`. */
export async function readSpendData(directory: string): Promise<SpendData> {
  const read = async (...path: string[]) =>
    JSON.parse((await promisify(gunzip)(await readFile(join(directory, ...path)))).toString());
  return {
    series: await read('anomaly', 'series.json.gz'),
    streams: await read('anomaly', 'streams.json.gz'),
    tables: await read('rootcause', 'tables.json.gz'),
    cases: await read('rootcause', 'cases.json.gz'),
  };
}
