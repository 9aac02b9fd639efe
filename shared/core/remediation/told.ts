import type { Evidence } from '../evidence.ts';
import type { Plan, Proposal, Resource } from '../plan.ts';
import type { Policy } from '../policy.ts';
import type { Incident, IncidentPart } from './fold.ts';
import type { Held } from './guards.ts';
import type { Happening, Remedy } from './runbook.ts';
import type { CountedDatabase, TopLoad } from './top-load.ts';

/** What people are told at once: incidents of one account, and what becomes of them. */
export interface Telling {
  readonly account: string;
  readonly now: Date;
  readonly policy: Policy;
  readonly incidents: readonly ToldIncident[];
}

/** One cause, with the plan that was made for it, if any. */
export interface ToldIncident extends Pick<Incident, 'because'> {
  readonly parts: readonly ToldPart[];
  readonly plan?: Plan;
}

/** What goes on at one resource, or one alarm about none. */
export interface ToldPart extends IncidentPart {
  readonly resource?: Resource;
  /** What its runbook says; absent where a guard left it before that was asked. */
  readonly remedy?: Remedy;
  /** Why it is left, whatever the runbook says. */
  readonly held?: Held;
  /** What happened in the hour before; absent where nobody looked. */
  readonly happenings?: Evidence<readonly Happening[]>;
  /** The database whose load its runbook shows, if that is counted. */
  readonly counted?: CountedDatabase;
  /** What loads it; absent where nobody asked. */
  readonly topLoad?: TopLoad;
}

/** What becomes of a part: carried out at once, waits for a yes, only shown, or left to people. */
export type Turn = 'now' | 'approve' | 'report' | 'left';

/** A part with what the plan says of it. */
export interface Turned {
  readonly part: ToldPart;
  readonly turn: Turn;
  readonly plan?: Plan;
  readonly proposal?: Proposal;
}

/** Every part of every incident, what is to be done about first. */
export const turnsOf = ({ incidents }: Pick<Telling, 'incidents'>): Turned[] =>
  incidents
    .flatMap(({ parts, plan }) => parts.map((part) => turnOf(part, plan)))
    .toSorted((a, b) => ORDER.indexOf(a.turn) - ORDER.indexOf(b.turn));

const ORDER: readonly Turn[] = ['approve', 'now', 'left', 'report'];

function turnOf(part: ToldPart, plan: Plan | undefined): Turned {
  const isOf = ({ resource, rule }: Proposal) => resource.arn === part.resource?.arn && rule === part.runbook;
  const proposal = part.held ? undefined : plan?.act.find(isOf);
  if (!plan || !proposal) return { part, turn: 'left' };
  const turn = ({ auto: 'now', approve: 'approve', report: 'report', off: 'left' } as const)[proposal.mode];
  return { part, turn, plan, proposal };
}
