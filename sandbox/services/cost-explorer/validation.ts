import { AwsError } from '../../http/errors.ts';

export const invalid = (message: string): AwsError => new AwsError('ValidationException', message);
