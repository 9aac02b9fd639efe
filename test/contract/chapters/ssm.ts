import { GetParameterCommand, ParameterNotFound, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'vitest';
import { chapter } from '../chapter.ts';
import { refused } from '../expecting.ts';
import type { Target } from '../target.ts';

interface Seed {
  readonly target: Target;
  readonly ssm: SSMClient;
}

const put = (ssm: SSMClient, Name: string, Value: string) =>
  ssm.send(new PutParameterCommand({ Name, Value, Type: 'String' }));

async function seed(target: Target): Promise<Seed> {
  const { ssm } = target.clients();
  await put(ssm, '/lamplighter/halt', 'no');
  return { target, ssm };
}

const get = async (ssm: SSMClient, Name: string) => (await ssm.send(new GetParameterCommand({ Name }))).Parameter;

export const ssm = chapter('ssm', seed, {
  'a parameter comes with its type, version and ARN': async ({ target, ssm }) => {
    expect(await get(ssm, '/lamplighter/halt')).toMatchObject({
      Name: '/lamplighter/halt',
      Type: 'String',
      Value: 'no',
      Version: 1,
      ARN: `arn:aws:ssm:${target.region}:${target.account}:parameter/lamplighter/halt`,
    });
  },

  'an unknown parameter is ParameterNotFound': async ({ ssm }) => {
    const error = await refused(get(ssm, '/lamplighter/nobody'), 'ParameterNotFound');
    expect(error).toBeInstanceOf(ParameterNotFound);
  },

  'a name that is taken is ParameterAlreadyExists, and nothing is overwritten': async ({ ssm }) => {
    await refused(put(ssm, '/lamplighter/halt', 'yes'), 'ParameterAlreadyExists');
    expect((await get(ssm, '/lamplighter/halt'))?.Value).toBe('no');
  },

  'overwriting on purpose makes a new version': async ({ ssm }) => {
    await put(ssm, '/lamplighter/pause', 'no');
    const anew = { Name: '/lamplighter/pause', Value: 'yes', Type: 'String', Overwrite: true } as const;
    expect((await ssm.send(new PutParameterCommand(anew))).Version).toBe(2);
    expect(await get(ssm, '/lamplighter/pause')).toMatchObject({ Value: 'yes', Version: 2 });
  },
});
