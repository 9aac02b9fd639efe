import type { BilledMetric } from '../../estate/billing.ts';
import { AwsError } from '../../http/errors.ts';
import { invalid } from './validation.ts';

const BILLED: readonly BilledMetric[] = [
  'UnblendedCost',
  'BlendedCost',
  'AmortizedCost',
  'NetUnblendedCost',
  'NetAmortizedCost',
];

/** The metrics asked for; `UNBLENDED_COST` is another spelling. @throws AwsError */
export function metricsOf(names: readonly string[] | undefined): BilledMetric[] {
  if (!names || names.length === 0) throw invalid('Metrics is required.');
  return names.map((name) => {
    const plain = name.replaceAll('_', '').toLowerCase();
    const metric = BILLED.find((one) => one.toLowerCase() === plain);
    if (metric) return metric;
    if (plain === 'usagequantity' || plain === 'normalizedusageamount') {
      throw new AwsError('NotImplemented', `the sandbox bills costs, no quantities: ${name}`);
    }
    throw invalid(`Invalid metric: ${name}`);
  });
}
