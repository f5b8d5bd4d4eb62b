import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'
import { Problem } from './problem.ts'

/**
 * Who may talk to the service: clients that address it as what it is, pages of its own origin, holders of the token.
 */
export class Guard {
  readonly #host: string
  readonly #token: Buffer | undefined

  /** @param host the address bound, also taken as a name for it */
  constructor(host: string, token: string | undefined) {
    this.#host = host.toLowerCase()
    this.#token = token === undefined ? undefined : digest(token)
  }

  /** @throws Problem 403 or 421 */
  refuseForeign(headers: IncomingHttpHeaders): void {
    const { host = '', origin } = headers
    // A page whose own name was made to resolve to this machine (DNS rebinding) still sends that name.
    if (!this.#isOurs(host))
      throw new Problem(421, 'address this service as localhost or by its IP address, in the Host header too')
    // Browsers send an origin with whatever another site's page asks of us.
    if (origin !== undefined && originHost(origin) !== host.toLowerCase())
      throw new Problem(403, 'pages of other origins are not served')
  }

  /** @throws Problem 401 */
  refuseUnknown(headers: IncomingHttpHeaders): void {
    if (this.#token === undefined) return
    const { authorization = '' } = headers
    const [, bearer] = /^bearer +(.+)$/i.exec(authorization) ?? []
    const key = headers['x-api-key']
    const shown = bearer ?? (typeof key === 'string' ? key : undefined)
    // Digests have one length, so that the comparison takes one time.
    if (shown !== undefined && timingSafeEqual(digest(shown), this.#token)) return
    const challenge = `Bearer realm="webhook-cli serve"${shown === undefined ? '' : ', error="invalid_token"'}`
    throw new Problem(401, 'needs the token: Authorization: Bearer …, or X-API-Key', {
      headers: { 'WWW-Authenticate': challenge },
    })
  }

  #isOurs(host: string): boolean {
    const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]]+))(?::\d{1,5})?$/i.exec(host) ?? []
    const name = (bracketed ?? plain ?? '').toLowerCase()
    return isIP(name) !== 0 || name === 'localhost' || name.endsWith('.localhost') || name === this.#host
  }
}

function originHost(origin: string): string | undefined {
  const [, host] = /^https?:\/\/([^/]+)$/i.exec(origin) ?? []
  return host?.toLowerCase()
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
