import { startSandbox } from '../../sandbox/sandbox.ts';
import { contract } from './chapter.ts';
import { CHAPTERS } from './chapters.ts';
import { SANDBOX } from './deviations.ts';
import { clientShop, type Target } from './target.ts';

/** An empty sandbox, whose time passes when it is told to. */
async function openSandbox(): Promise<Target> {
  const region = 'ap-northeast-2';
  const sandbox = await startSandbox({ now: new Date('2026-11-22T10:00:00Z'), region });
  const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '', AWS_SESSION_TOKEN } = sandbox.env;
  const credentials = {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
  };
  const shop = clientShop(sandbox.url, { region, credentials });
  return {
    account: '123456789012',
    region,
    now: sandbox.clock.now,
    clients: shop.clients,
    addRole: (account, name, { externalId }) => sandbox.estate.account(account).role(name, { externalId }),
    addSpend: (dollarsByService) => {
      const lines = Object.entries(dollarsByService).map(([service, dollars]) => ({
        account: '123456789012',
        service,
        usageType: 'Usage',
        region,
        unblended: () => dollars,
      }));
      sandbox.estate.billing.add(...lines);
    },
    pass: async (seconds) => sandbox.clock.advance({ seconds }),
    close: async () => {
      shop.destroy();
      await sandbox.close();
    },
  };
}

contract(CHAPTERS, openSandbox, SANDBOX);
