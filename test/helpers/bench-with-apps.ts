import { afterEach, beforeEach } from 'vitest'
import type { AppServer } from './app-server.ts'
import { startApp } from './app-server.ts'
import type { Bench, BenchOptions } from './cli.ts'
import { createBench } from './cli.ts'
import type { ListeningSession } from './listening.ts'
import { startListening } from './listening.ts'

export interface BenchWithApps {
  /** Of the test that runs. */
  readonly bench: Omit<Bench, 'remove'>
  /** Starts an application, which ends with the test. */
  app(react?: Parameters<typeof startApp>[0], port?: number): Promise<AppServer>
  /** Starts `listen` in the home of the test. */
  listening(args: readonly string[], options?: BenchOptions): Promise<ListeningSession>
}

/** For each test of the file that calls this: a home of its own, and applications to pass requests on to. */
export function benchWithApps(): BenchWithApps {
  let current: Bench | undefined
  const apps: AppServer[] = []
  const bench = (): Bench => {
    if (current === undefined) throw new Error('no test runs')
    return current
  }
  beforeEach(() => {
    current = createBench()
  })
  afterEach(async () => {
    for (const app of apps.splice(0)) await app.close()
    current?.remove()
  })
  return {
    bench: {
      get home() {
        return bench().home
      },
      start: (...given) => bench().start(...given),
      run: (...given) => bench().run(...given),
    },
    async app(react = () => ({ status: 200 }), port) {
      const started = await startApp(react, port)
      apps.push(started)
      return started
    },
    listening: (args, options) => startListening(bench(), args, options),
  }
}
