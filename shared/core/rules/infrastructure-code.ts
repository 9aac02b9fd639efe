import type { Tags } from '../facts.ts';

/** The code that a resource is made from: a change made behind its back is taken back by its next run. */
export interface CodeOwner {
  readonly by: 'CloudFormation' | 'Terraform';
  /** `the CloudFormation stack shop`, `Terraform (tag terraform-workspace: prod)` */
  readonly name: string;
  /** Where in that code a change belongs. */
  readonly where: string;
}

/** What people call the tags of Terraform's resources: it sets none by itself. */
const TERRAFORM = /^(tf|terraform)([-_:/].+)?$/i;
const MANAGER = /^(managed[-_ ]?by|provisioner|created[-_ ]?by|iac)$/i;

/** Owned by CloudFormation or Terraform, as far as tags tell. */
export function codeOwnerOf(tags: Tags): CodeOwner | undefined {
  const stack = tags['aws:cloudformation:stack-name'];
  if (stack !== undefined) {
    const resource = tags['aws:cloudformation:logical-id'];
    const where = `in the template of the stack ${stack}${resource ? `, Resources.${resource}.Properties` : ''}`;
    return { by: 'CloudFormation', name: `the CloudFormation stack ${stack}`, where };
  }
  const [tag, value] = Object.entries(tags).find(isTerraform) ?? [];
  if (tag === undefined) return undefined;
  const name = `Terraform (tag ${tag}${value ? `: ${value}` : ''})`;
  return { by: 'Terraform', name, where: `in the code of ${name}` };
}

const isTerraform = ([tag, value]: readonly [string, string]): boolean =>
  (TERRAFORM.test(tag) && value.toLowerCase() !== 'false') || (MANAGER.test(tag) && /terraform|opentofu/i.test(value));

/** The line to change, by its names in either language: `InstanceType: m5.large`, `instance_type = "m5.large"`. */
export function lineIn(
  { by, where }: CodeOwner,
  names: Readonly<Record<CodeOwner['by'], string>>,
  value: string,
): string {
  const line = by === 'CloudFormation' ? `${names[by]}: ${value}` : `${names[by]} = "${value}"`;
  return `${where}: ${line}`;
}
