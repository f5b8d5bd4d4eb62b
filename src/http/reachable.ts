import { connect } from 'node:net'
import type { Look } from '../core/events.ts'
import type { Clock } from '../core/ports.ts'
import { checkedLookup, literalRefusal } from './lookup.ts'

export interface LookOptions {
  readonly patienceMs: number
  /** A file named the target: other machines are not even knocked at. */
  readonly loopbackOnly: boolean
}

/**
 * Whether something takes connections where a URL points to: one connection, closed at once, nothing written; none
 * where nothing would be sent to. Undefined where that is not known in time.
 */
export function lookAt(
  url: string,
  { patienceMs, loopbackOnly }: LookOptions,
  clock: Clock,
): Promise<Look | undefined> {
  const { hostname, port, protocol } = new URL(url)
  const refusal = policyOf(literalRefusal(url, loopbackOnly))
  if (refusal !== undefined) return Promise.resolve(refusal)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      lookup: checkedLookup(loopbackOnly),
    })
    const end = (answer: Look | undefined): void => {
      cancel()
      socket.destroy()
      resolve(answer)
    }
    const cancel = clock.after(patienceMs, () => end(undefined))
    socket.once('connect', () => end('reachable'))
    socket.once('error', (error: NodeJS.ErrnoException) => end(policyOf(error.code) ?? 'unreachable'))
  })
}

function policyOf(code: string | undefined): Look | undefined {
  return code === 'METADATA_ADDRESS' || code === 'NOT_LOOPBACK' ? code : undefined
}
