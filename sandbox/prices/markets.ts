/** The regions that have prices here, and how dear they are. */
export interface Market {
  readonly regionCode: string;
  readonly location: string;
  /** What usage types begin with; nothing in us-east-1. */
  readonly prefix: string;
  /** Relative to us-east-1. Plausible, not AWS's: real prices differ by product as well. */
  readonly factor: number;
}

export const MARKETS: readonly Market[] = [
  { regionCode: 'us-east-1', location: 'US East (N. Virginia)', prefix: '', factor: 1 },
  { regionCode: 'us-west-2', location: 'US West (Oregon)', prefix: 'USW2-', factor: 1 },
  { regionCode: 'eu-west-1', location: 'EU (Ireland)', prefix: 'EU-', factor: 1.11 },
  { regionCode: 'eu-central-1', location: 'EU (Frankfurt)', prefix: 'EUC1-', factor: 1.2 },
  { regionCode: 'ap-northeast-2', location: 'Asia Pacific (Seoul)', prefix: 'APN2-', factor: 1.23 },
];

/** Prices are given to a hundredth of a cent, as AWS mostly does. */
export const priced = (usd: number, { factor }: Market): number => Math.round(usd * factor * 10_000) / 10_000;

/** The attributes of a price that say where it holds. */
export const where = ({ regionCode, location }: Market) => ({ regionCode, location });
