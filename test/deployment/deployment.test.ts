/** One test file, because it packages once; the suites say what is checked. */
import { rm } from 'node:fs/promises';
import { afterAll } from 'vitest';
import { packageService } from '../../scripts/package/packaged.ts';
import { bundleSuite } from './suites/bundles.ts';
import { roleSuite } from './suites/roles.ts';
import { templateSuite } from './suites/template.ts';

const packaged = await packageService();
afterAll(() => rm(packaged.folder, { recursive: true, force: true }));

templateSuite(packaged);
roleSuite(packaged);
bundleSuite(packaged);
