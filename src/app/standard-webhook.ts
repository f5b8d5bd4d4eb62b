import { AppError } from '../core/errors.ts'
import type { Random } from '../core/ports.ts'
import type { RawHeaders } from '../core/request.ts'
import type { WebhookMessage } from '../core/service.ts'
import { makeSecret } from '../providers/engine/secrets.ts'
import type { SignResult } from '../providers/engine/sign.ts'
import { sign } from '../providers/engine/sign.ts'
import { findProvider } from '../providers/table/index.ts'
import type { Provider } from '../providers/types.ts'

const PROVIDER = 'standard-webhooks'

/** The headers of a webhook signed by Standard Webhooks, with a shared secret. @throws AppError `cannot-sign` */
export function signStandardWebhook(message: WebhookMessage): RawHeaders {
  const result = signed(message)
  if ('failure' in result) throw new AppError('cannot-sign', { provider: PROVIDER, failure: result.failure })
  return result.signed.headers
}

/** True for `whsec_` and base64 of 24 to 64 bytes. */
export function isStandardSecret(text: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/.test(text)) return false
  const message = { id: 'msg_1', url: 'http://localhost/', secret: text, body: new Uint8Array(), now: 0 }
  return !('failure' in signed(message))
}

export function makeStandardSecret(random: Random): string {
  return makeSecret({ kind: 'base64', bytes: 32, prefix: 'whsec_' }, random).secret
}

function signed({ id, url, secret, body, now }: WebhookMessage): SignResult {
  const headers: RawHeaders = [
    ['Content-Type', 'application/json'],
    ['User-Agent', 'webhook-cli-serve'],
    ['webhook-id', id],
  ]
  return sign({ method: 'POST', url, headers, body }, provider(), secret, { now, scheme: 'v1' })
}

function provider(): Provider {
  const found = findProvider(PROVIDER)
  if (found === undefined) throw new TypeError(`no ${PROVIDER} in the table`)
  return found
}
