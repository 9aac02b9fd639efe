import type { Parameter } from '@aws-sdk/client-ssm';
import type { Place } from './place.ts';

/** Parameter Store of one account and region. */
export class SsmState {
  readonly parameters = new Map<string, Parameter>();
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
  }

  /** Creates a parameter, or writes its next version. */
  put(name: string, value: string, type: 'String' | 'StringList' | 'SecureString' = 'String'): Parameter {
    const { account, region, world } = this.#place;
    const parameter: Parameter = {
      Name: name,
      Type: type,
      Value: value,
      Version: (this.parameters.get(name)?.Version ?? 0) + 1,
      LastModifiedDate: world.clock.now(),
      ARN: `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`,
      DataType: 'text',
    };
    this.parameters.set(name, parameter);
    return parameter;
  }
}
