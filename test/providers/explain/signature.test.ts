import { describe, expect, test } from 'vitest'
import { makeSecret } from '../../../src/providers/engine/secrets.ts'
import type { Cause, UrlChange } from '../../../src/providers/explain/types.ts'
import { explanationWords } from '../../../src/providers/explain/words.ts'
import type { Provider, Scheme } from '../../../src/providers/types.ts'
import { countingRandom } from '../random.ts'
import { providerNamed } from '../vectors.ts'
import type { Told } from './cases.ts'
import {
  good,
  header,
  JSON_BODY,
  known,
  NOW,
  SECRET,
  told,
  URL,
  WHSEC,
  without,
  withBody,
  withHeader,
} from './cases.ts'

const HEX = 'a1b2c3d4e5f60718293a4b5c6d7e8f90'
const LABEL = 'MY_SECRET'

interface Case {
  readonly told: Told
  readonly cause: Cause
}

/** The provider with its first scheme changed: what another sender would do. */
function changed(id: string, change: Partial<Scheme>): Provider {
  const provider = providerNamed(id)
  const [first, ...rest] = provider.schemes
  if (first === undefined) throw new Error(`${id} does not sign`)
  return { ...provider, schemes: [{ ...first, ...change }, ...rest] }
}

function names(cases: Readonly<Record<string, () => Case>>): readonly (readonly [string, () => Case])[] {
  return Object.entries(cases)
}

function expectTold(make: () => Case): void {
  const { told: asked, cause } = make()
  const explanation = told(asked)
  expect(explanation).toMatchObject(cause)
  const { text, fix } = explanationWords(explanation)
  expect(text).toMatch(/^\S.*\.$/)
  expect(fix).toMatch(/^\S.*\S$/)
  // What it says to do must help. A query is not repeated, so that only the user can put it in.
  const publicUrl = /--public-url '([^']+)'/.exec(fix)?.[1]
  if (publicUrl === undefined || publicUrl.includes('…')) return
  expect(told({ ...asked, context: { ...asked.context, publicUrl } }).code).toBe('valid')
}

/** A good request of the provider, verified with a secret as the user has it. */
function secretAs(provider: string, value: string, cause: Cause, secret = SECRET) {
  return (): Case => ({
    told: { request: good({ provider, secret }), provider, secrets: [known(value)] },
    cause,
  })
}

function trimmed(blemish: Extract<Cause, { code: 'secret-trimmed' }>['data']['blemish']): Cause {
  return { code: 'secret-trimmed', data: { label: LABEL, blemish } }
}

const PEM = makeSecret({ kind: 'rsa-pem' }, countingRandom())

