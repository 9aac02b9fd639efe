import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { optionalSetting, readConfig, setting } from '../../shared/runtime/config.ts';
import { InvalidConfigError } from '../../shared/runtime/errors.ts';

const schema = z.object({
  LEDGER_TABLE: setting('the name of the ledger table'),
  TOPIC_ARN: setting('the ARN of the topic'),
  CHAT_TOPIC_ARN: optionalSetting(),
});
const whole = { LEDGER_TABLE: 'ledger', TOPIC_ARN: 'arn:aws:sns:eu-west-1:1:alerts' };

function problemsOf(environment: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(schema, environment);
    return [];
  } catch (error) {
    if (error instanceof InvalidConfigError) return error.problems;
    throw error;
  }
}

describe('the settings of a function', () => {
  it('are read, and nothing else of the environment', () => {
    expect(readConfig(schema, { ...whole, CHAT_TOPIC_ARN: 'arn:chat', PATH: '/bin' })).toEqual({
      ...whole,
      CHAT_TOPIC_ARN: 'arn:chat',
    });
  });

  it.each([{}, { CHAT_TOPIC_ARN: '' }, { CHAT_TOPIC_ARN: undefined }])('may lack an optional one: %j', (lacking) => {
    expect(readConfig(schema, { ...whole, ...lacking }).CHAT_TOPIC_ARN).toBeUndefined();
  });

  it('that are missing or empty are named all at once, with what belongs there', () => {
    expect(problemsOf({ LEDGER_TABLE: '' })).toEqual([
      'LEDGER_TABLE: the name of the ledger table',
      'TOPIC_ARN: the ARN of the topic',
    ]);
  });

  it('are never repeated in the error', () => {
    const strict = z.object({ EXTERNAL_ID: z.string().regex(/^\d+$/, 'digits') });
    const attempt = () => readConfig(strict, { EXTERNAL_ID: 's3cr3t' });
    expect(attempt).toThrow("the function's environment is not valid: EXTERNAL_ID: digits");
    expect(attempt).not.toThrow('s3cr3t');
  });
});
