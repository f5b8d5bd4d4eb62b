import type { BenchNet } from '../../core/bench/ports.ts'
import type { Clock } from '../../core/ports.ts'
import { openCaller } from './caller.ts'
import { openInbox } from './inbox.ts'
import { openSse } from './sse.ts'
import { openWebSocket } from './websocket.ts'

/** Real sockets. @param loopbackOnly addresses of other machines are refused, whatever name leads to them */
export function benchNet({ clock, loopbackOnly }: { clock: Clock; loopbackOnly: boolean }): BenchNet {
  return {
    openCaller: (connections) => openCaller({ connections, clock, loopbackOnly }),
    openSse: (target, hooks) => openSse(target, hooks, { clock, loopbackOnly }),
    openWebSocket: (target, hooks) => openWebSocket(target, hooks, { clock, loopbackOnly }),
    openInbox,
  }
}