describe('the secret', () => {
  test.for(
    names({
      'a newline at its end': secretAs('stripe', `${SECRET}\n`, trimmed('newline')),
      'CRLF at its end': secretAs('github', `${SECRET}\r\n`, trimmed('newline')),
      'a newline written as \\n': secretAs('github', `${SECRET}\\n`, trimmed('newline')),
      'spaces around it': secretAs('slack', ` ${SECRET}\t`, trimmed('whitespace')),
      'quotes around it': secretAs('shopify', `"${SECRET}"`, trimmed('quotes')),
      'single quotes and a newline': secretAs('shopify', `'${SECRET}'\n`, trimmed('quotes')),
      'curly quotes': secretAs('shopify', `\u201c${SECRET}\u201d`, trimmed('quotes')),
      'a whole line of .env': secretAs(
        'typeform',
        `export TYPEFORM_SECRET="${SECRET}"`,
        trimmed('assignment'),
      ),
      'a byte order mark before it': secretAs('github', `\uFEFF${SECRET}`, trimmed('byte-order-mark')),
      'a newline at the end of the sender’s': secretAs(
        'github',
        SECRET,
        { code: 'secret-newline', data: { label: LABEL } },
        `${SECRET}\n`,
      ),
      'a PEM key on one line': () => {
        const provider = 'adobe'
        const request = good({ provider, secret: PEM.signingKey })
        const secrets = [known(PEM.secret.replaceAll('\n', '\\n'))]
        return { told: { request, provider, secrets }, cause: trimmed('escaped-newlines') }
      },
      'whsec_ of Stripe decoded by the sender': () => ({
        told: {
          request: good({
            provider: changed('stripe', { key: { form: 'base64', prefix: 'whsec_' } }),
            secret: WHSEC,
          }),
          provider: 'stripe',
          secrets: [known(WHSEC)],
        },
        cause: { code: 'secret-decoded', data: { label: LABEL, form: 'base64', prefix: 'whsec_' } },
      }),
      'whsec_ of Standard Webhooks taken as it stands': () => ({
        told: {
          request: good({ provider: changed('standard-webhooks', { key: { form: 'utf8' } }), secret: WHSEC }),
          provider: 'standard-webhooks',
          secrets: [known(WHSEC)],
        },
        cause: { code: 'secret-verbatim', data: { label: LABEL } },
      }),
      'whsec_ cut off, the rest not decoded': () => ({
        told: {
          request: good({
            provider: changed('stripe', { key: { form: 'utf8', prefix: 'whsec_' } }),
            secret: WHSEC,
          }),
          provider: 'stripe',
          secrets: [known(WHSEC)],
        },
        cause: { code: 'secret-unprefixed', data: { label: LABEL, prefix: 'whsec_' } },
      }),
      'hex decoded by the sender': () => ({
        told: {
          request: good({ provider: changed('github', { key: { form: 'hex' } }), secret: HEX }),
          provider: 'github',
          secrets: [known(HEX)],
        },
        cause: { code: 'secret-decoded', data: { label: LABEL, form: 'hex' } },
      }),
      'base64 decoded by the sender': () => ({
        told: {
          request: good({
            provider: changed('shopify', { key: { form: 'base64' } }),
            secret: WHSEC.slice(6),
          }),
          provider: 'shopify',
          secrets: [known(WHSEC.slice(6))],
        },
        cause: { code: 'secret-decoded', data: { label: LABEL, form: 'base64' } },
      }),
      'hex not decoded by the sender, where it should be': () => ({
        told: {
          request: good({ provider: changed('airtable', { key: { form: 'utf8' } }), secret: HEX }),
          provider: 'airtable',
          secrets: [known(HEX)],
        },
        cause: { code: 'secret-verbatim', data: { label: LABEL } },
      }),
      'another secret of the same provider': () => ({
        told: {
          request: good({ provider: 'stripe' }),
          provider: 'stripe',
          secrets: [known('of-another-endpoint')],
          context: { others: [known('x', 'A'), known(SECRET, 'STRIPE_CLI_SECRET', 'stripe')] },
        },
        cause: { code: 'other-secret', data: { label: 'STRIPE_CLI_SECRET', for: 'stripe' } },
      }),
      'a secret configured for another provider': () => ({
        told: {
          request: good({ provider: 'stripe' }),
          provider: 'stripe',
          secrets: [known('wrong', 'STRIPE', 'stripe'), known(SECRET, 'GITHUB', 'github')],
        },
        cause: { code: 'other-secret', data: { label: 'GITHUB', for: 'github' } },
      }),
      'no secret for it, but one that fits': () => ({
        told: {
          request: good({ provider: 'slack' }),
          secrets: [],
          context: { others: [known(SECRET, 'S')] },
        },
        cause: { code: 'other-secret', data: { label: 'S' } },
      }),
      'a token with a newline': secretAs('telegram', `${SECRET}\n`, trimmed('newline')),
    }),
  )('%s', ([, make]) => expectTold(make))
})

function written(id: string, change: Partial<Scheme>, cause: Cause) {
  return (): Case => ({ told: { request: good({ provider: changed(id, change) }), provider: id }, cause })
}

function encodings(encoding: Scheme['encoding'], expected: Scheme['encoding']): Cause {
  return { code: 'signature-encoding', data: { encoding, expected } }
}

function algorithms(algorithm: Scheme['algorithm'], expected: Scheme['algorithm'] = 'hmac-sha256'): Cause {
  return { code: 'signature-algorithm', data: { algorithm, expected } }
}

