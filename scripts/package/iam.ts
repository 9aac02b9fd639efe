/** A statement of a policy, with the functions of its template worked out. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | string[];
  readonly Resource?: string | string[];
  readonly Principal?: '*' | Record<string, string | string[]>;
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

/** What somebody asks for. */
export interface Request {
  readonly action: string;
  readonly resource?: string;
  /** the keys that policies may ask about, such as `aws:PrincipalArn` */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * Decides like IAM, as far as this project's policies go: what is not allowed is denied, and a Deny wins.
 * Principals are not compared; give only the statements that apply to whoever asks.
 */
export function allows(statements: readonly Statement[], request: Request): boolean {
  const applying = statements.filter((statement) => applies(statement, request));
  return applying.some(({ Effect }) => Effect === 'Allow') && !denies(applying, request);
}

export function denies(statements: readonly Statement[], request: Request): boolean {
  return statements.some((statement) => statement.Effect === 'Deny' && applies(statement, request));
}

function applies({ Action, Resource = '*', Condition = {} }: Statement, { action, resource, context = {} }: Request) {
  return (
    [Action].flat().includes(action) &&
    (resource === undefined || [Resource].flat().some((pattern) => matches(pattern, resource))) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, [wanted].flat(), context[key])),
    )
  );
}

function holds(operator: string, wanted: string[], actual: string | readonly string[] | undefined): boolean {
  const values = actual === undefined ? [] : [actual].flat();
  const isWanted = (value: string) => wanted.some((pattern) => matches(pattern, value));
  switch (operator) {
    case 'Null':
      return wanted.includes(String(values.length === 0));
    case 'ForAllValues:StringLike':
      return values.every(isWanted); // true for no values
    case 'ArnNotEquals':
    case 'StringNotLike':
      return !values.some(isWanted); // true for no values
    case 'ArnEquals': // in IAM the same as ArnLike
    case 'ArnLike':
    case 'StringLike':
      return values.some(isWanted);
    case 'NumericEquals':
      return values.some((value) => wanted.some((number) => Number(number) === Number(value)));
    case 'Bool':
    case 'StringEquals':
      return values.some((value) => wanted.includes(value));
    default:
      throw new Error(`iam.ts does not know the operator ${operator}`);
  }
}

function matches(pattern: string, value: string): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(value);
}
