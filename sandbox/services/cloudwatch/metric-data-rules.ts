import type { GetMetricDataInput, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../http/errors.ts';
import { isStatistic } from './statistics.ts';

/** What a GetMetricData request must keep to (Amazon CloudWatch API reference). */

const QUERIES_PER_CALL = 500;
export const POINTS_PER_CALL = 100_800;

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

/** @throws AwsError ValidationError, InvalidParameterValue or NotImplemented */
export function checkRequest({ MetricDataQueries = [], StartTime, EndTime, MaxDatapoints }: GetMetricDataInput): void {
  if (MetricDataQueries.length === 0) throw invalid('The parameter MetricDataQueries is required.');
  if (MetricDataQueries.length > QUERIES_PER_CALL) {
    throw invalid(`The collection MetricDataQueries must not have a size greater than ${QUERIES_PER_CALL}.`);
  }
  if (!StartTime || !EndTime) throw invalid('The parameters StartTime and EndTime are required.');
  if (StartTime >= EndTime) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
  if (MaxDatapoints !== undefined && !(MaxDatapoints >= 1 && MaxDatapoints <= POINTS_PER_CALL)) {
    throw new AwsError(
      'InvalidParameterValue',
      `The parameter MaxDatapoints must be between 1 and ${POINTS_PER_CALL}.`,
    );
  }
  const ids = new Set(MetricDataQueries.map((query) => query.Id));
  if (ids.size < MetricDataQueries.length)
    throw invalid('The values for parameter id in MetricDataQueries are not unique.');
  for (const query of MetricDataQueries) checkQuery(query);
}

function checkQuery({ Id = '', MetricStat, Expression, AccountId }: MetricDataQuery): void {
  if (Expression !== undefined)
    throw new AwsError('NotImplemented', 'the sandbox answers MetricStat queries, no expressions');
  if (AccountId !== undefined) throw new AwsError('NotImplemented', 'the sandbox has no cross-account observability');
  if (!/^[a-z][a-zA-Z0-9_]{0,254}$/.test(Id))
    throw invalid(
      `The value ${Id} for parameter MetricDataQueries.member.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  if (!MetricStat?.Metric?.MetricName || !MetricStat.Metric.Namespace)
    throw invalid(`The query ${Id} names no metric.`);
  const { Period = 0, Stat = '' } = MetricStat;
  if (![1, 5, 10, 20, 30].includes(Period) && (Period <= 0 || Period % 60 !== 0)) {
    throw invalid(`The value ${Period} for parameter Period is not 1, 5, 10, 20, 30 or a multiple of 60.`);
  }
  if (!isStatistic(Stat)) throw invalid(`The value ${Stat} for parameter Stat is not supported.`);
}