describe('the signature', () => {
  test.for(
    names({
      'base64 instead of hex': written('stripe', { encoding: 'base64' }, encodings('base64', 'hex')),
      'hex instead of base64': written('shopify', { encoding: 'hex' }, encodings('hex', 'base64')),
      'base64url instead of base64': written(
        'typeform',
        { encoding: 'base64url' },
        encodings('base64url', 'base64'),
      ),
      'SHA-1 instead of SHA-256': written('slack', { algorithm: 'hmac-sha1' }, algorithms('hmac-sha1')),
      'SHA-512 instead of SHA-256': written(
        'stripe',
        { algorithm: 'hmac-sha512' },
        algorithms('hmac-sha512'),
      ),
      'SHA-256 instead of SHA-512': written(
        'paystack',
        { algorithm: 'hmac-sha256' },
        algorithms('hmac-sha256', 'hmac-sha512'),
      ),
      'SHA-512 and base64 at once': written(
        'razorpay',
        { algorithm: 'hmac-sha512', encoding: 'base64' },
        algorithms('hmac-sha512'),
      ),
      'a digest of secret and body': written(
        'razorpay',
        { algorithm: 'sha256', content: '{secret}{body}' },
        algorithms('sha256'),
      ),
      'sha1= in the header of sha256=': written(
        'notion',
        { algorithm: 'hmac-sha1', format: 'sha1={sig}' },
        algorithms('hmac-sha1'),
      ),
      'without its prefix': written(
        'typeform',
        { format: '{sig}' },
        {
          code: 'signature-format',
          data: { format: '{sig}', expected: 'sha256={sig}' },
        },
      ),
      'with a prefix that it should not have': written(
        'razorpay',
        { format: 'sha256={sig}' },
        {
          code: 'signature-format',
          data: { format: 'sha256={sig}', expected: '{sig}' },
        },
      ),
      'over the time and the body, where the body alone is meant': () => ({
        told: {
          request: good({
            provider: changed('razorpay', {
              content: '{t}.{body}',
              timestamp: { from: 'header:X-Time', unit: 's' },
            }),
          }),
          provider: 'razorpay',
        },
        cause: {
          code: 'signed-content',
          data: { content: '{t}.{body}', like: ['calendly', 'elevenlabs', 'knock', 'langfuse', 'mux'] },
        },
      }),
      "over the body alone, where Stripe's time is meant": () => ({
        told: { request: good({ provider: changed('stripe', { content: '{body}' }) }), provider: 'stripe' },
        cause: expect.objectContaining({
          code: 'signed-content',
          data: expect.objectContaining({ content: '{body}' }),
        }),
      }),
      "as Slack's content, under Customer.io's header": () => ({
        told: {
          request: good({ provider: changed('webflow', { content: 'v0:{t}:{body}' }) }),
          provider: 'webflow',
        },
        cause: {
          code: 'signed-content',
          data: { content: 'v0:{t}:{body}', like: ['customer-io', 'slack', 'zoom'] },
        },
      }),
      'under another header': () => {
        const request = good({ provider: 'shopify' })
        const value = header(request, 'X-Shopify-Hmac-Sha256')
        return {
          told: {
            request: withHeader(without(request, 'X-Shopify-Hmac-Sha256'), 'X-Hmac', value),
            provider: 'shopify',
          },
          cause: { code: 'other-header', data: { header: 'X-Hmac', expected: 'X-Shopify-Hmac-Sha256' } },
        }
      },
      'of an older scheme beside a wrong new one': () => ({
        told: {
          request: withHeader(
            good({ provider: 'github' }),
            'X-Hub-Signature-256',
            `sha256=${'0'.repeat(64)}`,
          ),
          provider: 'github',
        },
        cause: { code: 'other-scheme', data: { scheme: 'sha1' } },
      }),
      'of another version than its header says': () => {
        const v1 = good({
          provider: {
            ...providerNamed('hubspot'),
            schemes: providerNamed('hubspot').schemes.filter(({ name }) => name === 'v1'),
          },
        })
        return {
          told: { request: withHeader(v1, 'X-HubSpot-Signature-Version', 'v2'), provider: 'hubspot' },
          cause: { code: 'other-scheme', data: { scheme: 'v1' } },
        }
      },
      'of another provider with the same header': () => ({
        told: { request: good({ provider: 'bitbucket' }), provider: 'intercom' },
        cause: { code: 'other-provider', data: { providers: ['bitbucket', 'jira', 'websub'] } },
      }),
      'of another provider with another header': () => ({
        told: { request: good({ provider: 'shopify' }), provider: 'github' },
        cause: { code: 'other-provider', data: { providers: ['shopify'] } },
      }),
      'of Svix where Standard Webhooks is meant': () => ({
        told: {
          request: good({ provider: 'svix', secret: WHSEC }),
          provider: 'standard-webhooks',
          secrets: [known(WHSEC)],
        },
        cause: { code: 'other-provider', data: { providers: ['svix', 'clerk', 'resend'] } },
      }),
    }),
  )('%s', ([, make]) => expectTold(make))
})

