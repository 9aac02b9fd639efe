import { intrinsic, isObject, type Template } from './template.ts';

const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** Of the types that others refer to: which properties name them, and how their ARN is made from the name. */
const NAMES: Readonly<Record<string, { name: string | readonly string[]; arn: string; ref?: 'arn' }>> = {
  'AWS::DynamoDB::Table': { name: 'TableName', arn: `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/` },
  'AWS::Events::Rule': { name: 'Name', arn: `arn:aws:events:${REGION}:${ACCOUNT}:rule/` },
  'AWS::IAM::ManagedPolicy': { name: 'ManagedPolicyName', arn: `arn:aws:iam::${ACCOUNT}:policy/`, ref: 'arn' },
  'AWS::IAM::Role': { name: 'RoleName', arn: `arn:aws:iam::${ACCOUNT}:role/` },
  'AWS::KMS::Key': { name: '', arn: `arn:aws:kms:${REGION}:${ACCOUNT}:key/` },
  'AWS::Lambda::Alias': {
    name: ['FunctionName', 'Name'],
    arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:`,
    ref: 'arn',
  },
  'AWS::Lambda::Function': { name: 'FunctionName', arn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:` },
  'AWS::Logs::LogGroup': { name: 'LogGroupName', arn: `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:` },
  'AWS::SNS::Topic': { name: 'TopicName', arn: `arn:aws:sns:${REGION}:${ACCOUNT}:`, ref: 'arn' },
  'AWS::SQS::Queue': { name: 'QueueName', arn: `arn:aws:sqs:${REGION}:${ACCOUNT}:` },
  'AWS::SSM::Parameter': { name: 'Name', arn: `arn:aws:ssm:${REGION}:${ACCOUNT}:parameter` },
  'AWS::Scheduler::ScheduleGroup': { name: 'Name', arn: `arn:aws:scheduler:${REGION}:${ACCOUNT}:schedule-group/` },
};

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
};

/**
 * Works out what CloudFormation would work out in account 123456789012, us-east-1, so that tests read names and ARNs and not
 * function calls. Resources whose condition is false are left out.
 */
export function resolve(template: Template, parameters: Record<string, string> = {}): Template {
  const evaluate = evaluator(template, parameters);
  const { Resources, ...rest } = template;
  const exists = ({ Condition }: { Condition?: string }) => !Condition || evaluate({ Condition }) === true;
  return {
    ...rest,
    Resources: Object.fromEntries(
      Object.entries(Resources)
        .filter(([, resource]) => exists(resource))
        .map(([id, { Properties = {}, ...resource }]) => [
          id,
          { ...resource, Properties: evaluate(Properties) as Record<string, unknown> },
        ]),
    ),
  };
}

function evaluator(template: Template, parameters: Record<string, string>) {
  const ref = (id: string): unknown => {
    const parameter = template.Parameters?.[id];
    if (parameter) return parameters[id] ?? parameter.Default;
    const resource = template.Resources[id];
    if (!resource) return PSEUDO[id];
    return NAMES[resource.Type]?.ref === 'arn' ? attribute(id, 'Arn') : name(id);
  };
  const name = (id: string) => {
    const parts = [naming(id).name].flat().map((property) => evaluate(template.Resources[id]?.Properties?.[property]));
    return parts.includes(undefined) ? id : parts.join(':');
  };
  const naming = (id: string) => NAMES[template.Resources[id]?.Type ?? ''] ?? { name: '', arn: '' };
  const attribute = (id: string, of: string) => (of === 'Arn' ? `${naming(id).arn}${name(id)}` : name(id));
  const condition = (id: string) => evaluate(template.Conditions?.[id]) === true;
  const sub = (text: string, variables: Record<string, unknown>) =>
    text.replace(/\$\{([^}]+)\}/g, (_, id: string) => {
      const [resource, of] = id.split('.') as [string, string?];
      return String(id in variables ? evaluate(variables[id]) : of ? attribute(resource, of) : ref(id));
    });

  const evaluate = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(evaluate).filter((item) => item !== undefined);
    if (!isObject(value)) return value;
    const call = intrinsic(value);
    const argument = [call?.argument].flat();
    switch (call?.name) {
      case 'Ref':
        return ref(argument[0] as string);
      case 'Condition':
        return condition(argument[0] as string);
      case 'Fn::GetAtt':
        return attribute(argument[0] as string, argument[1] as string);
      case 'Fn::Sub':
        return sub(argument[0] as string, (argument[1] ?? {}) as Record<string, unknown>);
      case 'Fn::If':
        return evaluate(condition(argument[0] as string) ? argument[1] : argument[2]);
      case 'Fn::Equals':
        return evaluate(argument[0]) === evaluate(argument[1]);
      case 'Fn::Not':
        return evaluate(argument[0]) !== true;
      case 'Fn::And':
        return argument.every((one) => evaluate(one) === true);
      case 'Fn::Or':
        return argument.some((one) => evaluate(one) === true);
      case 'Fn::Join':
        return (evaluate(argument[1]) as string[]).join(argument[0] as string);
      case 'Fn::Split':
        return (evaluate(argument[1]) as string).split(argument[0] as string);
      default:
        return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, evaluate(child)]));
    }
  };
  return evaluate;
}
