import { AwsError } from '../../http/errors.ts';

export const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);

/** The name at the end of an ARN, or the name itself. */
export const lastOf = (named: string): string => named.split('/').at(-1) ?? '';
