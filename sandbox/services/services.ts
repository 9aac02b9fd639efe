import type { ServiceName } from '../names.ts';
import { applicationAutoScaling } from './application-auto-scaling/service.ts';
import { autoScaling } from './auto-scaling/service.ts';
import { awsBackup } from './backup/service.ts';
import { cloudTrail } from './cloud-trail/service.ts';
import { cloudwatch } from './cloudwatch/service.ts';
import { costExplorer } from './cost-explorer/service.ts';
import { dynamodb } from './dynamodb/service.ts';
import { ec2 } from './ec2/service.ts';
import { ecs } from './ecs/service.ts';
import { elastiCache } from './elasticache/service.ts';
import { kms } from './kms/service.ts';
import { createMessaging } from './messaging/messaging.ts';
import { performanceInsights } from './performance-insights/service.ts';
import { pricing } from './pricing/service.ts';
import { rds } from './rds/service.ts';
import { redshift } from './redshift/service.ts';
import type { Service } from './service.ts';
import { ssm } from './ssm/service.ts';
import { sts } from './sts/service.ts';
import { tagging } from './tagging/service.ts';

/** Every service by its name. */
export interface Services {
  get(name: ServiceName): Service;
  close(): Promise<void>;
}

export function createServices(): Services {
  const messaging = createMessaging();
  const own = [
    applicationAutoScaling(),
    autoScaling(),
    awsBackup(),
    cloudTrail(),
    cloudwatch(),
    costExplorer(),
    dynamodb(),
    ec2(),
    ecs(),
    elastiCache(),
    kms(),
    performanceInsights(),
    pricing(),
    rds(),
    redshift(),
    ssm(),
    sts(),
    tagging(),
  ];
  const byName = new Map([...own, messaging.sns, messaging.sqs].map((service) => [service.name, service]));
  return {
    get: (name) => byName.get(name)!,
    close: async () => {
      for (const service of own) await service.close?.();
      await messaging.close();
    },
  };
}
