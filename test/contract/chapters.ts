import type { Chapter } from './chapter.ts';
import { applicationAutoScaling } from './chapters/application-auto-scaling.ts';
import { autoScaling } from './chapters/auto-scaling.ts';
import { awsBackup } from './chapters/aws-backup.ts';
import { cloudTrail } from './chapters/cloud-trail.ts';
import { cloudWatch } from './chapters/cloudwatch.ts';
import { costExplorer } from './chapters/cost-explorer.ts';
import { databaseClasses } from './chapters/database-classes.ts';
import { dynamodb } from './chapters/dynamodb.ts';
import { ec2 } from './chapters/ec2.ts';
import { ecs } from './chapters/ecs.ts';
import { elastiCache } from './chapters/elasticache.ts';
import { instanceTypes } from './chapters/instance-types.ts';
import { kms } from './chapters/kms.ts';
import { messages } from './chapters/messages.ts';
import { pricing } from './chapters/pricing.ts';
import { rds } from './chapters/rds.ts';
import { redshift } from './chapters/redshift.ts';
import { remedies } from './chapters/remedies.ts';
import { snapshots } from './chapters/snapshots.ts';
import { ssm } from './chapters/ssm.ts';
import { sts } from './chapters/sts.ts';
import { tagging } from './chapters/tagging.ts';
import { volumes } from './chapters/volumes.ts';

export const CHAPTERS: readonly Chapter[] = [
  ec2,
  instanceTypes,
  volumes,
  rds,
  snapshots,
  databaseClasses,
  cloudWatch,
  remedies,
  autoScaling,
  ecs,
  applicationAutoScaling,
  tagging,
  sts,
  ssm,
  dynamodb,
  messages,
  pricing,
  costExplorer,
  cloudTrail,
  elastiCache,
  redshift,
  awsBackup,
  kms,
];
