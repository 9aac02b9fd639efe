import { nameOfPerson } from '../../core/approvers.ts';
import { type Evidence, known, unknown } from '../../core/evidence.ts';
import { parseArn, type Scope } from '../../core/identity.ts';
import type { Happening } from '../../core/remediation/runbook.ts';
import type { TimeRange } from '../../ports.ts';
import type { RemediationReader } from '../../ports-remediation.ts';
import type { AuditEvent, AuditTrail } from '../../ports-spend.ts';

/** The calls by which something new is brought out, and whose they are: others have calls of the same names. */
const DEPLOYMENTS: Readonly<Record<string, string>> = {
  CreateDeployment: 'codedeploy.amazonaws.com',
  UpdateService: 'ecs.amazonaws.com',
  ExecuteChangeSet: 'cloudformation.amazonaws.com',
  UpdateStack: 'cloudformation.amazonaws.com',
};

/** One for each name that is asked for, and some more: monitors read a resource, and CloudTrail shows that among the rest. */
const MOST_PAGES = Object.keys(DEPLOYMENTS).length + 4;

/** What CloudTrail shows of a resource, and of deployments in its region. */
export const happeningsIn =
  (trail: AuditTrail): RemediationReader['happenings'] =>
  async (scope, { arn }, range) => {
    const found = await trail.lookup(queryOf(scope, nameIn(arn), range));
    if (!found.known) return found;
    const { events, complete } = found.value;
    const happened = events.filter(isShown).map(happeningOf);
    if (happened.length === 0 && !complete) return NOT_ALL_READ;
    return known(happened);
  };

const NOT_ALL_READ: Evidence<never> = unknown('CloudTrail has more of it than was read');

const queryOf = (scope: Scope, resourceName: string, range: TimeRange) => ({
  scope,
  ...range,
  resourceName,
  eventNames: Object.keys(DEPLOYMENTS),
  maxPages: MOST_PAGES,
});

/** `db:orders`, `cluster:carts` and `instance/i-1` by the names that are behind. */
const nameIn = (arn: string): string => parseArn(arn)?.resource.split(/[:/]/).at(-1) ?? arn;

const isShown = ({ name, source }: AuditEvent): boolean => (DEPLOYMENTS[name] ?? source) === source;

function happeningOf(event: AuditEvent): Happening {
  const { time, name, actor, resources } = event;
  const by = whose(event);
  const what = by === 'a deployment' ? resources.map((one) => one.name).join(', ') : '';
  return { at: new Date(time), what: `${name}${what ? ` of ${what}` : ''} by ${nameOfPerson(actor)}`, by };
}

function whose({ name, source, actor }: AuditEvent): Happening['by'] {
  if (/:(assumed-)?role\/lamplighter-/.test(actor)) return 'us';
  if (DEPLOYMENTS[name] === source || /^(cloudformation|codedeploy)\.amazonaws\.com$/.test(actor))
    return 'a deployment';
  return /\.amazonaws\.com$|:(assumed-)?role\/(aws-service-role\/|AWSServiceRole)/.test(actor) ? 'AWS' : 'a person';
}
