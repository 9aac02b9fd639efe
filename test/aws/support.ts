import { afterEach, vi } from 'vitest';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { clientsOf } from '../sandbox/clients.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0)) await close();
});

/** A sandbox that the adapters' own clients find as well, its home scope, and clients that try once. */
export async function openSandbox() {
  const sandbox = await startSandbox();
  closing.push(() => sandbox.close());
  vi.stubEnv('AWS_ENDPOINT_URL', sandbox.url);
  const { hub } = sandbox.estate;
  const region = sandbox.env.AWS_REGION ?? '';
  const key = hub.accessKey();
  return {
    sandbox,
    home: hub.region(region),
    scope: { account: hub.id, region },
    credentialsOf: async () => key,
    clients: clientsOf(sandbox),
  };
}
