import type { UnreadableScope } from '../facts.ts';
import { parseArn, type Scope } from '../identity.ts';
import { isOwed, memoryKey, type Remembered } from './memory.ts';
import type { ScheduledResource } from './resource.ts';

/** A region that the policy names no more, and what off-hours has to give back there. It does nothing else there. */
export interface LeftBehind {
  readonly scope: Scope;
  readonly owed: readonly Remembered[];
}

/** @param scopes those of the policy, of one account */
export function leftBehind(scopes: readonly Scope[], memories: readonly Remembered[]): LeftBehind[] {
  const looked = new Set<string>(scopes.map(({ region }) => region));
  const owed = memories.filter((one) => isOwed(one) && !one.gone?.asked);
  return [...Map.groupBy(owed, regionOf)].flatMap(([region, these]) => {
    const { account } = parseArn(these[0]?.identity.arn ?? '') ?? {};
    return account === undefined || looked.has(region) ? [] : [{ scope: { account, region }, owed: these }];
  });
}

const regionOf = ({ identity }: Remembered): string => parseArn(identity.arn)?.region ?? '';

interface Found {
  readonly resources: readonly ScheduledResource[];
  readonly unreadable: readonly UnreadableScope[];
}

/** Of what is there only this, which is not stopped again; and what could not be read of its types. */
export function onlyOwed({ resources, unreadable }: Found, owed: readonly Remembered[]): Found {
  const keys = new Set(owed.map(({ identity }) => memoryKey(identity)));
  const types = new Set<string>(owed.map(({ type }) => type));
  return {
    resources: resources
      .filter(({ identity }) => keys.has(memoryKey(identity)))
      .map((resource) => ({ leftBecause: 'the policy no longer looks at its region', ...resource })),
    unreadable: unreadable.filter(({ what }) => types.has(what)),
  };
}
