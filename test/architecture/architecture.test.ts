import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RULE_IDS } from '../../shared/core/rules.ts';
import {
  arrows,
  environmentInHandlers,
  kebabCase,
  type Law,
  namedExports,
  noMutations,
  purity,
  sdkAtTheEdge,
} from './laws.ts';
import { importsOf, type Source, sourcesIn } from './source.ts';

const ROOT = join(import.meta.dirname, '../..');
const deployed = sourcesIn('functions', 'shared');
const core = sourcesIn('shared/core');

const LAWS: readonly [string, Law, readonly Source[]][] = [
  ['the core is pure', purity, core],
  ['imports follow the arrows', arrows, deployed],
  ['only adapters and handlers know the AWS SDK', sdkAtTheEdge, deployed],
  ['only shared/aws/changes can change an estate', noMutations, deployed],
  ['exports are named and not passed on', namedExports, deployed],
  ['the environment is read in handlers only', environmentInHandlers, deployed],
  ['names are in kebab-case', kebabCase, [...deployed, ...sourcesIn('test')]],
];

describe('the architecture', () => {
  it('is looked at', () => {
    expect(deployed.length).toBeGreaterThan(40);
    expect(core.map(({ path }) => path)).toContain('shared/core/rules/idle-database.ts');
    expect(deployed.flatMap(importsOf).length).toBeGreaterThan(150);
  });

  it.each(LAWS)('%s', (_, law, sources) => {
    expect(sources.flatMap(law)).toEqual([]);
  });

  it.each(readdirSync(join(ROOT, 'functions')))('the function %s has the files that every function has', (name) => {
    const files = ['handler.ts', 'event.ts', 'run.ts', 'README.md'];
    expect(files.filter((file) => !existsSync(join(ROOT, 'functions', name, file)))).toEqual([]);
  });

  it.each(RULE_IDS)('the rule %s is one file that quotes its law and its exemptions, and has its test', (id) => {
    const text = readFileSync(join(ROOT, 'shared/core/rules', `${id}.ts`), 'utf8');
    expect(text).toMatch(
      new RegExp(
        `\\n/\\*\\*\\n \\* ${id}\\n \\* {3}> [A-Z][\\s\\S]*?\\n \\* {3}> Exempt: [\\s\\S]*?\\n \\*/\\nexport function judge`,
      ),
    );
    expect(existsSync(join(ROOT, 'test/core/rules', `${id}.test.ts`))).toBe(true);
  });
});

