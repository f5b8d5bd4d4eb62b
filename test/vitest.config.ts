import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const shared = {
  root: fileURLToPath(new URL('..', import.meta.url)),
  testTimeout: 30_000,
  hookTimeout: 30_000,
}

export default defineConfig({
  test: {
    // Two cores: sockets, fsync and spawned processes share them with the tests themselves.
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'all',
          include: ['test/**/*.test.ts'],
          exclude: ['test/alone/**', 'test/long/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Medians of a few milliseconds: what else runs at the same time would be measured with them.
        test: {
          ...shared,
          name: 'alone',
          include: ['test/alone/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
