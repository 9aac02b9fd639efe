import * as Redshift from '@aws-sdk/client-redshift';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { createCluster, describeClusters } from './clusters.ts';
import { pauseCluster, resumeCluster } from './pause-resume.ts';

export function redshift(): Service {
  return ownService('redshift', modelOf(Redshift, new Redshift.RedshiftClient({ region: 'us-east-1' })), {
    CreateCluster: createCluster,
    DescribeClusters: describeClusters,
    PauseCluster: pauseCluster,
    ResumeCluster: resumeCluster,
  });
}
