import { randomBytes } from 'node:crypto'
import { isStandardSecret, makeStandardSecret, standardSigner } from '../../src/app/standard-webhook.ts'
import type { Clock } from '../../src/core/ports.ts'
import type { RunningService, ServiceActivity, ServiceRows, ServiceSettings } from '../../src/core/service.ts'
import { openForwarder } from '../../src/http/forwarder.ts'
import { startService } from '../../src/service/server.ts'
import { machineNanoseconds, systemClock } from '../../src/ui/io.ts'

export interface TestService {
  readonly url: string
  readonly port: number
  readonly running: RunningService
  readonly activities: readonly ServiceActivity[]
  /** Resolves once so many activities so far are of this form. */
  until(isMeant: (activity: ServiceActivity) => boolean, times?: number): Promise<void>
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  close(): Promise<void>
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // oxlint-disable-next-line typescript/no-explicit-any -- a test looks into what it expects
  readonly json: any
}

export interface TestServiceOptions extends Partial<ServiceSettings> {
  readonly clock?: Clock
  readonly rows?: ServiceRows
}

/** The sample service in this process, on a port the system chooses, with retries after milliseconds. */
export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const { clock = systemClock, rows, ...settings } = options
  const activities: ServiceActivity[] = []
  const watchers = new Set<() => void>()
  const forwarder = openForwarder({
    connections: 8,
    loopbackOnly: settings.allowRemote !== true,
    clock: systemClock,
  })
  const running = await startService(
    {
      host: '127.0.0.1',
      port: 0,
      allowRemote: false,
      retry: { attempts: 8, firstMs: 10, mostMs: 40, timeoutMs: 250 },
      ...settings,
    },
    {
      clock,
      random: (size) => randomBytes(size),
      nanoseconds: machineNanoseconds,
      forwarder,
      signer: standardSigner,
      makeSecret: () => makeStandardSecret((size) => randomBytes(size)),
      isSecret: isStandardSecret,
      ...(rows !== undefined && { rows }),
      report(activity) {
        activities.push(activity)
        for (const watch of watchers) watch()
      },
    },
  )
  const url = `http://127.0.0.1:${running.port}`
  const call = async (method: string, path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(url + path, { ...init, method })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson && text !== '' ? JSON.parse(text) : undefined,
    }
  }
  return {
    url,
    port: running.port,
    running,
    activities,
    until(isMeant, times = 1) {
      return new Promise((resolve) => {
        const watch = (): void => {
          if (activities.filter(isMeant).length < times) return
          watchers.delete(watch)
          resolve()
        }
        watchers.add(watch)
        watch()
      })
    },
    get: (path, headers = {}) => call('GET', path, { headers }),
    send: (method, path, body, headers = {}) =>
      call(method, path, {
        headers: { ...(body !== undefined && { 'Content-Type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    async close() {
      await running.close(1000)
      await forwarder.close()
    },
  }
}
