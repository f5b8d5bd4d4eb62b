import { destinationUrl } from '../destination.ts'
import { headerValue } from '../headers.ts'
import type { NewRequest } from '../request.ts'

/** Where a copied request goes. */
export interface CopyTarget {
  /** Without a path: `http://localhost:3000`. */
  readonly origin: string
  /** The request-target to ask for there. */
  readonly target: string
}

/**
 * Where a command that was copied from a request sends to: what the user named, or the host that the request named
 * if that is this machine, else where `listen` is by default. A stranger's Host header must not decide where a
 * pasted command goes.
 *
 * @param to URL of the user's choice; its path, if any, counts as it does when forwarding
 */
export function copyTarget(
  { headers, target }: Pick<NewRequest, 'headers' | 'target'>,
  to?: string,
): CopyTarget {
  if (to === undefined) {
    const host = headerValue(headers, 'host') ?? ''
    const isLocal = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i.test(host)
    return { origin: isLocal ? `http://${host}` : 'http://localhost:8484', target }
  }
  const origin = originOf(to)
  if (/^\/?$/.test(to.slice(origin.length))) return { origin, target }
  return { origin, target: destinationUrl(to, target).slice(origin.length) }
}

function originOf(url: string): string {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(url)?.[0] ?? ''
}
