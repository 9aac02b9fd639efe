import { type Anomaly, impactOf } from './anomaly.ts';

/** At least this share of what a new region costs has to be found in services, or it is told by itself. */
const MOST = 0.5;

/**
 * What a new region costs is found twice: by region, and in the services that run in it. Of each new region whose dollars are
 * for the most part those of other anomalies, by its id, the one that has the most of them. Only known causes tell.
 */
export function sameDollars(anomalies: readonly Anomaly[]): ReadonlyMap<string, Anomaly> {
  const found = new Map<string, Anomaly>();
  for (const region of anomalies) {
    if (region.kind !== 'new-region') continue;
    const parts = anomalies
      .map((anomaly) => ({ anomaly, amount: amountIn(region, anomaly) }))
      .filter(({ amount }) => amount > 0)
      .sort((a, b) => b.amount - a.amount);
    const all = parts.reduce((sum, { amount }) => sum + amount, 0);
    if (parts[0] && all >= MOST * impactOf(region)) found.set(region.id, parts[0].anomaly);
  }
  return found;
}

/** What a service's anomaly cost in the region, as far as its causes say so. */
function amountIn(region: Anomaly, { kind, account, explanation }: Anomaly): number {
  if (kind === 'new-region' || kind === 'drop' || account !== region.account || !explanation?.causes.known) return 0;
  return explanation.causes.value
    .filter(({ keys }) => keys[1] === region.service)
    .reduce((sum, { amount }) => sum + amount, 0);
}
