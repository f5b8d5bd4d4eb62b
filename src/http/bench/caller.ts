import type { Caller } from '../../core/bench/ports.ts'
import type { DeliveryOutcome } from '../../core/delivery.ts'
import type { Clock } from '../../core/ports.ts'
import { openForwarder } from '../forwarder.ts'
import { SocketMeter } from './meter.ts'

export interface CallerOptions {
  readonly connections: number
  readonly loopbackOnly: boolean
  readonly clock: Clock
}

/** undici's words for a keep-alive connection that the server had closed, or was closing. */
const STALE = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])

/** The forwarder, with its bytes counted and a question asked again where only its connection was at fault. */
export function openCaller({ connections, loopbackOnly, clock }: CallerOptions): Caller {
  const meter = new SocketMeter()
  const forwarder = openForwarder({
    connections,
    loopbackOnly,
    clock,
    onSocket: (socket) => meter.add(socket),
  })
  let staleSockets = 0
  return {
    async call(request, options) {
      const first = await forwarder.deliver(request, options)
      if (request.method !== 'GET' || !isStale(first.outcome)) return first.outcome
      staleSockets++
      return (await forwarder.deliver(request, options)).outcome
    },
    staleSockets: () => staleSockets,
    traffic: () => meter.traffic(),
    close: () => forwarder.close(),
  }
}

function isStale(outcome: DeliveryOutcome): boolean {
  return outcome.kind !== 'response' && STALE.has(outcome.code)
}
