import type { AnswerRequest } from '../../shared/core/answer.ts';
import { type Arn, parseArn } from '../../shared/core/identity.ts';
import type { Veto } from '../../shared/core/rules/exempt.ts';
import { localDate } from '../../shared/core/time.ts';
import { type Asking, admit, stamp, vetoEnd } from './decide.ts';
import { VetoStandsError } from './errors.ts';
import type { Ports, Said } from './ports.ts';

type ResourceRequest = Extract<AnswerRequest, { readonly about: { readonly resource: Arn } }>;

/** Keeps one resource alone until a day, whether or not a plan is about it. */
export async function vetoResource(ports: Ports, request: ResourceRequest, asking: Asking): Promise<Said> {
  const { resource } = request.about;
  const account = parseArn(resource)?.account ?? '';
  admit(account, asking);
  const until = vetoEnd(request.until, asking);
  const left = await leaveAlone(ports, { account, resources: [resource], until, note: request.note }, asking);
  const [longer] = left.keptLonger ?? [];
  if (longer) throw new VetoStandsError(longer);
  return { ...left, say: 'veto', ...stamp(asking) };
}

interface Leaving {
  readonly account: string;
  readonly resources: readonly Arn[];
  readonly until: Date;
  readonly note: string | undefined;
}

/** Standing vetoes. One person may change their own; somebody else's that lasts longer stays. */
export async function leaveAlone({ ledger }: Ports, leaving: Leaving, { by, now, policy }: Asking) {
  const { account, resources, until, note: why = 'no reason given' } = leaving;
  const standing = await ledger.vetoes(account, now);
  const longer = standing.filter((one) => resources.includes(one.resource) && one.by !== by && one.until > until);
  const ours = resources.filter((resource) => !longer.some((one) => one.resource === resource));
  const isSame = (veto: Veto) => veto.by === by && veto.why === why && veto.until.getTime() === until.getTime();
  const fresh = ours.filter((resource) => !standing.some((one) => one.resource === resource && isSame(one)));
  for (const resource of fresh) await ledger.recordVeto(account, { resource, until, by, why });
  const day = (time: Date) => localDate(time, policy.timezone);
  const keptLonger = longer.map((one) => ({ resource: one.resource, by: one.by, until: day(one.until) }));
  const said = fresh.length > 0 ? ('now' as const) : ('before' as const);
  return { said, leftAlone: ours, until: day(until), ...(keptLonger.length > 0 ? { keptLonger } : {}) };
}
