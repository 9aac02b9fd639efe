import type { DimensionValues, Expression, TagValues } from '@aws-sdk/client-cost-explorer';
import type { StoredLine } from '../../estate/billing.ts';
import { AwsError } from '../../http/errors.ts';
import type { Dimensions } from './dimensions.ts';
import { invalid } from './validation.ts';

type Test = (line: StoredLine) => boolean;

/** A filter as a test of lines. @throws AwsError ValidationException */
export function testOf(expression: Expression | undefined, dimensions: Dimensions): Test {
  if (!expression) return () => true;
  const parts = Object.keys(expression).filter((key) => expression[key as keyof Expression] !== undefined);
  if (parts.length !== 1) throw invalid('Expression should have exactly one root operator.');
  const { And, Or, Not, Dimensions, Tags, CostCategories } = expression;
  const several = (operands: readonly Expression[]) => {
    if (operands.length < 2) throw invalid('And and Or need at least two expressions.');
    return operands.map((one) => testOf(one, dimensions));
  };
  if (And) return all(several(And));
  if (Or) return any(several(Or));
  if (Not) return none(testOf(Not, dimensions));
  if (Dimensions) return dimensionTest(Dimensions, dimensions);
  if (Tags) return labelTest(Tags, ({ tags }) => tags);
  if (CostCategories) return labelTest(CostCategories, ({ costCategories }) => costCategories);
  throw new AwsError('NotImplemented', `the sandbox does not filter by ${parts[0]}`);
}

const all =
  (tests: readonly Test[]): Test =>
  (line) =>
    tests.every((test) => test(line));

const any =
  (tests: readonly Test[]): Test =>
  (line) =>
    tests.some((test) => test(line));

const none =
  (test: Test): Test =>
  (line) =>
    !test(line);

function dimensionTest(
  { Key = '' as never, Values = [], MatchOptions }: DimensionValues,
  dimensions: Dimensions,
): Test {
  const read = dimensions[Key];
  if (!read) throw invalid(`Dimension ${Key} is not allowed.`);
  const wanted = valuesOf(Values, MatchOptions);
  return (line) => wanted.has(read(line));
}

type Labels = Readonly<Record<string, string>> | undefined;

/** Tags and cost categories alike. `ABSENT` is for what carries none. */
function labelTest({ Key = '', Values = [], MatchOptions }: TagValues, labelsOf: (line: StoredLine) => Labels): Test {
  if (MatchOptions?.includes('ABSENT')) return (line) => labelsOf(line)?.[Key] === undefined;
  const wanted = valuesOf(Values, MatchOptions);
  return (line) => wanted.has(labelsOf(line)?.[Key] ?? '');
}

/** Values are compared exactly, as they are by default. */
function valuesOf(values: readonly string[], options: readonly string[] = []): ReadonlySet<string> {
  const foreign = options.find((one) => one !== 'EQUALS' && one !== 'CASE_SENSITIVE');
  if (foreign) throw new AwsError('NotImplemented', `the sandbox does not match by ${foreign}`);
  if (values.length === 0) throw invalid('A filter needs at least one value.');
  return new Set(values);
}
