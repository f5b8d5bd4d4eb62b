import { connect } from 'node:net'
import type { Clock } from '../core/ports.ts'

/**
 * Whether something takes connections where a URL points to: one connection, closed at once, nothing written.
 * Undefined where that is not known after `patienceMs`.
 */
export function isReachable(url: string, patienceMs: number, clock: Clock): Promise<boolean | undefined> {
  const { hostname, port, protocol } = new URL(url)
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
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
