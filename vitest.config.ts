import { defineConfig } from 'vitest/config'

// unit: pure code and node-only code. sim: the maker in seeded storms, under virtual time.
// exchange: the mock exchange by itself. mock: the built worker inside workerd against the mock
// exchange over real loopback sockets. One group after another (groupOrder), because the storm
// takes every core and the last group keeps real time. A limit is there to end a test that hangs,
// never to judge how fast the machine is.
const HANGS_MS = 900_000
const limits = { testTimeout: HANGS_MS, hookTimeout: HANGS_MS }

export default defineConfig({
  test: {
    // `npm run coverage`: branches of the core that the unit tests take.
    coverage: { provider: 'v8', include: ['src/core/**'], reporter: ['text-summary', 'text'] },
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          ...limits,
          include: ['test/*.test.ts', 'test/unit/**/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'sim',
          environment: 'node',
          ...limits,
          include: ['test/sim/**/*.test.ts'],
          sequence: { groupOrder: 2 },
          // The storm keeps all cores busy by itself.
          // They mostly wait for real time to pass: three at once leave a core free.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'exchange',
          environment: 'node',
          ...limits,
          include: ['test/mocks/**/*.test.ts'],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'mock',
          environment: 'node',
          ...limits,
          include: ['test/worker/**/*.test.ts'],
          sequence: { groupOrder: 3 },
          // They mostly wait for real time to pass: three at once leave a core free.
          maxWorkers: 3,
          // One import of wrangler for all files: the worlds themselves are separate processes.
          isolate: false,
        },
      },
    ],
  },
})
