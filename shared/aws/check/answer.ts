import type { Answer, Refuser } from '../../ports-check.ts';
import { AccessDeniedError, isDenied, nameOf } from '../errors.ts';

/** How a region that is not enabled refuses credentials which are good elsewhere. */
const CLOSED = new Set(['AuthFailure', 'OptInRequired', 'UnrecognizedClientException', 'InvalidClientTokenId']);

/**
 * AWS's words for who refuses (IAM User Guide, "Access denied error message format"). Only this much is taken of the
 * message: the rest may carry ARNs of principals and encoded policies. Across accounts AWS often says nothing.
 */
const REFUSERS: readonly (readonly [RegExp, Refuser])[] = [
  [/\b(service|resource) control policy\b/i, 'organization'],
  [/\bpermissions boundary\b/i, 'boundary'],
  [/\bidentity-based policy\b/i, 'caller'],
  [/\bresource-based policy\b/i, 'resource'],
];

/** Tries a call. Never throws: whatever happens is the answer. */
export async function answerTo(call: () => Promise<unknown>): Promise<Answer> {
  try {
    await call();
    return { state: 'ok' };
  } catch (error) {
    return answerIn(error instanceof AccessDeniedError ? error.cause : error);
  }
}

function answerIn(error: unknown): Answer {
  const code = codeOf(error);
  if (CLOSED.has(code)) return { state: 'closed', code };
  if (!isDenied(error)) return { state: 'failed', code };
  const by = REFUSERS.find(([words]) => words.test((error as Error).message))?.[1];
  return { state: 'denied', code, ...(by ? { by } : {}) };
}

/** A connection that failed has no name of its own, but Node's code, e.g. `ENOTFOUND`. */
function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return nameOf(error) === 'Error' && typeof code === 'string' ? code : nameOf(error);
}
