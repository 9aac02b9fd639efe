import { codeOf, type Import, importsOf, type Source } from './source.ts';

/** One law of the architecture: what a file does against it, in words; nothing when it keeps it. */
export type Law = (source: Source) => string[];

const SDK = /^(@aws-sdk|@smithy)\//;
const isOurs = (from: string): boolean => /^(functions|shared|sandbox|bench|test|scripts|infra)\//.test(from);

/** Where clients meet settings: a handler, and what it loads after the start. */
const COMPOSITION_ROOT = /^functions\/[^/]+\/(handler|looking)\.ts$/;

/** What each part may import of the project. A file belongs to the first part that its path matches. */
const ARROWS: readonly (readonly [part: RegExp, may: readonly RegExp[]])[] = [
  [/^shared\/core\//, [/^shared\/core\//]],
  [/^shared\/ports\.ts$/, [/^shared\/core\//]],
  [/^shared\/ports-(check|retention)\.ts$/, [/^shared\/core\//]],
  [/^shared\/ports-acting\.ts$/, [/^shared\/core\//, /^shared\/ports\.ts$/]],
  [/^shared\/ports-spend\.ts$/, [/^shared\/core\//, /^shared\/ports\.ts$/]],
  [/^shared\/ports-snapshots\.ts$/, [/^shared\/core\//, /^shared\/ports\.ts$/]],
  [/^shared\/ports-off-hours\.ts$/, [/^shared\/core\//, /^shared\/ports\.ts$/]],
  [/^shared\/ports-remediation\.ts$/, [/^shared\/core\//, /^shared\/ports\.ts$/]],
  [
    /^shared\/aws\//,
    [
      /^shared\/(core|aws)\//,
      /^shared\/ports(-acting|-check|-off-hours|-remediation|-retention|-snapshots|-spend)?\.ts$/,
    ],
  ],
  [
    /^shared\/runtime\//,
    [
      /^shared\/(core|runtime)\//,
      /^shared\/ports(-acting|-check|-off-hours|-remediation|-retention|-snapshots|-spend)?\.ts$/,
    ],
  ],
  [COMPOSITION_ROOT, [/^shared\//]],
  [
    /^functions\//,
    [
      /^shared\/(core|runtime)\//,
      /^shared\/ports(-acting|-check|-off-hours|-remediation|-retention|-snapshots|-spend)?\.ts$/,
    ],
  ],
];

/** `functions -> shared`; `shared/aws`, `shared/runtime -> ports, core`; `core -> core`; only a handler knows adapters. */
export const arrows: Law = (source) => {
  const may = ARROWS.find(([part]) => part.test(source.path))?.[1];
  if (!may) return [`${source.path} belongs to no part that has a law`];
  const own = /^functions\/[^/]+\//.exec(source.path)?.[0];
  const allowed = ({ from }: Import) =>
    !isOurs(from) || may.some((part) => part.test(from)) || (own !== undefined && from.startsWith(own));
  return importsOf(source)
    .filter((one) => !allowed(one))
    .map(({ from }) => `${source.path} may not import ${from}`);
};

/** The AWS SDK is known in the adapters and in the handlers that hand them their clients. */
export const sdkAtTheEdge: Law = (source) => {
  if (/^shared\/aws\//.test(source.path) || COMPOSITION_ROOT.test(source.path)) return [];
  return importsOf(source)
    .filter(({ from }) => SDK.test(from))
    .map(({ from }) => `${source.path} may not import ${from}`);
};

/** Packages that only compute. */
const PURE_PACKAGES: Readonly<Record<string, readonly string[] | 'all'>> = {
  zod: 'all',
  'get-east-asian-width': ['eastAsianWidth'],
  'temporal-polyfill/fns/PlainDateTime': 'all',
  'temporal-polyfill/fns/ZonedDateTime': 'all',
  'node:crypto': ['createHash'],
};

const IMPURE: readonly (readonly [RegExp, string])[] = [
  [/\bDate\s*\.\s*now\b/, 'Date.now'],
  [/\bnew\s+Date\s*(\(\s*\)|(?!\s*\())/, 'new Date()'],
  [/(?<!new\s)\bDate\s*\(/, 'Date()'],
  [/\bMath\s*\.\s*random\b/, 'Math.random'],
  [/\bprocess\s*\./, 'process'],
  [/\bperformance\s*\./, 'performance'],
  [/\b(await|async)\b/, 'await'],
  [/\bPromise\b/, 'Promise'],
  [/\b(setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\s*\(/, 'the outside world'],
  [/\bcrypto\s*\.\s*(randomUUID|getRandomValues)/, 'randomness'],
  [/\bconsole\s*\.\s*\w+\s*\(/, 'the console'],
  [/\blog(ger)?\s*\.\s*\w+\s*\(/, 'a logger'],
];

/** `shared/core`: the same in, the same out. No SDK, file, network, clock, chance, environment, waiting or logging. */
export const purity: Law = (source) => {
  const code = codeOf(source);
  const said = IMPURE.filter(([pattern]) => pattern.test(code)).map(([, what]) => `${source.path} says ${what}`);
  const foreign = importsOf(source).filter(({ from, values }) => {
    if (isOurs(from)) return false;
    const names = PURE_PACKAGES[from];
    return names === undefined || (names !== 'all' && values.some((value) => !names.includes(value)));
  });
  return [...said, ...foreign.map(({ from }) => `${source.path} may not import ${from}`)];
};

const READS = /^(Describe|Get|List|Lookup|BatchGet|Query|Scan)/;
const WRITES_OF_OUR_OWN: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^shared\/aws\/ledger\//, ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']],
  [/^shared\/aws\/announcer\.ts$/, ['Publish']],
  [/^shared\/aws\/assumed-role\.ts$/, ['AssumeRole']],
  [/^shared\/aws\/starter\.ts$/, ['Invoke']],
  [/^shared\/aws\/waker\.ts$/, ['SendDurableExecutionCallbackSuccess']],
];

/** Nothing but `shared/aws/changes` names an SDK command that changes an estate, nor a client that has them as methods. */
export const noMutations: Law = (source) => {
  if (source.path.startsWith('shared/aws/changes/')) return [];
  const own = WRITES_OF_OUR_OWN.find(([place]) => place.test(source.path))?.[1] ?? [];
  const commands = [...codeOf(source).matchAll(/\b([A-Z][A-Za-z]+)Command\b/g)].map(([, name = '']) => name);
  const mutating = commands.filter((name) => !READS.test(name) && !own.includes(name));
  const values = importsOf(source).flatMap(({ from, values }) => (from.startsWith('@aws-sdk/client-') ? values : []));
  const other = values.filter((name) => !/(Client|Command|Exception)$|^(paginate|waitUntil)/.test(name));
  return [
    ...[...new Set(mutating)].map((name) => `${source.path} may not send ${name}Command`),
    ...other.map((name) => `${source.path} may not import ${name}: it has commands as methods`),
  ];
};

/** Named exports, and each from the file that it is written in. */
export const namedExports: Law = (source) => {
  const code = codeOf(source);
  return [
    ...(/\bexport\s+default\b|\bas\s+default\b/.test(code) ? [`${source.path} has a default export`] : []),
    ...(/\bexport\s+(type\s+)?(\*|\{[^}]*\})[^;'"]*\bfrom\s*['"]/.test(code) ? [`${source.path} is a barrel`] : []),
    ...(source.path.endsWith('/index.ts') ? [`${source.path} is a barrel by name`] : []),
  ];
};

/** File and folder names are in kebab-case. */
export const kebabCase: Law = ({ path }) =>
  path.split('/').every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/.test(part))
    ? []
    : [`${path} is not kebab-case`];

/** The environment is read once, by the composition root. */
export const environmentInHandlers: Law = (source) => {
  if (/^functions\/[^/]+\/handler\.ts$/.test(source.path)) return [];
  return /\bprocess\s*\.\s*env\b|\bimport\.meta\.env\b/.test(codeOf(source))
    ? [`${source.path} reads the environment`]
    : [];
};
