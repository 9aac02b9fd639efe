/** One test file, because it packages once; the suites say what is checked. */
import { rm } from 'node:fs/promises';
import { afterAll } from 'vitest';
import { packageService } from '../../scripts/package/packaged.ts';
import { actSuite } from './suites/act.ts';
import { actingSuite } from './suites/acting.ts';
import { bundleSuite } from './suites/bundles.ts';
import { ledgerSuite } from './suites/ledger.ts';
import { remediationSuite } from './suites/remediation.ts';
import { roleSuite } from './suites/roles.ts';
import { spendingSuite } from './suites/spending.ts';
import { templateSuite } from './suites/template.ts';

const packaged = await packageService();
afterAll(() => rm(packaged.folder, { recursive: true, force: true }));

templateSuite(packaged);
actingSuite(packaged);
spendingSuite(packaged);
remediationSuite(packaged);
roleSuite(packaged);
actSuite(packaged);
ledgerSuite(packaged);
bundleSuite(packaged);
