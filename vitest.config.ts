import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Generous: on a busy machine a test that talks HTTP and packages may take its time. No test measures any.
  // All cores: vitest would leave one idle, which on two is half of them.
  test: { include: ['test/**/*.test.ts'], testTimeout: 240_000, hookTimeout: 240_000, maxWorkers: '100%' },
});
