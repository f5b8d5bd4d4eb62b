import { defineConfig } from 'vitest/config'

/** The fault tests with the counts of a night's run: 200 kills and 300 stops instead of 20 and 100. */
export default defineConfig({
  test: {
    include: ['test/faults/crash.test.ts'],
    root: new URL('..', import.meta.url).pathname,
    fileParallelism: false,
    env: { KILLS: '200', STOPS: '300' },
  },
})
