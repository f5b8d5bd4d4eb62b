import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

/** What takes a night: 200 kills and 300 stops instead of 20 and 100, and two hours of requests (`MINUTES`). */
export default defineConfig({
  test: {
    include: ['test/faults/crash.test.ts', 'test/long/**/*.test.ts'],
    root: fileURLToPath(new URL('..', import.meta.url)),
    fileParallelism: false,
    env: { KILLS: '200', STOPS: '300' },
  },
})
