import { Logger } from '@aws-lambda-powertools/logger';

/** The one logger: constant messages, everything that varies in fields, never a secret. */
export const log = new Logger();
