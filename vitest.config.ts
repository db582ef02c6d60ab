import { defineConfig } from 'vitest/config'

// unit: pure code and node-only code. exchange: the mock exchange by itself. mock: the built worker
// inside workerd against the mock exchange over real loopback sockets.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/*.test.ts', 'test/unit/**/*.test.ts'],
        },
      },
      { test: { name: 'exchange', environment: 'node', include: ['test/exchange/**/*.test.ts'] } },
      {
        test: {
          name: 'mock',
          environment: 'node',
          include: ['test/mock/**/*.test.ts'],
          testTimeout: 90_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          // One import of wrangler for all files: the worlds themselves are separate processes.
          isolate: false,
        },
      },
    ],
  },
})
