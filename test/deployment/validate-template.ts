import { intrinsic, isObject, type Template } from '../../scripts/package/template.ts';
import { type Properties, type PropertyType, referencedProperties, resourceType } from './resource-types.ts';
import { checkCycles, checkReferences } from './template-references.ts';

/**
 * Checks a CloudFormation template against the resource specification that AWS publishes, and its references against
 * each other, so that a mistake costs seconds here and not a rolled-back deployment.
 *
 * @returns one line per finding, `path: what is wrong`; an empty list for a good template
 */
export function validateTemplate(template: Template): string[] {
  return [
    ...Object.entries(template.Resources).flatMap(([id, resource]) => {
      const type = resourceType(resource.Type);
      if (!type) return [`Resources.${id}: unknown type ${resource.Type}`];
      return checkProperties(type.properties, resource.Properties ?? {}, `Resources.${id}.Properties`);
    }),
    ...checkReferences(template),
    ...checkCycles(template),
  ];
}

function checkProperties(expected: Properties, value: unknown, path: string): string[] {
  if (!isObject(value)) return [`${path}: expected an object`];
  return [
    ...Object.entries(value).flatMap(([key, child]) => {
      const property = expected[key];
      return property ? checkValue(property.type, child, `${path}.${key}`) : [`${path}.${key}: unknown property`];
    }),
    ...Object.entries(expected)
      .filter(([key, property]) => property.required && !(key in value))
      .map(([key]) => `${path}.${key}: required property missing`),
  ];
}

function checkValue(type: PropertyType, value: unknown, path: string): string[] {
  const call = intrinsic(value);
  if (call?.name === 'Fn::If' && Array.isArray(call.argument)) {
    return call.argument.slice(1).flatMap((branch) => checkValue(type, branch, path));
  }
  if (call) return []; // what it evaluates to is known only in an account
  switch (type.type) {
    case 'string':
      return checkString(type.allowedValues, value, path);
    case 'integer':
      return /^-?\d+$/.test(String(value)) ? [] : [`${path}: expected an integer, not ${JSON.stringify(value)}`];
    case 'number':
      return isNumeric(value) ? [] : [`${path}: expected a number, not ${JSON.stringify(value)}`];
    case 'boolean':
      return /^(true|false)$/.test(String(value)) ? [] : [`${path}: expected a boolean, not ${JSON.stringify(value)}`];
    case 'array':
      if (!Array.isArray(value)) return [`${path}: expected a list`];
      return value.flatMap((item, index) => checkValue(type.element, item, `${path}.${index}`));
    case 'map':
      if (!isObject(value)) return [`${path}: expected a map`];
      return Object.entries(value).flatMap(([key, item]) => checkValue(type.element, item, `${path}.${key}`));
    case 'ref':
      return checkProperties(referencedProperties(type), value, path);
    case 'union':
      return checkUnion(type.types, value, path);
    default:
      return []; // json, tags, dates
  }
}

function checkString(allowed: readonly string[] | undefined, value: unknown, path: string): string[] {
  if (typeof value === 'object') return [`${path}: expected a string`];
  if (!allowed || allowed.includes(String(value))) return [];
  return [`${path}: expected one of ${allowed.join(', ')}, not ${JSON.stringify(value)}`];
}

/** "This structure or any JSON" is how the specification says "this structure": JSON counts only if nothing fits. */
function checkUnion(types: readonly PropertyType[], value: unknown, path: string): string[] {
  const structured = types.filter((type) => fitsShape(type, value));
  const findings = (structured.length > 0 ? structured : types).map((type) => checkValue(type, value, path));
  if (findings.some((list) => list.length === 0)) return [];
  return findings.length === 1 ? findings[0]! : [`${path}: matches no alternative`];
}

function fitsShape(type: PropertyType, value: unknown): boolean {
  if (Array.isArray(value)) return type.type === 'array';
  return isObject(value) && (type.type === 'ref' || type.type === 'map');
}

function isNumeric(value: unknown): boolean {
  return typeof value !== 'object' && value !== '' && !Number.isNaN(Number(value));
}
