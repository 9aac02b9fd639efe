import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NOW, shopStage, tickOn } from '../support/watch-spend.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: NOW });
});
afterEach(() => {
  vi.useRealTimers();
});

const SALE = { from: '2026-11-25', to: '2026-12-02', why: 'sale', account: '111111111111' };

/** Real late data: on the first morning a day is not complete yet. */
it('finds each incident of the shop with its cause and who did it, and leaves the planned sale alone', async () => {
  const stage = await shopStage(
    {
      incidents: [
        { kind: 'forgotten-fleet', from: '2026-11-22' },
        { kind: 'nat-spike', from: '2026-11-21' },
        { kind: 'sale', from: SALE.from, days: 7 },
        { kind: 'miners', from: '2026-11-24' },
      ],
    },
    { spend: { tag: 'team', planned: [SALE] } },
  );
  const told: string[] = [];
  for (let day = 0; day <= 8; day += 1) {
    const { anomalies } = await tickOn(stage, day);
    for (const { news, service, account } of anomalies) if (news === 'opened') told.push(`${account} ${service}`);
  }
  expect(told).toEqual(
    expect.arrayContaining([
      '222222222222 us-west-2',
      '222222222222 Amazon Elastic Compute Cloud - Compute',
      '111111111111 EC2 - Other',
      '333333333333 eu-central-1',
      '333333333333 Amazon Elastic Container Service',
    ]),
  );
  expect(told.filter((one) => one.startsWith('111111111111'))).toEqual(['111111111111 EC2 - Other']);
  const text = stage
    .sent()
    .map((message) => message.text)
    .join('\n');
  expect(text).toMatch(/USW2-BoxUsage:c6i\.4xlarge in us-west-2 \$/);
  expect(text).toMatch(/CloudTrail in us-west-2: RunInstances of i-\w+, .* by j\.park \(role load-test\)/);
  expect(text).toMatch(/APN2-NatGateway-Bytes in ap-northeast-2 \$/);
  expect(text).toMatch(/CreateNatGateway of nat-\w+ by network-apply \(role terraform\)/);
  expect(text).toMatch(/EUC1-Fargate-vCPU-Hours:perCPU in eu-central-1 \$/);
  expect(text).toMatch(/RunTask of \S+ by glue-export-legacy/);
});
