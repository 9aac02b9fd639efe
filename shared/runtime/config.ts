import * as z from 'zod';
import { InvalidConfigError } from './errors.ts';

// Without it zod writes and compiles code for each schema that it parses with, which pays after thousands of values.
z.config({ jitless: true });

/** A setting that must be there and not empty. */
export const setting = (what: string) => z.string({ error: what }).min(1, what);

/** A setting that may be absent; empty counts as absent, as templates write it. */
export const optionalSetting = () =>
  z
    .string()
    .optional()
    .transform((text) => text || undefined);

/** The stage in the name that a function is deployed under, `lamplighter-<function>-<stage>`. */
export const stageOf = (name: string, deployedAs: string | undefined): string =>
  deployedAs?.replace(`lamplighter-${name}-`, '') ?? 'prod';

/**
 * Reads a function's settings once, at cold start. Every bad one is reported by name, none by value.
 * @throws {InvalidConfigError}
 */
export function readConfig<Schema extends z.ZodType>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.output<Schema> {
  const result = schema.safeParse(environment);
  if (result.success) return result.data;
  throw new InvalidConfigError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
}
