import { AccountsFailedError, InvalidEventError } from './errors.ts';

/**
 * All accounts, whatever happens to one of them.
 * @throws {AccountsFailedError} last, naming those that failed; {InvalidEventError} when that is what one of them says
 */
export async function eachAccount<Account extends { readonly account: string }, T>(
  accounts: readonly Account[],
  work: (account: Account) => Promise<T>,
): Promise<T[]> {
  const settled = await Promise.allSettled(accounts.map(work));
  const failures = settled.flatMap((result, index) =>
    result.status === 'rejected' ? [{ account: accounts[index]?.account ?? '', cause: result.reason as unknown }] : [],
  );
  const done = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const [first] = failures;
  if (first && first.cause instanceof InvalidEventError) throw first.cause;
  if (first) throw new AccountsFailedError(failures, done.length);
  return done;
}
