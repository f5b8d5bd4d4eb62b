import { checkWith } from '../engine/mac.ts'
import { sharedKey } from '../engine/keys.ts'
import type { KeyRule, Scheme } from '../types.ts'
import type { Attempt, Subject } from './subject.ts'
import { isShared, labelOf, withScheme } from './subject.ts'
import type { Cause, KnownSecret, SecretBlemish } from './types.ts'

/** Another secret the user has, for this provider or for any. */
export function* otherSecret({ others }: Subject): Generator<Attempt> {
  for (const secret of others) {
    const { provider } = secret
    yield {
      cause: {
        code: 'other-secret',
        data: { label: labelOf(secret), ...(provider === undefined ? {} : { for: provider }) },
      },
      secrets: [secret.value],
    }
  }
}

/** What comes along when a secret is copied out of a file, a shell or a dashboard. */
const BLEMISHES: readonly (readonly [SecretBlemish, (text: string) => string])[] = [
  ['newline', (text) => text.replace(/(?:\r?\n)+$|(?:\\r)?\\n$/, '')],
  ['escaped-newlines', (text) => text.replaceAll(String.raw`\n`, '\n')],
  // `trim` takes this one for a space.
  ['byte-order-mark', (text) => text.replace(/^(?:\uFEFF|\u00EF\u00BB\u00BF)/, '')],
  ['whitespace', (text) => text.trim()],
  ['quotes', (text) => text.trim().replace(/^["'`\u2018\u201c](.*)["'`\u2019\u201d]$/s, '$1')],
  ['assignment', (text) => text.trim().replace(/^(?:export\s+)?[A-Z][A-Z0-9_]*=(["']?)(.+)\1$/s, '$2')],
]

export function* trimmedSecret({ secrets }: Subject): Generator<Attempt> {
  for (const secret of secrets) {
    const seen = new Set([secret.value, ''])
    for (const [blemish, remove] of BLEMISHES) {
      const value = remove(secret.value)
      if (seen.has(value)) continue
      seen.add(value)
      yield { cause: { code: 'secret-trimmed', data: { label: labelOf(secret), blemish } }, secrets: [value] }
    }
    if (secret.value.endsWith('\n')) continue
    yield {
      cause: { code: 'secret-newline', data: { label: labelOf(secret) } },
      secrets: [`${secret.value}\n`],
    }
  }
}

/** The same text, read as another key: as it stands, behind its prefix, or decoded. */
export function* secretForm(subject: Subject): Generator<Attempt> {
  for (const scheme of subject.schemes) {
    for (const secret of subject.secrets) {
      for (const [rule, cause] of readings(secret)) {
        const reread: Scheme = { ...scheme, key: rule }
        if (!isAnotherKey(secret.value, scheme, reread)) continue
        yield { cause, provider: withScheme(subject.provider, reread), secrets: [secret.value] }
      }
    }
  }
}

// `whsec_`, `sk_live_`, `shpss_`: only what cannot be part of the secret itself, since it is shown.
const PREFIX = /^[a-z]{2,6}_(?:(?:live|test)_)?(?=.{12})/

function* readings(secret: KnownSecret): Generator<readonly [KeyRule, Cause]> {
  const label = labelOf(secret)
  const prefix = PREFIX.exec(secret.value)?.[0]
  yield [{ form: 'utf8' }, { code: 'secret-verbatim', data: { label } }]
  if (prefix !== undefined) {
    for (const form of ['base64', 'hex'] as const) {
      yield [
        { form, prefix },
        { code: 'secret-decoded', data: { label, form, prefix } },
      ]
    }
    yield [
      { form: 'utf8', prefix },
      { code: 'secret-unprefixed', data: { label, prefix } },
    ]
  }
  for (const form of ['hex', 'base64'] as const) {
    yield [{ form }, { code: 'secret-decoded', data: { label, form } }]
  }
}

function isAnotherKey(secret: string, own: Scheme, other: Scheme): boolean {
  if (!isShared(own)) return checkWith(secret, other) !== undefined
  const key = sharedKey(secret, other)
  return key !== undefined && sharedKey(secret, own)?.equals(key) !== true
}
