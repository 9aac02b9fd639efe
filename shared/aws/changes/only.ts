import type { Action, ActionKind } from '../../core/action.ts';

export type ActionOf<Kind extends ActionKind> = Extract<Action, { readonly kind: Kind }>;

/** The action as one of this kind. Another one here is a mistake of ours, and must never reach AWS. */
export function only<Kind extends ActionKind>(kind: Kind, action: Action): ActionOf<Kind> {
  if (action.kind !== kind) throw new TypeError(`these are the verbs of ${kind}, not of ${action.kind}`);
  return action as ActionOf<Kind>;
}
