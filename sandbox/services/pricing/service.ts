import * as Pricing from '@aws-sdk/client-pricing';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { getProducts } from './get-products.ts';

export function pricing(): Service {
  return ownService('pricing', modelOf(Pricing, new Pricing.PricingClient({ region: 'us-east-1' })), {
    GetProducts: getProducts,
  });
}
