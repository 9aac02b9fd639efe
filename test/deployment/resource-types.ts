import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';

/** The resource specification that AWS publishes, of the release that package-lock.json names. */
const spec = loadAwsServiceSpecSync();

export type PropertyType = Properties[string]['type'];
export type Properties = NonNullable<ReturnType<typeof resourceType>>['properties'];

/** @param name such as `AWS::SNS::Topic` */
export function resourceType(name: string) {
  return spec.lookup('resource', 'cloudFormationType', 'equals', name)[0];
}

/** @returns the properties of a type that other types refer to */
export function referencedProperties(type: PropertyType & { readonly type: 'ref' }): Properties {
  return spec.get('typeDefinition', type.reference.$ref).properties;
}
