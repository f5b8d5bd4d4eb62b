import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Webhook as SvixWebhook } from 'svix'
import { describe, expect, test } from 'vitest'
import type { RawHeaders } from '../../src/core/request.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import type { ProviderRequest } from '../../src/providers/reader.ts'
import { countingRandom } from './random.ts'
import type { SignatureVector } from './vectors.ts'
import { providerNamed, requestOf, SIGNATURE_VECTORS } from './vectors.ts'

const random = countingRandom(7)

function below(limit: number): number {
  const [a = 0, b = 0, c = 0] = random(3)
  return ((a << 16) | (b << 8) | c) % Math.max(limit, 1)
}

function oneOf<T>(items: readonly T[]): T {
  const item = items[below(items.length)]
  if (item === undefined) throw new Error('nothing to choose from')
  return item
}

/** Flips, drops, doubles, cuts or puts in a byte. */
function mutateBytes(bytes: Uint8Array): Buffer {
  const copy = Buffer.from(bytes)
  const at = below(copy.length)
  switch (below(5)) {
    case 0:
      if (copy.length > 0) copy[at] = (copy[at] ?? 0) ^ (1 << below(8))
      return copy
    case 1:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1)])
    case 2:
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at, at + 1), copy.subarray(at)])
    case 3:
      return copy.subarray(0, at)
    default:
      return Buffer.concat([copy.subarray(0, at), Buffer.from(random(1)), copy.subarray(at)])
  }
}

function mutateText(text: string): string {
  return mutateBytes(Buffer.from(text, 'latin1')).toString('latin1')
}

function mutateHeaders(headers: RawHeaders): RawHeaders {
  if (headers.length === 0) return [[mutateText('webhook-signature'), mutateText('v1,x')]]
  const at = below(headers.length)
  const [name, value] = headers[at] ?? ['', '']
  const others = headers.filter((_, index) => index !== at)
  switch (below(6)) {
    case 0:
      return others
    case 1:
      return [...headers, [name, mutateText(value)]]
    case 2:
      return [...others, [name, `${value},${value} ${value}`.repeat(1 + below(40))]]
    case 3:
      return [...others, [name, Buffer.from(random(below(80))).toString('latin1')]]
    default:
      return [...others, [name, mutateText(value)]]
  }
}

function mutate(request: ProviderRequest): ProviderRequest {
  if (below(2) === 0) return { ...request, body: mutateBytes(request.body) }
  if (below(8) === 0) return { ...request, target: mutateText(request.target) }
  return { ...request, headers: mutateHeaders(request.headers) }
}

// What these sign is a part of the body, or nothing of it: a change elsewhere is not theirs to see.
const PARTIAL = new Set(['mailgun', 'adyen', 'aws-sns', 'gitlab', 'telegram', 'twilio'])

/** What of a request its signature covers, spelled in one way: two with the same are the same to the provider. */
function meaning(vector: SignatureVector, request: ProviderRequest): string {
  const provider = providerNamed(vector.provider)
  const covered = provider.schemes.flatMap(({ id, timestamp }) => [id, timestamp?.from])
  const names = covered.flatMap((source) => (source?.startsWith('header:') === true ? [source.slice(7)] : []))
  const headers = names.map((name) => `${name}=${firstHeader(request, name)}`)
  const body = PARTIAL.has(provider.id) ? '' : Buffer.from(bodyMeaning(provider.id, request)).toString('hex')
  return [...headers, body].join('\n')
}

function firstHeader(request: ProviderRequest, name: string): string | undefined {
  return request.headers.find(([candidate]) => candidate.toLowerCase() === name.toLowerCase())?.[1]
}

function bodyMeaning(provider: string, request: ProviderRequest): Uint8Array {
  const text = Buffer.from(request.body).toString('utf8')
  // Sentry's own documentation parses and writes the body again before it hashes.
  if (provider === 'sentry') return Buffer.from(JSON.stringify(JSON.parse(text)))
  // Names and case of the escapes in a form are free; so is the final newline, to Braintree's library.
  if (provider === 'braintree')
    return Buffer.from((new URLSearchParams(text).get('bt_payload') ?? '').trimEnd())
  return request.body
}

