import type { Scope } from '../identity.ts';
import type { Parent } from './fold.ts';
import { type KnownSubject, keyOfSubject } from './subject.ts';

/** Where a runbook is at work. */
export interface Place {
  /** The key of its subject. */
  readonly resource: string;
  /** Of a member the key of its cluster: what fails over, or restarts, takes the others with it. */
  readonly within?: string;
}

/** The members of an Auto Scaling group stand for themselves: none is missed while it restarts. */
export function placeOf(subject: KnownSubject, scope: Scope, parent: Parent | undefined): Place {
  const within = subject.type === 'database' ? parent?.key : undefined;
  return { resource: keyOfSubject(subject, scope), ...(within ? { within } : {}) };
}

/** Whether two are of one resource or of one cluster, be it a member and its cluster or two members. */
export const areOne = (a: Place, b: Place): boolean => keysOf(a).some((key) => keysOf(b).includes(key));

const keysOf = ({ resource, within }: Place): string[] => (within ? [resource, within] : [resource]);
