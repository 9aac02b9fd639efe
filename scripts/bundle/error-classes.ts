/** How the SDK writes an error class. Clients differ in whether they write a `shapeId`. */
const ERROR_CLASS = new RegExp(
  [
    String.raw`export class (?<variable>\w+) extends __BaseException \{`,
    String.raw`(?:static shapeId = "(?<shapeId>[^"]+)";\s+)?name = "(?<name>\w+)";`,
    String.raw`\$fault = "(?<fault>\w+)";`,
    String.raw`(?<fields>(?:\w+;\s+)*)constructor\(opts\) \{`,
    String.raw`super\(\{\s+name: "\k<name>",\s+\$fault: "\k<fault>",\s+\.\.\.opts,\s+\}\);`,
    String.raw`Object\.setPrototypeOf\(this, \k<variable>\.prototype\);`,
    String.raw`(?<sets>(?:this\.\w+ = opts\.\w+;\s+)*)\}\s+\}`,
  ].join(String.raw`\s+`),
  'g',
);

/** A declaration, which may stand below what uses it. */
const ERROR_CLASS_OF = `
function __errorClass(name, fault, fields, shapeId) {
  const errorClass = class extends __BaseException {
    name = name;
    $fault = fault;
    constructor(opts) {
      super({ name, $fault: fault, ...opts });
      Object.setPrototypeOf(this, errorClass.prototype);
      for (const field of fields) this[field] = opts[field];
    }
  };
  if (shapeId) errorClass.shapeId = shapeId;
  return errorClass;
}
`;

/**
 * Writes the SDK's error classes shorter. RDS alone brings 150 of them, which differ in nothing but their names, and a
 * cold start has to compile every one: a function that makes the class from its names is two fifths of the code. What they
 * are stays the same: names, shape ids, fields, `instanceof`. A class that is written in any other way is left as it is.
 * @param source the text of a client's `models/errors.js`
 */
export function withShortErrorClasses(source: string): string {
  const short = source.replace(ERROR_CLASS, (...match) => {
    const { variable, shapeId = '', name, fault, fields = '', sets = '' } = match.at(-1) as Record<string, string>;
    const declared = [...fields.matchAll(/\w+/g)].map(([field]) => field);
    const set = [...sets.matchAll(/this\.(\w+) = opts\.\1;/g)].map(([, field]) => field);
    if (declared.join() !== set.join()) return match[0] as string;
    const values = [name, fault, set, shapeId].map((value) => JSON.stringify(value)).join(', ');
    return `export const ${variable} = /* @__PURE__ */ __errorClass(${values});`;
  });
  return short === source ? source : short + ERROR_CLASS_OF;
}
