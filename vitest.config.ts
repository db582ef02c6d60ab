import { defineConfig } from 'vitest/config'

// unit: pure code and node-only code. sim: the maker in seeded storms, under virtual time. exchange: the
// mock exchange by itself. mock: the built worker inside workerd against the mock exchange over real
// loopback sockets. One group after another (groupOrder), because the storm takes every core and the
// last group keeps real time.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['test/*.test.ts', 'test/unit/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'sim',
          environment: 'node',
          include: ['test/sim/**/*.test.ts'],
          sequence: { groupOrder: 2 },
          // The storm keeps all cores busy by itself.
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'exchange',
          environment: 'node',
          include: ['test/mocks/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'mock',
          environment: 'node',
          include: ['test/worker/**/*.test.ts'],
          sequence: { groupOrder: 3 },
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
