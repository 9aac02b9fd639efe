import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/contract/moto.contract.ts'],
    globalSetup: ['test/contract/moto-server.ts'],
    hookTimeout: 120_000,
    testTimeout: 60_000,
  },
});
