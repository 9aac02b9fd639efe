import { describe, expect, it } from 'vitest';
import { type Action, PERMISSIONS } from '../../shared/core/action.ts';
import type { ChangeVerbs } from '../../shared/ports-acting.ts';
import {
  aCluster,
  aDatabase,
  anInstance,
  type Stage,
  type Subject,
  stage,
  startDatabase,
  startInstance,
  stopDatabase,
  stopInstance,
  verbsOf,
} from './subjects.ts';

type Verb = 'protect' | 'apply' | 'undo';
type Set = readonly [state: string, make: (here: Stage) => Subject, action: (subject: Subject) => Action];

/** How each kind is set for apply; undo begins where apply ends. */
const SETS = {
  'stop-database': [
    ['stopped', (here) => aDatabase(here), ({ identity }) => stopDatabase(identity, 'instance')],
    ['stopped', (here) => aCluster(here), ({ identity }) => stopDatabase(identity, 'cluster')],
  ],
  'start-database': [
    ['available', (here) => aDatabase(here, 'stopped'), ({ identity }) => startDatabase(identity, 'instance')],
    ['available', (here) => aCluster(here, 'stopped'), ({ identity }) => startDatabase(identity, 'cluster')],
  ],
  'stop-instance': [['stopped', (here) => anInstance(here), ({ identity }) => stopInstance(identity)]],
  'start-instance': [['running', (here) => anInstance(here, 'stopped'), ({ identity }) => startInstance(identity)]],
} as const satisfies Record<Action['kind'], readonly Set[]>;

/** What AWS asks of the role for a call of another name: a start of encrypted volumes, and tags given at creation. */
const IMPLIED = new Set(['kms:CreateGrant', 'rds:AddTagsToResource']);

async function call(verb: Verb, verbs: ChangeVerbs, action: Action): Promise<void> {
  if (verb === 'protect') await verbs.protect?.(action, 'plan/1', '2026-12-22');
  else await verbs[verb](action);
}

/** The IAM names of all that a verb calls but for reading, over all forms of the kind. */
async function called(kind: Action['kind'], verb: Verb): Promise<string[]> {
  const names: string[] = [];
  for (const [after, make, toAction] of SETS[kind]) {
    const here = await stage();
    const subject = make(here);
    const action = toAction(subject);
    if (verb === 'undo') subject.become(after);
    await call(verb, verbsOf(here, action), action);
    for (const { service, operation } of here.sandbox.calls) {
      if (!operation.startsWith('Describe')) names.push(`${service}:${operation}`);
    }
  }
  return names.sort();
}

describe.each(Object.keys(SETS) as Action['kind'][])('%s', (kind) => {
  it.each(['protect', 'apply', 'undo'] as const)('calls for %s exactly what its permissions say', async (verb) => {
    const allowed = PERMISSIONS[kind][verb].filter((name) => !IMPLIED.has(name));
    expect(await called(kind, verb)).toEqual([...allowed].sort());
  });

  it('only looks while it waits', async () => {
    for (const [, make, toAction] of SETS[kind]) {
      const here = await stage();
      const action = toAction(make(here));
      const verbs: ChangeVerbs = verbsOf(here, action);
      await verbs.settled(action);
      await verbs.undone(action);
      await verbs.protected?.(action, 'lamplighter-plan-1');
      for (const { operation } of here.sandbox.calls) expect(operation).toMatch(/^Describe/);
    }
  });
});