function at(provider: string, change: Partial<Scheme>, secs: number, cause: Cause) {
  return (): Case => ({
    told: { request: good({ provider: changed(provider, change), now: NOW - secs * 1000 }), provider },
    cause,
  })
}

describe('the time', () => {
  const stripeMs = { from: 'signature', unit: 'ms', toleranceS: 300 } as const

  test.for(
    names({
      'milliseconds instead of seconds': at('stripe', { timestamp: stripeMs }, 2, {
        code: 'timestamp-unit',
        data: { unit: 'ms', expected: 's' },
      }),
      'seconds instead of milliseconds': at(
        'workos',
        { timestamp: { from: 'signature', unit: 's', toleranceS: 180 } },
        2,
        { code: 'timestamp-unit', data: { unit: 's', expected: 'ms' } },
      ),
      'ISO 8601 instead of seconds': at(
        'slack',
        { timestamp: { from: 'header:X-Slack-Request-Timestamp', unit: 'iso' } },
        2,
        { code: 'timestamp-unit', data: { unit: 'iso', expected: 's' } },
      ),
      'too old': at('stripe', {}, 301, { code: 'stale', data: { skewMs: 301_000, toleranceS: 300 } }),
      'from the future, which the SDK lets pass': at('stripe', {}, -301, {
        code: 'stale',
        data: {
          skewMs: -301_000,
          toleranceS: 300,
          laxer: {
            sdk: 'stripe',
            accepts: 'future-timestamp',
            note: 'constructEvent only refuses timestamps in the past',
          },
        },
      }),
      'in another header': () => {
        const request = good({ provider: 'slack' })
        const t = header(request, 'X-Slack-Request-Timestamp')
        const moved = withHeader(
          withHeader(request, 'X-Slack-Request-Timestamp', '1763715601'),
          'X-Original-Time',
          t,
        )
        return {
          told: { request: moved, provider: 'slack' },
          cause: { code: 'timestamp-source', data: { header: 'X-Original-Time' } },
        }
      },
      'dropped, and kept in another header': () => {
        const request = good({ provider: 'slack' })
        const t = header(request, 'X-Slack-Request-Timestamp')
        return {
          told: {
            request: withHeader(without(request, 'X-Slack-Request-Timestamp'), 'X-Time', t),
            provider: 'slack',
          },
          cause: { code: 'timestamp-source', data: { header: 'X-Time' } },
        }
      },
    }),
  )('%s', ([, make]) => expectTold(make))

  test('an old request is not said to pass the SDK that only lets the future pass', () => {
    const explanation = told({ request: good({ provider: 'stripe', now: NOW - 3_600_000 }) })
    expect(explanation).toEqual({
      code: 'stale',
      provider: 'stripe',
      data: { skewMs: 3_600_000, toleranceS: 300 },
    })
    expect(explanationWords(explanation).text).toBe(
      'The signature is right, but its time is 1 h 00 m old; Stripe allows 5 m 00 s either way.',
    )
  })

  test('a found change says so where the time is out of the window as well', () => {
    const request = withBody(good({ provider: 'stripe', now: NOW - 3_600_000 }), `${JSON_BODY}\n`)
    const explanation = told({ request })
    expect(explanation).toMatchObject({ code: 'body-newline-added', skewMs: 3_600_000 })
    expect(explanationWords(explanation).text).toMatch(/ Its time is 1 h 00 m old as well\.$/)
  })
})

function seenAs(provider: string, signed: string, publicUrl: string, change: UrlChange) {
  return (): Case => ({
    told: {
      request: { ...good({ provider, url: signed }), target: '/hooks/in?shop=7' },
      provider,
      context: { publicUrl },
    },
    cause: { code: 'url', data: { url: signed.replace(/\?.*/, '?…'), changes: [change] } },
  })
}

