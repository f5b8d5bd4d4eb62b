import { deliveryToJson, handshakeToJson, requestToJson } from '../../core/content/jsonv1.ts'
import type { AppEvent } from '../../core/events.ts'
import type { Clock, Reporter } from '../../core/ports.ts'
import type { StoredRequest } from '../../core/query.ts'
import { hasFailed, summaryOf } from '../../core/query.ts'
import type { RequestId } from '../../core/request.ts'
import { isTold } from '../delivered.ts'
import type { Output } from '../io.ts'
import { createPrintQueue } from '../print-queue.ts'
import { toJsonLine } from '../sanitize.ts'

export interface NdjsonOptions {
  readonly stdout: Output
  readonly stderr: Output
  readonly clock: Clock
  /** Reads a request again that was too large to be held until its turn. */
  load(id: RequestId): Promise<StoredRequest>
  readonly quiet: boolean
}

/** For programs: one JSON object per line on stdout, version 1. `ready` comes first, `stopped` last. */
export function createNdjsonReporter(options: NdjsonOptions): Reporter {
  const { stdout, stderr, clock, quiet } = options
  const queue = createPrintQueue(stdout, clock)
  const print = (value: object): void => {
    const text = toJsonLine(value)
    queue.add({ bytes: text.length, render: () => text })
  }
  return {
    report(event: AppEvent) {
      switch (event.type) {
        case 'ready': {
          const { ready } = event
          print({
            v: 1,
            type: 'ready',
            endpoint: ready.endpoint,
            ...(ready.store && { store: ready.store.location }),
            ...(ready.targets && { targets: ready.targets.map(({ name }) => name) }),
          })
          break
        }
        case 'request': {
          const { request, assessment } = event
          const stored = { request, ...assessment, deliveries: [] }
          if (quiet && !hasFailed(summaryOf(stored))) return
          const render = (from: StoredRequest): string => toJsonLine(requestToJson(from, { bodies: true }))
          queue.add({
            bytes: request.body.byteLength + 1024,
            render: () => render(stored),
            renderLater: async () => render(await options.load(request.id)),
          })
          break
        }
        case 'delivery': {
          if (isTold(event.attempt, quiet)) print(deliveryToJson(event.attempt.delivery))
          break
        }
        case 'trouble':
          stderr.write(toJsonLine({ v: 1, type: 'trouble', detail: event.detail }))
          break
        case 'handshake':
          stderr.write(toJsonLine({ v: 1, type: 'handshake', ...handshakeToJson(event.handshake) }))
          break
        case 'refused':
          stderr.write(toJsonLine({ v: 1, type: 'refused', ...event.refusal }))
          break
        case 'stopped': {
          const { durationMs, ...counts } = event.summary
          print({ v: 1, type: 'stopped', ...counts, durationMs: Math.round(durationMs) })
          break
        }
        case 'running':
        case 'recovered':
        case 'draining':
          break
      }
    },
    close: (patienceMs) => queue.close(patienceMs),
  }
}
