import * as z from 'zod';
import { optionalSetting, readConfig, setting } from './config.ts';

const LOOKING = z.object({
  AWS_REGION: setting('the region, which Lambda sets'),
  AWS_LAMBDA_FUNCTION_NAME: optionalSetting(),
  LEDGER_TABLE: setting('the name of the ledger table'),
  TOPIC_ARN: setting('the ARN of the SNS topic for alerts'),
  CHAT_TOPIC_ARN: optionalSetting(),
  LOOK_ROLE_NAME: setting('the name of the role to assume in each account'),
  EXTERNAL_ID: setting('the external id that the roles demand'),
});

const HANDING_OVER = LOOKING.extend({ CARRY_OUT_ARN: setting('the ARN of the alias of the function carry-out') });

/** What a function that looks at accounts is told by its deployment. */
export type LookingConfig = z.output<typeof LOOKING>;
/** The same of one whose plans are carried out. */
export type HandingOverConfig = z.output<typeof HANDING_OVER>;

type Environment = Parameters<typeof readConfig>[1];

/** @throws {InvalidConfigError} */
export const lookingConfig = (environment: Environment): LookingConfig => readConfig(LOOKING, environment);

/** @throws {InvalidConfigError} */
export const handingOverConfig = (environment: Environment): HandingOverConfig => readConfig(HANDING_OVER, environment);
