import { createECDH, createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import type { Random } from '../../core/ports.ts'
import { placeholderFiller } from '../samples/placeholders.ts'
import type { SecretRecipe } from '../types.ts'

/** A fresh secret: what the application is configured with, and what `sign` needs. The same, unless it is a key pair. */
export interface FreshSecret {
  readonly secret: string
  readonly signingKey: string
}

/** Makes a secret in the form that the provider hands out. Only RSA keys do not follow from `random`. */
export function makeSecret(recipe: SecretRecipe, random: Random): FreshSecret {
  switch (recipe.kind) {
    case 'base64':
      return shared(recipe.prefix, Buffer.from(random(recipe.bytes)).toString('base64'))
    case 'hex':
      return shared(recipe.prefix, Buffer.from(random(recipe.bytes)).toString('hex'))
    case 'alphanumeric':
      return shared(recipe.prefix, placeholderFiller({ random, now: 0 })(`{id:${recipe.length}}`))
    case 'uuid':
      return shared('', placeholderFiller({ random, now: 0 })('{uuid}'))
    case 'ed25519-hex':
      return ed25519(random, 'hex')
    case 'ed25519-base64':
      return ed25519(random, 'base64')
    case 'p256-spki':
      return p256(random)
    default:
      return rsa()
  }
}

function shared(prefix: string | undefined, text: string): FreshSecret {
  const secret = `${prefix ?? ''}${text}`
  return { secret, signingKey: secret }
}

function ed25519(random: Random, encoding: 'hex' | 'base64'): FreshSecret {
  const seed = Buffer.from(random(32))
  // RFC 8410: the fixed beginning of a PKCS#8 Ed25519 key, and the seed.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' })
  return { secret: spki.subarray(-32).toString(encoding), signingKey: seed.toString(encoding) }
}

function p256(random: Random): FreshSecret {
  const ecdh = createECDH('prime256v1')
  const scalar = Buffer.from(random(32))
  // Below the order of the curve, which begins with 32 bits of ones; and never zero.
  scalar[0] = (scalar[0] ?? 0) & 0x7f
  scalar[31] = (scalar[31] ?? 0) | 1
  ecdh.setPrivateKey(scalar)
  const point = ecdh.getPublicKey()
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: scalar.toString('base64url'),
      x: point.subarray(1, 33).toString('base64url'),
      y: point.subarray(33).toString('base64url'),
    },
  })
  return {
    secret: createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).toString('base64'),
    signingKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
  }
}

function rsa(): FreshSecret {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { secret: publicKey, signingKey: privateKey }
}
