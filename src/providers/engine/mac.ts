import type { KeyObject } from 'node:crypto'
import {
  createHash,
  createHmac,
  createSecretKey,
  sign as signBytes,
  verify as verifyBytes,
} from 'node:crypto'
import type { Algorithm, Scheme } from '../types.ts'
import type { Content } from './content-input.ts'
import { sameBytes } from './encoding.ts'
import { sharedKey, signingKey, verifyingKey } from './keys.ts'

/** Judges one signature over one text. */
export type Check = (signature: Buffer, content: Content) => boolean

const HMAC_DIGEST: Readonly<Partial<Record<Algorithm, string>>> = {
  'hmac-sha256': 'sha256',
  'hmac-sha1': 'sha1',
  'hmac-sha512': 'sha512',
}

// null: the algorithm brings its own digest.
const ASYMMETRIC_DIGEST: Readonly<Partial<Record<Algorithm, string | null>>> = {
  ed25519: null,
  'ecdsa-p256-sha256': 'sha256',
  'rsa-sha1': 'sha1',
  'rsa-sha256': 'sha256',
}

/** How this secret checks signatures of the scheme, or undefined where it is none of the scheme's. */
export function checkWith(secret: string, scheme: Scheme): Check | undefined {
  const digest = ASYMMETRIC_DIGEST[scheme.algorithm]
  if (digest === undefined) {
    const key = sharedKey(secret, scheme)
    return key === undefined ? undefined : sharedCheck(scheme.algorithm, key)
  }
  const key = verifyingKey(secret, scheme)
  return key === undefined ? undefined : asymmetricCheck(digest, key)
}

/** The signature bytes of a text, or undefined where the secret cannot sign in this scheme. */
export function macWith(secret: string, scheme: Scheme, content: Content): Buffer | undefined {
  const digest = ASYMMETRIC_DIGEST[scheme.algorithm]
  if (digest === undefined) {
    const key = sharedKey(secret, scheme)
    return key === undefined ? undefined : sharedMac(scheme.algorithm, key, content)
  }
  const key = signingKey(secret, scheme)
  return key === undefined ? undefined : signBytes(digest, joined(content), key)
}

function sharedCheck(algorithm: Algorithm, key: Buffer): Check {
  // One text is compared with every signature of the request: hash a 25 MiB body once, not twenty times.
  let lastContent: Content | undefined
  let lastMac: Buffer = Buffer.alloc(0)
  return (signature, content) => {
    if (content !== lastContent) {
      lastMac = sharedMac(algorithm, key, content)
      lastContent = content
    }
    return sameBytes(signature, lastMac)
  }
}

function sharedMac(algorithm: Algorithm, key: Buffer, content: Content): Buffer {
  const digest = HMAC_DIGEST[algorithm]
  const hash = digest === undefined ? createHash('sha256') : createHmac(digest, objectOf(key))
  for (const piece of content) hash.update(piece ?? key)
  return hash.digest()
}

const keyObjects = new WeakMap<Buffer, KeyObject>()

/** Node 24 takes 20 µs to look into a key that is a Buffer, and 4 for one that is a KeyObject; making that takes 10. */
function objectOf(key: Buffer): KeyObject {
  const object = keyObjects.get(key) ?? createSecretKey(key)
  keyObjects.set(key, object)
  return object
}

function asymmetricCheck(digest: string | null, key: KeyObject): Check {
  return (signature, content) => {
    try {
      return verifyBytes(digest, joined(content), key, signature)
    } catch {
      // OpenSSL refuses some malformed signatures by exception.
      return false
    }
  }
}

function joined(content: Content): Buffer {
  return Buffer.concat(content.filter((piece) => piece !== null))
}