describe('the URL', () => {
  const own = 'https://example.test/hooks/in?shop=7'

  test.for(
    names({
      'http instead of https': seenAs('square', own, 'http://example.test', 'scheme'),
      'with a port that was not signed': seenAs('square', own, 'https://example.test:8443', 'port-removed'),
      'without the port that was signed': seenAs(
        'square',
        'https://example.test:443/hooks/in?shop=7',
        own,
        'port-added',
      ),
      'without the slash that was signed': seenAs(
        'trello',
        'https://example.test/hooks/in/?shop=7',
        own,
        'slash-added',
      ),
      'with a query that was not signed': seenAs(
        'square',
        'https://example.test/hooks/in',
        'https://example.test',
        'query-dropped',
      ),
      'HubSpot behind another scheme': seenAs(
        'hubspot',
        'http://example.test/hooks/in?shop=7',
        own,
        'scheme',
      ),
      'the host of Host': () => ({
        told: {
          request: good({ provider: 'square', url: own, headers: [['Host', 'example.test']] }),
          provider: 'square',
          context: { publicUrl: 'https://wrong.test' },
        },
        cause: { code: 'url', data: { url: 'https://example.test/hooks/in?…', changes: ['host'] } },
      }),
      'the host of X-Forwarded-Host': () => ({
        told: {
          request: good({
            provider: 'square',
            url: own,
            headers: [
              ['Host', '10.0.0.7:3000'],
              ['X-Forwarded-Host', 'example.test'],
            ],
          }),
          provider: 'square',
        },
        cause: {
          code: 'url',
          data: { url: 'https://example.test/hooks/in?…', changes: ['host', 'port-removed'] },
        },
      }),
      'the host of Forwarded': () => ({
        told: {
          request: good({
            provider: 'square',
            url: own,
            headers: [
              ['Host', 'app'],
              ['Forwarded', 'for=1.2.3.4;host="example.test";proto=https'],
            ],
          }),
          provider: 'square',
        },
        cause: { code: 'url', data: { url: 'https://example.test/hooks/in?…', changes: ['host'] } },
      }),
      'the prefix that a proxy strips': () => ({
        told: {
          request: {
            ...good({
              provider: 'square',
              url: 'https://example.test/api/hooks/in',
              headers: [
                ['Host', 'example.test'],
                ['X-Forwarded-Prefix', '/api'],
              ],
            }),
            target: '/hooks/in',
          },
          provider: 'square',
        },
        cause: { code: 'url', data: { url: 'https://example.test/api/hooks/in', changes: ['prefix-added'] } },
      }),
      'a prefix that a proxy adds': () => ({
        told: {
          request: {
            ...good({
              provider: 'square',
              url: 'https://example.test/in',
              headers: [['Host', 'example.test']],
            }),
            target: '/hooks/in',
          },
          provider: 'square',
        },
        cause: { code: 'url', data: { url: 'https://example.test/in', changes: ['prefix-removed'] } },
      }),
      'the path that a proxy rewrote': () => ({
        told: {
          request: {
            ...good({
              provider: 'square',
              url: 'https://example.test/a/b/c',
              headers: [
                ['Host', 'example.test'],
                ['X-Original-URI', '/a/b/c'],
              ],
            }),
            target: '/internal',
          },
          provider: 'square',
        },
        cause: { code: 'url', data: { url: 'https://example.test/a/b/c', changes: ['path-rewritten'] } },
      }),
      'Twilio: form and another scheme': () => ({
        told: {
          request: good({ provider: 'twilio', url: own, body: 'From=%2B1555&Body=Hi+there' }),
          provider: 'twilio',
          context: { publicUrl: 'http://example.test' },
        },
        cause: { code: 'url', data: { url: 'https://example.test/hooks/in?…', changes: ['scheme'] } },
      }),
    }),
  )('%s', ([, make]) => expectTold(make))

  test('where it is signed and not known, the words ask for it', () => {
    const explanation = told({
      request: good({ provider: 'square', url: 'https://tunnel.test/in' }),
      provider: 'square',
    })
    expect(explanation).toMatchObject({
      code: 'nothing-found',
      data: { signsUrl: true, publicUrlGiven: false },
    })
    expect(explanationWords(explanation).fix).toContain('--public-url')
  })
})

test('the URL in the cases is the one that is signed', () => {
  expect(
    told({ request: good({ provider: 'square', url: URL }), provider: 'square', context: { publicUrl: URL } })
      .code,
  ).toBe('valid')
})
