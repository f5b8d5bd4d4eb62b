import type { KeyObject } from 'node:crypto'
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import type { KeyForm, KeyRule, Scheme } from '../types.ts'

// DER wrapped around a raw Ed25519 key (RFC 8410): PKCS#8 for the 32-byte seed, SPKI for the public point.
const ED25519_PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex')
const ED25519_SPKI = Buffer.from('302a300506032b6570032100', 'hex')

const DEFAULT_RULE: KeyRule = { form: 'utf8' }

/**
 * How to read this secret in this scheme: its text without the prefix, and the form of it.
 * Undefined where the secret belongs to another scheme.
 */
function applyRule(
  secret: string,
  rule: KeyRule,
): { readonly text: string; readonly form: KeyForm } | undefined {
  for (const prefix of [rule.prefix, rule.signingPrefix]) {
    if (prefix !== undefined && secret.startsWith(prefix)) {
      return { text: secret.slice(prefix.length), form: rule.form }
    }
  }
  if (rule.notPrefixes?.some((prefix) => secret.startsWith(prefix)) === true) return undefined
  const bare = rule.bare ?? rule.form
  return bare === 'refuse' ? undefined : { text: secret, form: bare }
}

/** How many keys of a scheme are remembered: whoever looks for the right one tries many. */
const MOST_REMEMBERED = 16

/** Thousands of requests are signed or checked with one key; reading it can cost more than using it. */
function remembered<Key>(
  read: (secret: string, scheme: Scheme) => Key,
): (secret: string, scheme: Scheme) => Key {
  const known = new WeakMap<Scheme, Map<string, Key>>()
  return (secret, scheme) => {
    const keys = known.get(scheme) ?? new Map<string, Key>()
    known.set(scheme, keys)
    const found = keys.get(secret)
    if (found !== undefined) return found
    if (keys.size >= MOST_REMEMBERED) keys.clear()
    const key = read(secret, scheme)
    keys.set(secret, key)
    return key
  }
}

/** Key bytes of a shared secret, or undefined where the secret cannot be one of this scheme. */
export const sharedKey: (secret: string, scheme: Scheme) => Buffer | undefined = remembered(readSharedKey)

function readSharedKey(secret: string, scheme: Scheme): Buffer | undefined {
  const applied = applyRule(secret, scheme.key ?? DEFAULT_RULE)
  if (applied === undefined) return undefined
  const key = decodeKey(applied.text, applied.form)
  return key === undefined || key.byteLength === 0 ? undefined : key
}

/** The key that checks an asymmetric signature; of a private key, its public half. */
export const verifyingKey: (secret: string, scheme: Scheme) => KeyObject | undefined =
  remembered(readVerifyingKey)

function readVerifyingKey(secret: string, scheme: Scheme): KeyObject | undefined {
  const rule = scheme.key ?? DEFAULT_RULE
  const applied = applyRule(secret, rule)
  if (applied === undefined) return undefined
  const isPrivate = rule.signingPrefix !== undefined && secret.startsWith(rule.signingPrefix)
  if (isPrivate) {
    const signing = signingKey(secret, scheme)
    return signing === undefined ? undefined : ofScheme(createPublicKey(signing), scheme)
  }
  return ofScheme(
    attempt(() => importPublic(applied.text, applied.form)),
    scheme,
  )
}

/** The key that makes an asymmetric signature: PEM, base64 PKCS#8, or the raw seed of Ed25519 (32 or 64 bytes). */
export const signingKey: (secret: string, scheme: Scheme) => KeyObject | undefined =
  remembered(readSigningKey)

function readSigningKey(secret: string, scheme: Scheme): KeyObject | undefined {
  const applied = applyRule(secret, scheme.key ?? DEFAULT_RULE)
  if (applied === undefined) return undefined
  return ofScheme(
    attempt(() => importPrivate(applied.text, applied.form)),
    scheme,
  )
}

function importPublic(text: string, form: KeyForm): KeyObject | undefined {
  if (text.includes('-----BEGIN CERTIFICATE-----')) return new X509Certificate(text).publicKey
  if (text.includes('-----BEGIN')) return createPublicKey(text)
  const bytes = decodeKey(text, form)
  if (bytes === undefined) return undefined
  const der = bytes.byteLength === 32 ? Buffer.concat([ED25519_SPKI, bytes]) : bytes
  return createPublicKey({ key: der, format: 'der', type: 'spki' })
}

function importPrivate(text: string, form: KeyForm): KeyObject | undefined {
  if (text.includes('-----BEGIN')) return createPrivateKey(text)
  const bytes = decodeKey(text, form)
  if (bytes === undefined) return undefined
  // Standard Webhooks: libraries write the seed alone, or with the public key behind it as libsodium does.
  const isSeed = bytes.byteLength === 32 || bytes.byteLength === 64
  const der = isSeed ? Buffer.concat([ED25519_PKCS8, bytes.subarray(0, 32)]) : bytes
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

/** A key of another kind would verify another algorithm's signatures. */
function ofScheme(key: KeyObject | undefined, scheme: Scheme): KeyObject | undefined {
  const wanted =
    scheme.algorithm === 'ed25519' ? 'ed25519' : scheme.algorithm === 'ecdsa-p256-sha256' ? 'ec' : 'rsa'
  return key?.asymmetricKeyType === wanted ? key : undefined
}

function decodeKey(text: string, form: KeyForm): Buffer | undefined {
  switch (form) {
    case 'utf8':
      return Buffer.from(text, 'utf8')
    case 'sha1':
      return createHash('sha1').update(text, 'utf8').digest()
    case 'hex':
      return text.length % 2 === 0 && /^[0-9a-f]+$/i.test(text) ? Buffer.from(text, 'hex') : undefined
    case 'base64':
    case 'spki':
      // Both alphabets: people paste what their dashboard shows.
      return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
    default:
      // A certificate is PEM, and was read as such.
      return undefined
  }
}

/** OpenSSL says by exception that bytes are no key. */
function attempt(make: () => KeyObject | undefined): KeyObject | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
