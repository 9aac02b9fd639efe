import { known } from '../../shared/core/evidence.ts';
import type { Anomaly } from '../../shared/core/spend/anomaly.ts';
import type { Explanation } from '../../shared/core/spend/explanation.ts';

/** Everything is known of it. */
export const EXPLAINED: Explanation = {
  causes: known([
    { keys: ['APN2-DataProcessing-Bytes', 'ap-northeast-2'], amount: 270, share: 0.93 },
    { keys: ['APN2-CW:Requests', 'ap-northeast-2'], amount: 20, share: 0.07 },
  ]),
  also: { by: 'by the tag owner', ...known([{ keys: ['team-orders'], amount: 290, share: 1 }]) },
  traces: {
    region: 'ap-northeast-2',
    ...known({
      events: [
        {
          time: '2026-11-18T03:00:00Z',
          event: 'CreateLogGroup',
          actor: 'arn:aws:sts::111111111111:assumed-role/deploy/release-418',
          resources: ['/aws/lambda/checkout'],
        },
      ],
      complete: true,
    }),
  },
  ours: known([]),
};

/** Log costs that have risen by $100 a day three days ago, of which nobody was told yet. */
export const anomaly = (spoiled: Partial<Anomaly> = {}): Anomaly => ({
  id: '2026-11-18-3f9a1c',
  payer: '123456789012',
  currency: 'USD',
  kind: 'rise',
  service: 'AmazonCloudWatch',
  account: '111111111111',
  firstDay: '2026-11-18',
  lastDay: '2026-11-20',
  days: 3,
  actual: 320,
  expected: 30,
  perDay: 100,
  score: 3.2,
  provisional: false,
  state: 'open',
  asOf: '2026-11-20',
  explanation: EXPLAINED,
  ...spoiled,
});
