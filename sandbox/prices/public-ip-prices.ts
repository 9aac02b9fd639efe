import { MARKETS, where } from './markets.ts';
import type { ProductSpec } from './product.ts';

/** Public IPv4 addresses cost the same everywhere, in use or not. */
export function publicIpPrices(): ProductSpec[] {
  return MARKETS.flatMap((market) =>
    ['InUseAddress', 'IdleAddress'].map((use) => ({
      serviceCode: 'AmazonVPC',
      productFamily: 'VpcPublicIPv4Address',
      unit: 'Hrs',
      usdPerUnit: 0.005,
      attributes: {
        ...where(market),
        group: 'VPCPublicIPv4Address',
        usagetype: `${market.prefix}PublicIPv4:${use}`,
      },
    })),
  );
}
