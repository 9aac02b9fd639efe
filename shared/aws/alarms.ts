import {
  CloudWatchClient,
  type CompositeAlarm,
  type Dimension,
  type MetricAlarm,
  paginateDescribeAlarms,
} from '@aws-sdk/client-cloudwatch';
import { type Identity, parseArn } from '../core/identity.ts';
import type { AlarmReader } from '../ports-acting.ts';
import type { CredentialsOf } from './assumed-role.ts';
import { PATIENT } from './clients.ts';
import { AccessDeniedError, isDenied } from './errors.ts';

type InAlarm = Awaited<ReturnType<AlarmReader['inAlarm']>>;

/** The alarms of every account, as its look role shows them. */
export function awsAlarms(credentialsOf: CredentialsOf): AlarmReader {
  return {
    inAlarm: async ({ account, region }, resource, named) => {
      const client = new CloudWatchClient({ region, credentials: await credentialsOf(account), ...PATIENT });
      try {
        return await alarmsInAlarm(client, resource, named);
      } finally {
        client.destroy();
      }
    },
  };
}

/**
 * The alarms in ALARM that watch the resource or are named, by name. What is in ALARM is little, so all of it is read: a
 * listing by names would leave out the composite alarms, and one by dimension does not exist.
 * A resource's own alarm that is in ALARM only because there are no data is none: it was stopped on purpose.
 * @throws {AccessDeniedError}
 */
export async function alarmsInAlarm(
  client: CloudWatchClient,
  resource: Identity,
  named: readonly string[],
): Promise<InAlarm> {
  const alarms = new Map<string, Date>();
  const dimension = dimensionOf(resource);
  try {
    // Without AlarmTypes AWS shows metric alarms only.
    const input = { StateValue: 'ALARM', AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] } as const;
    for await (const page of paginateDescribeAlarms(
      { client, pageSize: 100 },
      { ...input, AlarmTypes: [...input.AlarmTypes] },
    )) {
      for (const alarm of page.MetricAlarms ?? []) {
        const own = dimension !== undefined && watches(alarm, dimension);
        if (own ? !onlyForLackOfData(alarm) : named.includes(alarm.AlarmName ?? '')) add(alarms, alarm);
      }
      for (const alarm of page.CompositeAlarms ?? []) if (named.includes(alarm.AlarmName ?? '')) add(alarms, alarm);
    }
  } catch (error) {
    if (isDenied(error)) throw new AccessDeniedError('may not list alarms', error);
    throw error;
  }
  return [...alarms].map(([name, since]) => ({ name, since }));
}

function add(alarms: Map<string, Date>, alarm: MetricAlarm | CompositeAlarm): void {
  // The state's last update may be younger than the state: its reason changes as well.
  const since = alarm.StateTransitionedTimestamp ?? alarm.StateUpdatedTimestamp;
  if (!since) throw new Error(`CloudWatch does not say since when ${alarm.AlarmName} is in ALARM`);
  alarms.set(alarm.AlarmName ?? '', since);
}

/** The dimension under which CloudWatch keeps the resource's metrics. */
function dimensionOf({ arn, id }: Identity): Required<Dimension> | undefined {
  const { service, resource = '' } = parseArn(arn) ?? {};
  const [kind, name = ''] = resource.split(/[:/]/, 2);
  switch (`${service}:${kind}`) {
    case 'ec2:instance':
      return { Name: 'InstanceId', Value: id };
    case 'rds:db':
      return { Name: 'DBInstanceIdentifier', Value: name };
    case 'rds:cluster':
      return { Name: 'DBClusterIdentifier', Value: name };
    default:
      return undefined;
  }
}

/** Whether the alarm's metric, or one of those that it computes with, is the resource's. */
function watches({ Dimensions = [], Metrics = [] }: MetricAlarm, { Name, Value }: Dimension): boolean {
  const all = [...Dimensions, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric?.Dimensions ?? [])];
  return all.some((one) => one.Name === Name && one.Value === Value);
}

/** `Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].` */
function onlyForLackOfData({ TreatMissingData, StateReasonData, StateReason = '' }: MetricAlarm): boolean {
  if (TreatMissingData !== 'breaching') return false;
  const points = recentPointsIn(StateReasonData);
  return points === undefined ? /\bno datapoints were received\b/i.test(StateReason) : points.length === 0;
}

/** The datapoints that made the state, if the reason's data tell. */
function recentPointsIn(json: string | undefined): readonly unknown[] | undefined {
  try {
    const { recentDatapoints } = JSON.parse(json ?? '') as { recentDatapoints?: unknown };
    return Array.isArray(recentDatapoints) ? recentDatapoints : undefined;
  } catch {
    return undefined; // it is not JSON, e.g. when somebody set the state by hand
  }
}
