import type { Scheme, SecretForm } from '../../types.ts'

/**
 * Standard Webhooks v1 (HMAC, `whsec_`) and v1a (Ed25519, `whpk_` public and `whsk_` private) with headers
 * `<family>-id`, `<family>-timestamp` and `<family>-signature`; one list may hold signatures of both.
 * github.com/standard-webhooks/standard-webhooks, `spec/standard-webhooks.md`.
 */
export function standardSchemes(family: 'webhook' | 'svix'): readonly Scheme[] {
  const common = {
    encoding: 'base64',
    signature: `header:${family}-signature`,
    separator: ' ',
    id: `header:${family}-id`,
    timestamp: { from: `header:${family}-timestamp`, unit: 's', toleranceS: 300 },
    content: '{id}.{t}.{body}',
  } as const
  const suffix = family === 'webhook' ? '' : `-${family}`
  return [
    {
      ...common,
      name: `v1${suffix}`,
      algorithm: 'hmac-sha256',
      format: 'v1,{sig}',
      key: { form: 'base64', prefix: 'whsec_', notPrefixes: ['whpk_', 'whsk_'] },
    },
    {
      ...common,
      name: `v1a${suffix}`,
      algorithm: 'ed25519',
      format: 'v1a,{sig}',
      key: { form: 'base64', prefix: 'whpk_', signingPrefix: 'whsk_', bare: 'refuse' },
    },
  ]
}

/** Those who send through Svix: their own headers first, the neutral ones where the sender is whitelabelled. */
export const SVIX_SCHEMES: readonly Scheme[] = [...standardSchemes('svix'), ...standardSchemes('webhook')]

export const SVIX_RETRY_DELAYS_S: readonly number[] = [5, 300, 1800, 7200, 18_000, 36_000, 36_000]

export function standardSecret(env: string, hint: string): SecretForm {
  return { env, make: { kind: 'base64', bytes: 32, prefix: 'whsec_' }, hint }
}