/** The laws would be worth nothing if they let these pass. */
describe('what is against a law is found', () => {
  const CORE = 'shared/core/bad.ts';

  it.each<[string, Law, string, string]>([
    ['the clock', purity, CORE, 'const now = Date.now();'],
    ['the time of day', purity, CORE, 'const now = new Date();'],
    ['the time of day without brackets', purity, CORE, 'const now = new Date;'],
    ['chance', purity, CORE, 'const dice = Math.random();'],
    ['the environment', purity, CORE, 'const { TABLE } = process.env;'],
    ['waiting', purity, CORE, 'const facts = await read();'],
    ['a promise', purity, CORE, 'return Promise.all(all);'],
    ['a log line', purity, CORE, "log.info('decided');"],
    ['the console', purity, CORE, "console.log('decided');"],
    ['the network', purity, CORE, "fetch('https://example.com');"],
    ['an SDK', purity, CORE, "import { EC2Client } from '@aws-sdk/client-ec2';"],
    ['a type of an SDK', purity, CORE, "import type { Instance } from '@aws-sdk/client-ec2';"],
    ['files', purity, CORE, "import { readFileSync } from 'node:fs';"],
    ['a network module', purity, CORE, "import 'node:net';"],
    ['randomness', purity, CORE, "import { createHash, randomUUID } from 'node:crypto';"],
    ['all of crypto', purity, CORE, "import * as crypto from 'node:crypto';"],
    ['a logger', purity, CORE, "import { Logger } from '@aws-lambda-powertools/logger';"],
    ['a late import', purity, CORE, "const fs = import('node:fs');"],
    ['core on an adapter', arrows, CORE, "import { listDatabases } from '../aws/rds.ts';"],
    ['core on a port', arrows, CORE, "import type { Ledger } from '../ports.ts';"],
    ['a port on an adapter', arrows, 'shared/ports.ts', "import type { Topics } from './aws/announcer.ts';"],
    ['an adapter on the runtime', arrows, 'shared/aws/bad.ts', "import { log } from '../runtime/log.ts';"],
    ['the runtime on an adapter', arrows, 'shared/runtime/bad.ts', "import { awsEstate } from '../aws/estate.ts';"],
    [
      'shared on a function',
      arrows,
      'shared/aws/bad.ts',
      "import { decide } from '../../functions/right-size/decide.ts';",
    ],
    ['a function on another', arrows, 'functions/right-size/bad.ts', "import { run } from '../off-hours/run.ts';"],
    [
      'a function on an adapter',
      arrows,
      'functions/right-size/run.ts',
      "import { awsEstate } from '../../shared/aws/estate.ts';",
    ],
    [
      'a function on the sandbox',
      arrows,
      'functions/right-size/handler.ts',
      "export { startSandbox } from '../../sandbox/sandbox.ts';",
    ],
    ['shared on a test', arrows, 'shared/runtime/bad.ts', "await import('../../test/support/memory-ledger.ts');"],
    ['a file without a law', arrows, 'shared/bad.ts', ''],
    [
      'the SDK in a story',
      sdkAtTheEdge,
      'functions/right-size/run.ts',
      "import { SNSClient } from '@aws-sdk/client-sns';",
    ],
    ['a stop', noMutations, 'shared/aws/ec2.ts', 'client.send(new StopInstancesCommand({}))'],
    ['a delete', noMutations, 'functions/right-size/run.ts', 'client.send(new DeleteDBSnapshotCommand({}))'],
    ['a write outside the ledger', noMutations, 'shared/aws/ec2.ts', 'client.send(new PutItemCommand({}))'],
    [
      'a command under another name',
      noMutations,
      'shared/aws/rds.ts',
      "import { StopDBInstanceCommand as Look } from '@aws-sdk/client-rds';",
    ],
    ['a client with methods', noMutations, 'shared/aws/ec2.ts', "import { EC2 } from '@aws-sdk/client-ec2';"],
    ['a whole SDK', noMutations, 'shared/aws/ec2.ts', "import * as ec2 from '@aws-sdk/client-ec2';"],
    ['a default export', namedExports, 'shared/aws/bad.ts', 'export default function run() {}'],
    ['a barrel', namedExports, 'shared/aws/bad.ts', "export * from './rds.ts';"],
    ['a barrel of names', namedExports, 'shared/aws/bad.ts', "export { listDatabases } from './rds.ts';"],
    ['a barrel of types', namedExports, 'shared/aws/bad.ts', "export type { Plan } from '../core/plan.ts';"],
    ['an index', namedExports, 'shared/aws/index.ts', ''],
    ['the environment in a story', environmentInHandlers, 'functions/right-size/run.ts', 'process.env.TABLE'],
    ['the environment in shared', environmentInHandlers, 'shared/runtime/config.ts', 'const { TABLE } = process.env;'],
    ['camel case', kebabCase, 'shared/core/planMessage.ts', ''],
    ['a folder in camel case', kebabCase, 'functions/rightSize/run.ts', ''],
  ])('%s', (_, law, path, text) => {
    expect(law({ path, text })).toHaveLength(1);
  });

  it.each<[string, Law, string, string]>([
    ['a word in a comment', purity, CORE, '// never Date.now() or await\n/** new Date() */'],
    ['a given time', purity, CORE, 'const day = new Date(time.getTime());'],
    ['a hash', purity, CORE, "import { createHash } from 'node:crypto';"],
    ['a slash in quotes', purity, CORE, "const link = 'https://console.aws.amazon.com';"],
    ['a neighbour', arrows, 'functions/right-size/run.ts', "import { decide } from './decide.ts';"],
    [
      'an adapter in a handler',
      arrows,
      'functions/right-size/handler.ts',
      "import { awsEstate } from '../../shared/aws/estate.ts';",
    ],
    ['a reading', noMutations, 'shared/aws/ec2.ts', 'new DescribeInstanceAttributeCommand({})'],
    ['a write to the ledger', noMutations, 'shared/aws/ledger/table.ts', 'new PutItemCommand({})'],
    ['a stop where stops belong', noMutations, 'shared/aws/changes/stop-instance.ts', 'new StopInstancesCommand({})'],
    [
      'a type of a client',
      noMutations,
      'shared/aws/ec2.ts',
      "import { type EC2, EC2Client } from '@aws-sdk/client-ec2';",
    ],
    ['an export of its own', namedExports, 'shared/aws/good.ts', "export const a = 1;\nimport { b } from './b.ts';"],
    [
      'the environment in a handler',
      environmentInHandlers,
      'functions/right-size/handler.ts',
      'readConfig(schema, process.env)',
    ],
  ])('and this is not: %s', (_, law, path, text) => {
    expect(law({ path, text })).toEqual([]);
  });

  it('an import over many lines, with types among its names', () => {
    const text = "import {\n  type Plan,\n  sealPlan as seal, // and more\n  digestOf,\n} from '../core/plan.ts';";
    expect(importsOf({ path: 'shared/aws/some.ts', text })).toEqual([
      { from: 'shared/core/plan.ts', values: ['sealPlan', 'digestOf'] },
    ]);
  });
});
