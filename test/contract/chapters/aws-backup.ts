import { type BackupClient, ListProtectedResourcesCommand } from '@aws-sdk/client-backup';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { refused } from '../expecting.ts';
import type { Target } from '../target.ts';

const seed = async (target: Target): Promise<BackupClient> => target.clients().backup;

export const awsBackup = chapter('aws-backup', seed, {
  'where nothing was backed up nothing is protected': async (backup) => {
    expect(await backup.send(new ListProtectedResourcesCommand({}))).toMatchObject({ Results: [] });
  },

  'a page of more than a thousand resources is refused': async (backup) => {
    await refused(
      backup.send(new ListProtectedResourcesCommand({ MaxResults: 1001 })),
      'InvalidParameterValueException',
    );
  },
});
