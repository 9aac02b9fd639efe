import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity, Provider } from '@smithy/types';
import type { AnswerRequest } from '../../shared/core/answer.ts';

/** Who signs, and when. */
export interface Signer {
  readonly credentials: AwsCredentialIdentity | Provider<AwsCredentialIdentity>;
  /** For a URL that does not say its region. */
  readonly region: string | Provider<string>;
  readonly now: () => Date;
}

/** What came back. */
export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** The request did not get an answer that says it was done. */
class AnswerFailedError extends Error {
  override readonly name = 'AnswerFailedError';
}

const TIMEOUT_MS = 70_000; // a little longer than the function may take

/** Signs a request with Signature Version 4, as a Function URL with IAM authentication wants it. */
export async function signedRequest(url: string, request: AnswerRequest, { credentials, region, now }: Signer) {
  const { protocol, hostname, host, port, pathname } = checkedUrl(url);
  const body = JSON.stringify(request);
  const signer = new SignatureV4({
    service: 'lambda',
    region: regionIn(hostname) ?? region,
    credentials,
    sha256: Sha256,
  });
  const unsigned = {
    method: 'POST',
    protocol,
    hostname,
    ...(port ? { port: Number(port) } : {}),
    path: pathname,
    headers: { host, 'content-type': 'application/json' },
    body,
  };
  const { headers } = await signer.sign(unsigned, { signingDate: now() });
  return { url: `${protocol}//${host}${pathname}`, method: 'POST', headers, body };
}

/** @throws {AnswerFailedError} when nobody answers */
export async function send(url: string, request: AnswerRequest, signer: Signer): Promise<Reply> {
  const { url: address, headers, ...signed } = await signedRequest(url, request, signer);
  const { host: _host, ...rest } = headers; // fetch writes it itself
  try {
    const response = await fetch(address, { ...signed, headers: rest, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    const { name, cause } = error as Error;
    const why = (cause as NodeJS.ErrnoException | undefined)?.code ?? name;
    throw new AnswerFailedError(`${new URL(address).host} does not answer (${why}); saying it again is safe`);
  }
}

/**
 * The function's own words.
 * @throws {AnswerFailedError} with them, or with what to do, when it was not done
 */
export function wordsOf({ status, body }: Reply): string {
  const { text, error } = bodyOf(body);
  if (status === 200 && typeof text === 'string') return text;
  if (typeof text === 'string' && typeof error === 'string') throw new AnswerFailedError(`${error}: ${text}`);
  throw new AnswerFailedError(hintFor(status));
}

function hintFor(status: number): string {
  if (status === 403) {
    return (
      'AWS refused the signature (403): check the credentials, that they are allowed lambda:InvokeFunctionUrl and ' +
      'lambda:InvokeFunction on the function answer, and the region of the URL'
    );
  }
  if (status === 429) return 'too many requests at once (429); say it again';
  if (status >= 500) return `the function failed (${status}): its log says why; saying it again is safe`;
  return `unexpected HTTP status ${status}: is it the URL of the function answer?`;
}

function bodyOf(body: string): { readonly text?: unknown; readonly error?: unknown } {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === 'object' ? value : {};
  } catch {
    return {}; // not from the function
  }
}

/** @throws {AnswerFailedError} for what a signature must not be sent to */
function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(url.hostname);
  if (!url || (url.protocol !== 'https:' && !isLocal)) {
    throw new AnswerFailedError('the Function URL has to begin with https://');
  }
  return url;
}

const regionIn = (hostname: string): string | undefined => /\.lambda-url\.([a-z0-9-]+)\.on\.aws$/.exec(hostname)?.[1];
