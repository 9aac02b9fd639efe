import type { StoredLine } from '../../estate/billing.ts';
import { AwsError } from '../../http/errors.ts';
import type { Caller } from '../service.ts';

/** Cost Explorer is answered from one region for all. */
const ENDPOINT = 'us-east-1';

/** The lines that the caller's account may see: the payer all of them, a linked account its own. */
export function visibleLines({ estate: { billing }, account, region }: Caller): readonly StoredLine[] {
  if (region.name !== ENDPOINT) {
    throw new AwsError(
      'UnrecognizedClientException',
      `there is no Cost Explorer in ${region.name}; it is in ${ENDPOINT}`,
    );
  }
  if (!billing.enabled) throw denied('User not enabled for cost explorer access');
  if (account.id !== billing.payer && !billing.linkedAccountAccess) {
    throw denied("Linked account doesn't have access to cost explorer.");
  }
  const lines =
    account.id === billing.payer ? billing.lines : billing.lines.filter((one) => one.account === account.id);
  if (lines.length === 0) throw dataUnavailable();
  return lines;
}

const denied = (message: string): AwsError => new AwsError('AccessDeniedException', message);

export const dataUnavailable = (): AwsError =>
  new AwsError(
    'DataUnavailableException',
    'Data is not available. Please try to adjust the time period. If just enabled Cost Explorer, data might not be ingested yet',
  );
