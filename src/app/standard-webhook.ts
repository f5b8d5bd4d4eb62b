import type { Hmac } from 'node:crypto'
import { createHmac, createSecretKey } from 'node:crypto'
import type { Random } from '../core/ports.ts'
import type { WebhookSigner } from '../core/service.ts'
import { makeSecret } from '../providers/engine/secrets.ts'

const PREFIX = 'whsec_'

/**
 * Signs by Standard Webhooks: HMAC-SHA256 over id, timestamp and body with dots between them, and the key is what the
 * secret says in base64 (standard-webhooks.md, "Signature scheme").
 *
 * Written out, although the engine signs in this way too: among a hundred others, and for a delivery now and then
 * that is 0.3 ms, a fifth of all that the delivery takes. Of the 0.1 ms that are left three quarters go into setting
 * up the MAC, which needs no message. Tests hold the two against each other.
 *
 * @param secret one that `isStandardSecret` takes
 */
export function standardSigner(secret: string): WebhookSigner {
  const key = createSecretKey(Buffer.from(secret.slice(PREFIX.length), 'base64'))
  const start = (): Hmac => createHmac('sha256', key)
  let spare: Hmac | undefined
  return {
    sign({ id, body, now }) {
      const timestamp = String(Math.floor(now / 1000))
      const mac = spare ?? start()
      spare = undefined
      mac.update(`${id}.${timestamp}.`).update(body)
      return [
        ['Content-Type', 'application/json'],
        ['User-Agent', 'webhook-cli-serve'],
        ['webhook-id', id],
        ['webhook-timestamp', timestamp],
        ['webhook-signature', `v1,${mac.digest('base64')}`],
      ]
    },
    prepare() {
      spare ??= start()
    },
  }
}

/** True for `whsec_` and base64 of 24 to 64 bytes. */
export function isStandardSecret(text: string): boolean {
  const [, base64 = ''] = /^whsec_([A-Za-z0-9+/]{32,86}={0,2})$/.exec(text) ?? []
  const { length } = Buffer.from(base64, 'base64')
  return length >= 24 && length <= 64
}

export function makeStandardSecret(random: Random): string {
  return makeSecret({ kind: 'base64', bytes: 32, prefix: PREFIX }, random).secret
}
