import type {
  DescribeDimensionKeysRequest,
  DescribeDimensionKeysResponse,
  DimensionKeyDescription,
} from '@aws-sdk/client-pi';
import { DAY } from '../../clock.ts';
import type { Region } from '../../estate/account.ts';
import type { DatabaseLoad } from '../../estate/performance-insights-state.ts';
import { AwsError } from '../../http/errors.ts';
import type { Operation } from '../service.ts';

/** So long Performance Insights keeps what it counted, without being paid for more. */
const KEPT = 7 * DAY;
const MOST = 25;
const PERIODS = [1, 60, 300, 3600, 86_400];

/** The waits or statements of one database, those with the most load first. It says the same of every range. */
export const describeDimensionKeys: Operation<DescribeDimensionKeysRequest, DescribeDimensionKeysResponse> = (
  input,
  { region },
) => {
  check(input, region);
  const { Identifier = '', GroupBy, MaxResults = MOST, StartTime, EndTime } = input;
  const keys = keysIn(region.performanceInsights.loads.get(Identifier) ?? {}, GroupBy?.Group ?? '');
  const sorted = keys.toSorted((a, b) => (b.Total ?? 0) - (a.Total ?? 0));
  return {
    ...(StartTime ? { AlignedStartTime: StartTime } : {}),
    ...(EndTime ? { AlignedEndTime: EndTime } : {}),
    Keys: sorted.slice(0, Math.min(MaxResults, GroupBy?.Limit ?? MOST)),
  };
};

function keysIn({ waits = [], statements = [] }: DatabaseLoad, group: string): DimensionKeyDescription[] {
  if (group === 'db.wait_event') {
    return waits.map(({ name, type, load }) => ({
      Dimensions: { 'db.wait_event.name': name, 'db.wait_event.type': type },
      Total: load,
    }));
  }
  return statements.map(({ id, statement, load }) => ({
    Dimensions: { 'db.sql_tokenized.id': id, 'db.sql_tokenized.statement': statement },
    Total: load,
  }));
}

/** Also of a database that is not there, or not counted, AWS says that it is not authorized. */
function check(input: DescribeDimensionKeysRequest, { rds, place }: Region): void {
  const { ServiceType, Identifier = '', Metric, GroupBy, StartTime, EndTime, PeriodInSeconds, MaxResults } = input;
  const database = [...rds.instances.values()].find(({ DbiResourceId }) => DbiResourceId === Identifier);
  if (ServiceType !== 'RDS' || !database?.PerformanceInsightsEnabled) {
    throw new AwsError(
      'NotAuthorizedException',
      `The resource ${Identifier} for service type ${ServiceType} is not authorized for this account`,
    );
  }
  if (Metric !== 'db.load.avg' && Metric !== 'db.sampledload.avg') throw invalid(`${Metric} is no metric of the load`);
  if (GroupBy?.Group !== 'db.wait_event' && GroupBy?.Group !== 'db.sql_tokenized') {
    throw invalid(`This group is not a known group: ${GroupBy?.Group} is not valid for current resource`);
  }
  if (!StartTime || !EndTime || StartTime >= EndTime) throw invalid('The start time is before the end time.');
  const oldest = place.world.clock.now().getTime() - KEPT;
  if (StartTime.getTime() < oldest) throw invalid('The start time is within the past 7 days.');
  if (PeriodInSeconds !== undefined && !PERIODS.includes(PeriodInSeconds)) throw invalid('The period is not valid.');
  for (const limit of [MaxResults, GroupBy.Limit]) {
    if (limit !== undefined && (limit < 1 || limit > MOST)) throw invalid(`At most ${MOST} keys are answered.`);
  }
}

const invalid = (message: string): AwsError => new AwsError('InvalidArgumentException', message);
