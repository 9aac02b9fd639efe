import { GetParameterCommand, GetParametersCommand, PutParameterCommand } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import { stageForEachTest } from './clients.ts';

const stage = stageForEachTest();

describe('Parameter Store', () => {
  it('writes versions, keeps secrets, and says what is unknown', async () => {
    const { ssm } = stage.clients;
    const put = (Overwrite: boolean) =>
      ssm.send(new PutParameterCommand({ Name: '/lamplighter/id', Value: 'secret', Type: 'SecureString', Overwrite }));
    expect((await put(false)).Version).toBe(1);
    await expect(put(false)).rejects.toMatchObject({ name: 'ParameterAlreadyExists' });
    expect((await put(true)).Version).toBe(2);
    const read = async (WithDecryption: boolean) =>
      (await ssm.send(new GetParameterCommand({ Name: '/lamplighter/id', WithDecryption }))).Parameter?.Value;
    expect(await read(true)).toBe('secret');
    expect(await read(false)).not.toContain('secret');
    const { InvalidParameters } = await ssm.send(new GetParametersCommand({ Names: ['/lamplighter/id', '/no'] }));
    expect(InvalidParameters).toEqual(['/no']);
  });
});
