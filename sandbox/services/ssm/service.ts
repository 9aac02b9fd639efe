import * as SSM from '@aws-sdk/client-ssm';
import { modelOf } from '../../http/service-model.ts';
import { ownService, type Service } from '../service.ts';
import { getParameter, getParameters, putParameter } from './parameters.ts';

export function ssm(): Service {
  return ownService('ssm', modelOf(SSM, new SSM.SSMClient({ region: 'us-east-1' })), {
    GetParameter: getParameter,
    GetParameters: getParameters,
    PutParameter: putParameter,
  });
}