test('10,000 mutated vectors: no exception, and none is valid that means something else', () => {
  const valid = SIGNATURE_VECTORS.filter(({ expected }) => expected === 'valid')
  const verdicts: Record<string, number> = {}
  const forged: string[] = []
  for (let i = 0; i < 10_000; i++) {
    const vector = oneOf(valid)
    const original = requestOf(vector)
    let mutated = original
    for (let round = 0; round <= below(3); round++) mutated = mutate(mutated)
    const secrets = below(20) === 0 ? vector.secrets.map(mutateText) : vector.secrets
    const { status } = verify(mutated, providerNamed(vector.provider), secrets, {
      now: vector.now * 1000,
      publicUrl: vector.request.url,
      options: vector.opts ?? {},
    })
    verdicts[status] = (verdicts[status] ?? 0) + 1
    const accepted = status === 'valid' || status === 'stale'
    if (accepted && meaning(vector, mutated) !== meaning(vector, original)) {
      forged.push(
        `${vector.provider} ${vector.name}: ${JSON.stringify([mutated.headers, String(mutated.body)])}`,
      )
    }
  }
  console.log(
    `R-SIG-1: 10,000 mutated vectors, 0 exceptions, ${forged.length} forged, ${JSON.stringify(verdicts)}`,
  )
  expect(forged).toEqual([])
  expect(verdicts['invalid']).toBeGreaterThan(5000)
})

describe('R-SIG-1: the verdict is that of the official libraries', () => {
  test.for([
    ['standard-webhooks', 'webhook', StandardWebhook],
    ['svix', 'svix', SvixWebhook],
  ] as const)('%s, over 10,000 mutated requests', ([id, family, Library]) => {
    const secret = `whsec_${Buffer.from(random(32)).toString('base64')}`
    const library = new Library(secret)
    const now = Date.now()
    const draft = {
      method: 'POST',
      url: 'http://x/',
      headers: [],
      body: Buffer.from('{"type":"user.registered","data":{"name":"Zoë 😀"}}'),
    }
    const result = sign(draft, providerNamed(id), secret, { now, id: 'msg_1' })
    if ('failure' in result) throw new Error('not signed')
    const original: ProviderRequest = { ...result.signed, target: '/' }
    let [same, stricter] = [0, 0]
    for (let i = 0; i < 10_000; i++) {
      const mutated = i === 0 ? original : mutate(original)
      const ours = verify(mutated, providerNamed(id), [secret], { now: Date.now() }).status === 'valid'
      const theirs = accepts(library, mutated)
      if (ours === theirs) same++
      else if (!ours && isSloppy(mutated, family)) stricter++
      else
        throw new Error(
          `ours ${ours}, theirs ${theirs}: ${JSON.stringify([mutated.headers, String(mutated.body)])}`,
        )
    }
    console.log(`R-SIG-1: ${id}: ${same} equal, ${stricter} stricter as documented, 0 laxer`)
    expect(same + stricter).toBe(10_000)
    expect(same).toBeGreaterThan(9000)
  })
})

function accepts(
  library: { verify(body: string, headers: Record<string, string>): unknown },
  request: ProviderRequest,
): boolean {
  const headers: Record<string, string> = {}
  // Of a header that came twice the first one counts, as with us.
  for (const [name, value] of request.headers.toReversed()) headers[name.toLowerCase()] = value
  try {
    library.verify(Buffer.from(request.body).toString('utf8'), headers)
    return true
  } catch (error) {
    // The signature held, and then the body was no JSON.
    return error instanceof SyntaxError
  }
}

/** What the table says that these libraries let pass: numbers with a tail, full stops in the id, items with a tail. */
function isSloppy(request: ProviderRequest, family: string): boolean {
  const first = (name: string): string => firstHeader(request, `${family}-${name}`) ?? ''
  return (
    !/^\d+$/.test(first('timestamp')) || first('id').includes('.') || /^v1,[^, ]*,/m.test(first('signature'))
  )
}
