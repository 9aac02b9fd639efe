/** How the SDK writes an error class. Clients differ in whether they write a `shapeId`, which is `<the service's namespace>#<name>`. */
const ERROR_CLASS = new RegExp(
  [
    String.raw`export class (?<variable>\w+) extends __BaseException \{`,
    String.raw`(?:static shapeId = "(?<namespace>[^"#]+)#(?<shape>\w+)";\s+)?name = "(?<name>\w+)";`,
    String.raw`\$fault = "(?<fault>\w+)";`,
    String.raw`(?<fields>(?:\w+;\s+)*)constructor\(opts\) \{`,
    String.raw`super\(\{\s+name: "\k<name>",\s+\$fault: "\k<fault>",\s+\.\.\.opts,\s+\}\);`,
    String.raw`Object\.setPrototypeOf\(this, \k<variable>\.prototype\);`,
    String.raw`(?<sets>(?:this\.\w+ = opts\.\w+;\s+)*)\}\s+\}`,
  ].join(String.raw`\s+`),
  'g',
);

/** A declaration, which may stand below what uses it. */
const errorClassOf = (namespace: string | undefined) => `
function __errorClass(name, fields = [], fault = 'client') {
  const errorClass = class extends __BaseException {
    name = name;
    $fault = fault;
    constructor(opts) {
      super({ name, $fault: fault, ...opts });
      Object.setPrototypeOf(this, errorClass.prototype);
      for (const field of fields) this[field] = opts[field];
    }
  };
  ${namespace ? `errorClass.shapeId = '${namespace}#' + name;` : ''}
  return errorClass;
}
`;

/**
 * Writes the SDK's error classes shorter. RDS alone brings 150 of them, which differ in nothing but their names, and a
 * cold start has to compile every one: a function that makes the class from its name is a quarter of the code. What they
 * are stays the same: names, shape ids, fields, `instanceof`. A class that is written in any other way is left as it is.
 * @param source the text of a client's `models/errors.js`
 */
export function withShortErrorClasses(source: string): string {
  const [, ofAll] = /static shapeId = "([^"#]+)#/.exec(source) ?? [];
  const short = source.replace(ERROR_CLASS, (...match) => {
    const { variable, namespace, shape, name, fault, fields = '', sets = '' } = match.at(-1) as Partial<Groups>;
    const declared = [...fields.matchAll(/\w+/g)].map(([field]) => field);
    const set = [...sets.matchAll(/this\.(\w+) = opts\.\1;/g)].map(([, field]) => field);
    const isAlike = namespace === ofAll && (namespace === undefined || shape === name);
    if (!isAlike || declared.join() !== set.join()) return match[0] as string;
    const differs = fault === 'client' ? (set.length > 0 ? [set] : []) : [set, fault];
    const values = [name, ...differs].map((value) => JSON.stringify(value)).join(', ');
    return `export const ${variable} = /* @__PURE__ */ __errorClass(${values});`;
  });
  return short === source ? source : short + errorClassOf(ofAll);
}

type Groups = Record<'variable' | 'namespace' | 'shape' | 'name' | 'fault' | 'fields' | 'sets', string>;
