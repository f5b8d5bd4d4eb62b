import { connect } from 'node:net'
import type { Clock } from '../core/ports.ts'
import { checkedLookup, literalRefusal } from './lookup.ts'

export interface LookOptions {
  readonly patienceMs: number
  /** A file named the target: other machines are not even knocked at. */
  readonly loopbackOnly: boolean
}

/**
 * Whether something takes connections where a URL points to: one connection, closed at once, nothing written.
 * Undefined where that is not known in time, and where nothing would ever be sent to.
 */
export function isReachable(
  url: string,
  { patienceMs, loopbackOnly }: LookOptions,
  clock: Clock,
): Promise<boolean | undefined> {
  const { hostname, port, protocol } = new URL(url)
  if (literalRefusal(url, loopbackOnly) !== undefined) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      lookup: checkedLookup(loopbackOnly),
    })
    const end = (answer: boolean | undefined): void => {
      cancel()
      socket.destroy()
      resolve(answer)
    }
    const cancel = clock.after(patienceMs, () => end(undefined))
    socket.once('connect', () => end(true))
    socket.once('error', () => end(false))
  })
}
