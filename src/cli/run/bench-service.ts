import type { OwnProcess } from '../../core/bench/ports.ts'
import { AppError } from '../../core/errors.ts'
import type { BenchFlags } from '../commands/bench.ts'
import type { CliDeps } from '../deps.ts'
import type { Target } from './bench-target.ts'

export interface OwnService {
  readonly process: OwnProcess
  readonly target: Target
}

/**
 * Starts the sample service in a process of its own and says how it is polled and subscribed to.
 * @throws AppError `bench-refused`
 */
export async function startOwnService(
  flags: BenchFlags,
  payloadBytes: number,
  deps: CliDeps,
): Promise<OwnService> {
  const child = await deps.startSelf(['serve', '--port', '0', '--json', '--quiet', '--until-stdin-ends'])
  try {
    const port = portOf(await child.firstLine)
    if (port === undefined)
      throw new AppError('bench-refused', {
        step: 'serve',
        url: 'webhook-cli serve',
        outcome: child.lastWords().trim().split('\n')[0] ?? 'it ended',
      })
    return { process: child, target: serviceAt(`http://127.0.0.1:${port}`, flags, payloadBytes) }
  } catch (error) {
    await child.end()
    throw error
  }
}

function portOf(line: string | undefined): number | undefined {
  const [, port] = /"port":(\d{1,5})\b/.exec(line ?? '') ?? []
  return port === undefined ? undefined : Number(port)
}

/** The sample service at an address: how it is triggered, polled and subscribed to. */
export function serviceAt(base: string, { latest }: BenchFlags, payloadBytes: number): Target {
  const json = [['Content-Type', 'application/json']] as const
  const isLatest = latest === true
  return {
    places: {
      headers: [],
      webhook: true,
      poll: isLatest ? `${base}/events/latest` : `${base}/events?limit=1000`,
      longPoll: `${base}/events?wait=30s`,
      sse: `${base}/events/stream`,
      ws: `${base.replace('http', 'ws')}/events/ws`,
      wsHello: '{"type":"subscribe"}',
      ...(!isLatest && { since: { param: 'since', from: { kind: 'header', name: 'X-Cursor' } } }),
    },
    trigger: {
      kind: 'request',
      template: {
        method: 'POST',
        url: `${base}/events`,
        headers: json,
        body: `{"event":"bench.event","data":{"id":"{id}"},"channels":{channels},"size":${payloadBytes}}`,
      },
    },
    webhook: {
      host: '127.0.0.1',
      port: 0,
      status: 200,
      subscribe: { method: 'POST', url: `${base}/webhooks`, headers: json, body: '{"url":"{webhookUrl}"}' },
      unsubscribe: { method: 'DELETE', url: '{location}', headers: [], body: '' },
    },
    selectors: [],
    semantics: isLatest ? 'latest' : 'history',
  }
}
