/**
 * One measurement: known with its value, or unknown with the reason. Unknown is never zero:
 * `.value` exists only on the known branch, so a rule cannot forget to ask.
 */
export type Evidence<T> = { readonly known: true; readonly value: T } | { readonly known: false; readonly why: string };

export const known = <T>(value: T): Evidence<T> => ({ known: true, value });

export const unknown = (why: string): Evidence<never> => ({ known: false, why });
