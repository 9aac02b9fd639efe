import * as CostExplorer from '@aws-sdk/client-cost-explorer';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { getCostAndUsage } from './get-cost-and-usage.ts';
import { getCostAndUsageWithResources } from './get-cost-and-usage-with-resources.ts';

export function costExplorer(): Service {
  return ownService('ce', modelOf(CostExplorer, new CostExplorer.CostExplorerClient({ region: 'us-east-1' })), {
    GetCostAndUsage: getCostAndUsage,
    GetCostAndUsageWithResources: getCostAndUsageWithResources,
  });
}
