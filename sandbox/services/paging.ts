/** One page of a list that is kept in the order of its keys. */
export interface Page<T> {
  readonly items: readonly T[];
  /** Goes on after this page; undefined on the last. */
  readonly token: string | undefined;
}

export interface PageRequest<T> {
  readonly limit: number;
  /** As answered with the page before. */
  readonly token: string | undefined;
  readonly keyOf: (item: T) => string;
  /** Thrown for a token that no page ever carried. */
  readonly invalidToken: () => Error;
}

/**
 * Cuts a page out of `items`. A token names the last key that was shown, so what is created or deleted
 * between two pages neither repeats nor hides anything else.
 */
export function pageOf<T>(items: readonly T[], { limit, token, keyOf, invalidToken }: PageRequest<T>): Page<T> {
  const after = token === undefined ? undefined : readToken(token, invalidToken);
  const keyed = items.map((item) => ({ key: keyOf(item), item }));
  const rest = after === undefined ? keyed : keyed.filter(({ key }) => key > after);
  const shown = rest.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    token: rest.length > limit && last !== undefined ? writeToken(last.key) : undefined,
  };
}

/** Opaque to clients, with characters that a careless client would not escape. */
const writeToken = (key: string): string => Buffer.from(`after ${key}`).toString('base64');

function readToken(token: string, invalidToken: () => Error): string {
  const text = Buffer.from(token, 'base64').toString();
  if (!text.startsWith('after ') || writeToken(text.slice(6)) !== token) throw invalidToken();
  return text.slice(6);
}
