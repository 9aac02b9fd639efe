import type {
  GetParameterRequest,
  GetParameterResult,
  GetParametersRequest,
  GetParametersResult,
  Parameter,
  PutParameterRequest,
  PutParameterResult,
} from '@aws-sdk/client-ssm';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';

export const getParameter: Operation<GetParameterRequest, GetParameterResult> = (input, { region }) => {
  const parameter = region.ssm.parameters.get(input.Name ?? '');
  if (!parameter) throw new AwsError('ParameterNotFound', `Parameter ${input.Name} not found.`);
  return { Parameter: shown(parameter, input.WithDecryption) };
};

/** Up to ten names; the unknown ones are listed, not an error. */
export const getParameters: Operation<GetParametersRequest, GetParametersResult> = (input, { region: { ssm } }) => {
  const names = input.Names ?? [];
  if (names.length > 10) {
    throw new AwsError(
      'ValidationException',
      `Value '${names}' at 'names' failed to satisfy constraint: Member must have length less than or equal to 10`,
    );
  }
  return {
    Parameters: names.flatMap((name) => ssm.parameters.get(name) ?? []).map((one) => shown(one, input.WithDecryption)),
    InvalidParameters: names.filter((name) => !ssm.parameters.has(name)),
  };
};

export const putParameter: Operation<PutParameterRequest, PutParameterResult> = (input, { region: { ssm } }) => {
  const { Name = '', Value = '', Overwrite = false } = input;
  const before = ssm.parameters.get(Name);
  if (before && !Overwrite) {
    throw new AwsError(
      'ParameterAlreadyExists',
      'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    );
  }
  const type = input.Type ?? before?.Type;
  if (!type) throw new AwsError('ValidationException', 'A parameter type is required when you create a parameter.');
  const parameter = ssm.put(Name, Value, type);
  return { Version: parameter.Version, Tier: 'Standard' };
};

/** Without decryption a secret is not readable. */
function shown(parameter: Parameter, decrypted: boolean | undefined): Parameter {
  if (parameter.Type !== 'SecureString' || decrypted) return parameter;
  return { ...parameter, Value: `AQICAHencrypted${Buffer.from(parameter.Value ?? '').toString('base64')}` };
}
