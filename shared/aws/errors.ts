/** The account, region or operation is closed to us. What lies behind is unknown, never absent. */
export class AccessDeniedError extends Error {
  override readonly name = 'AccessDeniedError';
  constructor(what: string, cause: unknown) {
    super(`${what}: ${nameOf(cause)}${hintFor(nameOf(cause))}`, { cause });
  }
}

/** How the services spell "you may not". The last four are how a region that is not enabled answers. */
const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'UnauthorizedOperation',
  'NotAuthorized',
  'AuthFailure',
  'OptInRequired',
  'UnrecognizedClientException',
  'InvalidClientTokenId',
]);

export const isDenied = (error: unknown): boolean => DENIED.has(nameOf(error));

/** The AWS error code, which is safe to show: messages may carry ARNs of principals and encoded policies. */
export const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'UnknownError');

function hintFor(name: string): string {
  const closedRegion = ['AuthFailure', 'OptInRequired', 'UnrecognizedClientException', 'InvalidClientTokenId'];
  return closedRegion.includes(name) ? ' (is the region enabled in this account?)' : '';
}
