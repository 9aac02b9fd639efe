import { type Arn, parseArn } from '../../shared/core/identity.ts';
import type { Veto } from '../../shared/core/rules/exempt.ts';
import type { LookedIncident, LookedPart } from './decide.ts';
import type { Sources } from './gather.ts';

/** What the ledger has said of vetoes already: those of these resources. */
export interface Answered {
  readonly resources: readonly Arn[];
  readonly vetoes: readonly Veto[];
}

/** The vetoes of what a runbook wants to do something to. Nobody is asked where nothing is to be done, or it was said before. */
export async function vetoesOf(
  { ledger }: Pick<Sources, 'ledger'>,
  incidents: readonly LookedIncident[],
  { answered, now }: { readonly answered: Answered | undefined; readonly now: Date },
): Promise<readonly Veto[]> {
  const arns = incidents.flatMap(({ parts }) => parts.flatMap(wantedIn));
  if (arns.every((arn) => answered?.resources.includes(arn))) return answered?.vetoes ?? [];
  const accounts = new Set(arns.flatMap((arn) => parseArn(arn)?.account ?? []));
  return (await Promise.all([...accounts].map((account) => ledger.vetoes(account, now)))).flat();
}

/** Of a cluster its members may be vetoed as well. */
function wantedIn({ remedy, found }: LookedPart): Arn[] {
  if (!remedy?.act || !found) return [];
  const { facts } = found;
  const members = facts.type === 'database' ? facts.members.map(({ identity }) => identity.arn) : [];
  return [facts.identity.arn, ...members];
}
