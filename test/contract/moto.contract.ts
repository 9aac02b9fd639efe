import { inject } from 'vitest';
import { contract } from './chapter.ts';
import { CHAPTERS } from './chapters.ts';
import { MOTO } from './deviations.ts';
import { clientShop, type Target } from './target.ts';

const HOME = {
  region: 'ap-northeast-2',
  credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'not-a-secret' },
};

/** An empty moto. It knows no time but the real one, and does everything at once. */
async function openMoto(): Promise<Target> {
  const url = inject('motoUrl');
  await fetch(`${url}/moto-api/reset`, { method: 'POST' });
  const shop = clientShop(url, HOME);
  return {
    account: '123456789012',
    region: HOME.region,
    now: () => new Date(),
    clients: shop.clients,
    // Moto lets anybody assume any role.
    addRole: () => {},
    // Moto bills nothing.
    addSpend: () => {},
    pass: async () => {},
    close: async () => shop.destroy(),
  };
}

contract(CHAPTERS, openMoto, MOTO);
