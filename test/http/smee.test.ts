import { createHmac } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { verify as octokitVerify } from '@octokit/webhooks-methods'
import { SmeeClient } from 'smee-client'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AppServer, Received } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Bench, Session } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { exchange, post } from '../helpers/raw-http.ts'
import type { SmeeHost } from '../helpers/smee-host.ts'
import { startSmeeHost } from '../helpers/smee-host.ts'

const SECRET = 'a secret of the user'

interface Case {
  readonly name: string
  readonly body: string | Uint8Array
  readonly type?: string
  readonly headers?: readonly string[]
  /** Sent in chunks, without a length. */
  readonly isChunked?: boolean
  /** What else must be as it was, beside the signature. */
  readonly alsoKept?: (received: Received) => boolean
}

const CASES: readonly Case[] = [
  { name: 'JSON as JSON.stringify writes it', body: '{"amount":10,"id":"evt_1"}' },
  { name: 'JSON with spaces and line breaks', body: '{ "amount": 10,\n  "id": "evt_1" }\n' },
  { name: '1.0 and 1e2', body: '{"amount":1.0,"rate":1e2}' },
  { name: 'an integer of 20 digits', body: '{"id":12345678901234567890}' },
  { name: 'a key twice', body: '{"id":1,"id":2}' },
  { name: 'escapes: \\u00e9 and \\/', body: '{"name":"Zo\\u00eb","url":"https:\\/\\/a.test\\/"}' },
  { name: 'a number, not an object', body: '42' },
  { name: 'broken JSON', body: '{"id":' },
  { name: 'a form', body: 'payload=%7B%22id%22%3A1%7D&b=+', type: 'application/x-www-form-urlencoded' },
  { name: 'XML', body: '<event id="1"/>', type: 'application/xml' },
  {
    name: 'bytes ff 00 7b c3 28',
    body: Buffer.from([0xff, 0x00, 0x7b, 0xc3, 0x28]),
    type: 'application/octet-stream',
  },
  {
    name: 'JSON, gzipped',
    body: gzipSync('{"amount":10,"id":"evt_1"}'),
    headers: ['Content-Encoding: gzip'],
  },
  { name: 'JSON, chunked', body: '{"amount":10,"id":"evt_1"}', isChunked: true },
  {
    name: 'a header twice',
    body: '{"amount":10,"id":"evt_1"}',
    headers: ['X-Trace: one', 'x-trace: two'],
    alsoKept: ({ rawHeaders }) => {
      const at = rawHeaders.indexOf('X-Trace')
      return rawHeaders.slice(at, at + 4).join() === 'X-Trace,one,x-trace,two'
    },
  },
]

/** What became of a request: what its sender was told, and what the app could make of it. */
interface Fate {
  readonly told: number
  readonly arrived: 'verifies' | 'signature broken' | 'header changed' | 'never arrived'
}

let app: AppServer
let bench: Bench
let session: Session
let ours: number
let host: SmeeHost
let smee: SmeeClient
/** smee-client logs a line for each message once it is done with it. */
let onLogged = (): void => {}

beforeAll(async () => {
  app = await startApp(() => ({ status: 200 }))
  bench = createBench()
  session = bench.start(['listen', String(app.port), '--port', '0', '--json'])
  ours = Number(/localhost:(\d+)\//.exec(await session.stdout.until(/"type":"ready"/))?.[1])
  host = await startSmeeHost()
  smee = new SmeeClient({
    source: `http://127.0.0.1:${host.port}/channel`,
    target: `http://127.0.0.1:${app.port}`,
    logger: { info: () => onLogged(), error: () => onLogged() },
  })
  await smee.start()
})

afterAll(async () => {
  await smee.stop()
  session.interrupt()
  await session.status
  await Promise.all([host.close(), app.close()])
  bench.remove()
})

test('fourteen signed requests behind smee-client and behind us: ours verify, all of them', async () => {
  const rows: { readonly name: string; readonly theirs: Fate; readonly ours: Fate }[] = []
  for (const one of CASES)
    rows.push({ name: one.name, theirs: await throughSmee(one), ours: await throughUs(one) })
  console.log(
    [
      'R-FWD-3: the same signed requests behind smee-client 5 (its hosted side played by a stand-in) and behind us',
      '| sent | behind smee-client | behind webhook-cli |',
      '|---|---|---|',
      ...rows.map(({ name, theirs, ours: us }) => `| ${name} | ${worded(theirs)} | ${worded(us)} |`),
      `| verify | ${verifying(rows.map(({ theirs }) => theirs))} of ${rows.length} | ${verifying(rows.map(({ ours: us }) => us))} of ${rows.length} |`,
    ].join('\n'),
  )
  expect(rows.map((row) => row.ours)).toEqual(rows.map(() => ({ told: 200, arrived: 'verifies' })))
  // Beside us it runs as it is meant to: what needs no byte to stay the same does arrive.
  expect(rows[0]?.theirs).toEqual({ told: 200, arrived: 'verifies' })
  expect(rows.filter(({ theirs }) => theirs.arrived === 'signature broken').length).toBeGreaterThanOrEqual(6)
  const lost = rows.filter(({ theirs }) => theirs.arrived === 'never arrived' && theirs.told === 200)
  expect(lost.map(({ name }) => name)).toContain('JSON, chunked')
})

async function throughUs(one: Case): Promise<Fate> {
  const before = app.received.length
  const { status } = await exchange(ours, bytesOf(one))
  return { told: status, arrived: await found(one, app.received[before]) }
}

async function throughSmee(one: Case): Promise<Fate> {
  const before = app.received.length
  const logged = new Promise<void>((resolve) => {
    onLogged = resolve
  })
  const { status } = await exchange(host.port, bytesOf(one))
  if (status === 200) await logged
  return { told: status, arrived: await found(one, app.received[before]) }
}

function bytesOf({ body, type = 'application/json', headers = [], isChunked = false }: Case): Buffer {
  const bytes = Buffer.from(body)
  const signature = `sha256=${createHmac('sha256', SECRET).update(bytes).digest('hex')}`
  const all = [`Content-Type: ${type}`, `X-Hub-Signature-256: ${signature}`, ...headers]
  if (!isChunked) return post(bytes, all, '/channel')
  const head = ['POST /channel HTTP/1.1', 'Host: localhost', ...all, 'Transfer-Encoding: chunked', '', '']
  return Buffer.concat([
    Buffer.from(`${head.join('\r\n')}${bytes.byteLength.toString(16)}\r\n`),
    bytes,
    Buffer.from('\r\n0\r\n\r\n'),
  ])
}

/** The app's view: the SDK where it can read the body, and always the HMAC over the bytes. */
async function found({ alsoKept }: Case, received: Received | undefined): Promise<Fate['arrived']> {
  if (received === undefined) return 'never arrived'
  const { body, headers } = received
  const signature = String(headers['x-hub-signature-256'])
  const isSigned = signature === `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`
  const text = body.toString('utf8')
  if (Buffer.from(text).equals(body)) expect(await octokitVerify(SECRET, text, signature)).toBe(isSigned)
  if (!isSigned) return 'signature broken'
  return alsoKept === undefined || alsoKept(received) ? 'verifies' : 'header changed'
}

function worded({ told, arrived }: Fate): string {
  return arrived === 'never arrived' ? `never arrived, sender was told ${told}` : arrived
}

function verifying(fates: readonly Fate[]): number {
  return fates.filter(({ arrived }) => arrived === 'verifies').length
}
