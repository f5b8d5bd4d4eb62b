import { createHmac } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stripe } from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { post } from '../helpers/post.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.remove())

const stripe = new Stripe('sk_test_x')
const SECRET = 'whsec_CANARYstripe0123456789abcd'
const BODY = '{"id":"evt_1","type":"charge.refunded"}'
const SIGNED_AT = 1_766_412_133

function header(secret = SECRET, timestamp = SIGNED_AT): string {
  return stripe.webhooks.generateTestHeaderString({ payload: BODY, secret, timestamp })
}

function message(signature = header(), body: string | Uint8Array = BODY, lineEnd = '\r\n'): Buffer {
  const head = ['POST /hooks HTTP/1.1', 'Host: x', `Stripe-Signature: ${signature}`, '', ''].join(lineEnd)
  return Buffer.concat([Buffer.from(head), Buffer.from(body)])
}

/** In a file of the bench's home. */
function file(content: string | Uint8Array, name = 'request.http'): string {
  writeFileSync(join(bench.home, name), content)
  return `@${name}`
}

const AT = ['--at', String(SIGNED_AT + 2)]
const ENV = { env: { S: SECRET, OTHER: 'whsec_anothersecret0123456789zzzz' } }
const WITH_SECRET = ['--secret', 'env:S']

/** A request as `listen` keeps it. */
async function captured(headers: readonly string[], body = BODY): Promise<void> {
  const session = bench.start(['listen', '--port', '0', '--count', '1'])
  const text = await session.stderr.until(/http:\/\/localhost:\d+\//)
  await post(Number(/localhost:(\d+)/.exec(text)?.[1]), { headers, body })
  await session.status
}

describe('a captured request', () => {
  test('is right as of when it came, whenever one asks; wrong with another secret', async () => {
    await captured(['Stripe-Signature', header(SECRET, Math.floor(Date.now() / 1000))])
    const right = await bench.run(['verify', 'last', ...WITH_SECRET], ENV)
    expect(right.stdout).toMatch(
      /^✓ stripe: the signature is right\n {2}header +Stripe-Signature: t=\d+,v1=[0-9a-f]{8}…\n/,
    )
    expect(right.status).toBe(0)
    const wrong = await bench.run(['verify', 'last', '--secret', 'stripe=env:OTHER', '--no-explain'], ENV)
    expect(wrong.stdout).toMatch(/^✗ stripe: the signature does not match\n/)
    expect(wrong.status).toBe(6)
  })

  test('with --at now an old one is stale: exit 6', async () => {
    await captured(['Stripe-Signature', header()])
    const { status, stdout } = await bench.run(['verify', 'last', ...WITH_SECRET, '--at', 'now'], ENV)
    expect(status).toBe(6)
    expect(stdout).toMatch(/✗ stripe: the signature is right, but it is .* old/)
    expect(stdout).toMatch(/timestamp {3}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, .* before the check/)
  })
})

describe('what is shown', () => {
  test('header cut, time with its window, what was signed, which secret; never a secret or a whole signature', async () => {
    const { stdout, stderr, status } = await bench.run(
      ['verify', file(message()), ...WITH_SECRET, '--secret', 'env:OTHER', ...AT],
      ENV,
    )
    const [, , timestamp = '', signed, first, second] = stdout.split('\n')
    expect(timestamp).toMatch(
      /^ {2}timestamp {3}\d\d:\d\d:\d\d, 2\.0 s before the check \(5 m 00 s allowed\) {2}✓$/,
    )
    expect(signed).toBe(`  signed      "${SIGNED_AT}.", then the ${BODY.length} bytes of the body`)
    expect(first).toBe('  secret      S (whsec_…abcd)  ✓')
    expect(second).toBe('  secret      OTHER (whsec_…zzzz)  –')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const signature = /v1=(\w+)/.exec(header())?.[1] ?? 'none'
    expect(stdout).not.toContain(SECRET)
    expect(stdout).not.toContain(signature.slice(0, 9))
  })

  test('a token, which is the secret itself, is not shown at all', async () => {
    const token = 'CANARY-telegram-token-0123456789'
    const request = `POST / HTTP/1.1\r\nX-Telegram-Bot-Api-Secret-Token: ${token}\r\n\r\n{"update_id":1,"message":{}}`
    for (const secret of [token, 'another one 0123456789']) {
      const { stdout } = await bench.run(['verify', file(request), '--secret', 'env:T'], {
        env: { T: secret },
      })
      expect(stdout).toMatch(/header +X-Telegram-Bot-Api-Secret-Token: …\n/)
      expect(stdout).not.toContain('CANARY')
    }
  })

  test.each([
    ['valid', message(), WITH_SECRET, 0],
    ['stale', message(header(SECRET, SIGNED_AT - 1000)), WITH_SECRET, 6],
    ['invalid', message(header('another')), WITH_SECRET, 6],
    ['unchecked', message(), [], 6],
    ['unsigned', Buffer.from('POST / HTTP/1.1\r\n\r\nhello'), WITH_SECRET, 6],
  ])('--json says %s', async (status, bytes, args, exit) => {
    const result = await bench.run(['verify', file(bytes), ...args, ...AT, '--json'], ENV)
    const json = JSON.parse(result.stdout) as { status: string; provider?: string; reason?: object }
    expect([json.status, result.status]).toEqual([status, exit])
    expect(json.provider).toBe(status === 'unsigned' ? undefined : 'stripe')
    expect(json.reason).toEqual(status === 'invalid' ? { code: 'no-match', candidates: 1 } : undefined)
  })

  test('hostile headers and bodies reach no terminal', async () => {
    const hostile = 't=1\x9b2J,v1=\x9b]0;owned'
    const request = Buffer.from(`POST /\x7e HTTP/1.1\nStripe-Signature: ${hostile}\n\n\x1b[2J`, 'latin1')
    const { stdout } = await bench.run(['verify', file(request), ...WITH_SECRET, ...AT], {
      ...ENV,
      columns: 80,
    })
    // oxlint-disable-next-line no-control-regex -- those control characters are the point
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f]|\x1b(?!\[[0-9;]*m)/)
  })
})

describe('where a request is read from', () => {
  test.each(['\r\n', '\n'])('an HTTP message with a head in lines that end with %j', async (lineEnd) => {
    const { status } = await bench.run(
      ['verify', file(message(header(), BODY, lineEnd)), ...WITH_SECRET, ...AT],
      ENV,
    )
    expect(status).toBe(0)
  })

  test('the body is all that follows, to the last byte', async () => {
    const cut = await bench.run(['verify', file(`${String(message())}\n`), ...WITH_SECRET, ...AT], ENV)
    expect(cut.status).toBe(6)
  })

  test('stdin, and JSON as show and listen write it', async () => {
    expect(
      (await bench.run(['verify', '-', ...WITH_SECRET, ...AT], { ...ENV, stdin: message() })).status,
    ).toBe(0)
    await captured(['Stripe-Signature', header()])
    const { stdout } = await bench.run(['show', 'last', '--json'])
    expect((await bench.run(['verify', file(stdout, 'r.json'), ...WITH_SECRET, ...AT], ENV)).status).toBe(0)
    const stream = `{"v":1,"type":"ready"}\n${stdout}{"v":1,"type":"stopped"}\n`
    expect((await bench.run(['verify', '-', ...WITH_SECRET, ...AT], { ...ENV, stdin: stream })).status).toBe(
      0,
    )
  })

  test.each([
    ['not http at all', /line 1: expected a request line/],
    ['POST / HTTP/1.1\nno colon here\n\n', /line 2: expected a header/],
    ['POST / HTTP/1.1\nA: \x1b[2J\n\n', /line 2: expected a header/],
    ['{"v":1,"type":"request"}', /receivedAt: expected a time/],
    ['{"v":1,"type":"ready"}\n{"v":1,"type":"stopped"}', /it holds 0 requests/],
    ['{nope', /there is no request in request\.http/],
  ])('%j is refused with exit 2', async (content, words) => {
    const { status, stdout, stderr } = await bench.run(['verify', file(content)])
    expect(stderr).toMatch(words)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })

  test('a request and a secret cannot both come from stdin', async () => {
    const { status, stderr } = await bench.run(['verify', '-', '--secret', 'stripe=-'], { stdin: message() })
    expect(stderr).toContain('cannot both come from stdin')
    expect(status).toBe(2)
  })
})

describe('who signs', () => {
  const mac = (content: string, digest = 'sha256'): string =>
    createHmac(digest, 'key').update(content).digest('hex')

  test('--provider takes the user at his word', async () => {
    const request = `POST / HTTP/1.1\n\nX: 1`
    const { status, stdout } = await bench.run(
      ['verify', file(request), '--provider', 'github', ...WITH_SECRET, '--no-explain'],
      ENV,
    )
    expect(stdout).toContain('✗ github: the signature header X-Hub-Signature-256 is missing')
    expect(status).toBe(6)
  })

  test('a scheme made of flags', async () => {
    const request = `POST / HTTP/1.1\nX-Sig: t=1000,v1=${mac('1000.hello')}\n\nhello`
    const scheme = [
      '--scheme',
      'hmac-sha256',
      '--signed-content',
      '{timestamp}.{body}',
      '--signature-header',
      'X-Sig: t={t},v1={sig}',
    ]
    const args = ['verify', file(request), ...scheme, '--secret', 'env:K']
    expect(await bench.run([...args, '--at', '1299'], { env: { K: 'key' } })).toMatchObject({ status: 0 })
    expect((await bench.run([...args, '--at', '1301'], { env: { K: 'key' } })).stdout).toContain(
      '✗ custom: the signature is right, but it is',
    )
    expect(
      (await bench.run([...args, '--at', '1301', '--tolerance', '10m'], { env: { K: 'key' } })).status,
    ).toBe(0)
  })

  test('a scheme with header, encoding and id of its own', async () => {
    const signature = createHmac('sha512', 'key').update('m1:1970-01-01T00:16:40Z:hello').digest('base64')
    const request = `POST / HTTP/1.1\nX-Sig: ${signature}\nX-At: 1970-01-01T00:16:40Z\nX-Id: m1\n\nhello`
    const scheme = [
      '--scheme',
      'hmac-sha512',
      '--encoding',
      'base64',
      '--signature-header',
      'X-Sig',
      '--signed-content',
      '{id}:{t}:{body}',
      '--timestamp-header',
      'X-At',
      '--timestamp-unit',
      'iso',
      '--id-header',
      'X-Id',
      '--key-form',
      'hex',
    ]
    const { status, stdout } = await bench.run(
      ['verify', file(request), ...scheme, '--secret', 'env:K', '--at', '1000'],
      { env: { K: '6b6579' } },
    )
    expect(stdout).toContain('signed      "m1:1970-01-01T00:16:40Z:", then the 5 bytes of the body')
    expect(status).toBe(0)
  })

  test('a provider in a file', async () => {
    mkdirSync(join(bench.home, 'p'))
    writeFileSync(
      join(bench.home, 'p/mine.json'),
      '{"id":"mine","schemes":[{"algorithm":"hmac-sha1","signature":"header:X-Mine"}]}',
    )
    const request = `POST / HTTP/1.1\nX-Mine: ${mac('hello', 'sha1')}\n\nhello`
    expect(
      (
        await bench.run(['verify', file(request), '--provider', 'p/mine.json', '--secret', 'env:K'], {
          env: { K: 'key' },
        })
      ).status,
    ).toBe(0)
  })

  test.each([
    [['--scheme', 'hmac-sha256'], /--scheme and --signature-header go together/],
    [['--encoding', 'base64'], /--encoding says something of a scheme of your own/],
    [
      ['--scheme', 'rot13', '--signature-header', 'X'],
      /cannot use the provider in --scheme[\s\S]*expected one of hmac-sha256/,
    ],
    [
      ['--scheme', 'hmac-sha256', '--signature-header', 'X', '--signed-content', '{boddy}'],
      /unknown placeholder \{boddy\}/,
    ],
    [
      ['--scheme', 'hmac-sha256', '--signature-header', 'X', '--signed-content', '{json:__proto__.x}'],
      /not a path that can be used/,
    ],
    [['--provider', 'nobody'], /there is no provider "nobody"/],
    [['--at', 'yesterday'], /--at: "yesterday" is not received, now/],
    [['--tolerance', 'long'], /not a duration/],
  ])('%j is refused with exit 2', async (args, words) => {
    const { status, stdout, stderr } = await bench.run(['verify', file(message()), ...args], ENV)
    expect(stderr).toMatch(words)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
  })
})

describe('--explain', () => {
  const run = (bytes: Uint8Array | string, ...args: string[]): ReturnType<Bench['run']> =>
    bench.run(['verify', file(bytes), ...WITH_SECRET, ...AT, ...args], ENV)

  test('a failure names the single change that makes it right, and how to do it', async () => {
    const { stdout, status } = await run(`${String(message())}\n`)
    expect(stdout).toMatch(/newline/)
    expect(stdout).toMatch(/express +.*express\.raw/)
    expect(status).toBe(6)
  })

  test('--json has code, text and fix, and nothing else', async () => {
    const json = JSON.parse(
      (await run(message(header(), BODY.replace('{', '{ ')), '--json')).stdout,
    ) as Record<string, object>
    expect(Object.keys(json)).toEqual(['status', 'provider', 'reason', 'explanation'])
    expect(Object.keys(json['explanation'] ?? {})).toEqual(['code', 'text', 'fix'])
    expect(json['explanation']).toMatchObject({ code: 'body-json' })
  })

  test('another secret of the settings is found by its name', async () => {
    writeFileSync(join(bench.home, 'webhook-cli.json'), '{"secrets":{"github":"env:S"}}')
    const { stdout } = await bench.run(
      ['verify', file(message()), '--secret', 'env:OTHER', ...AT, '--json'],
      ENV,
    )
    expect(JSON.parse(stdout)).toMatchObject({
      explanation: { code: 'other-secret', text: expect.stringContaining('S') as string },
    })
    expect(stdout).not.toContain('CANARY')
  })

  test('--no-explain and a right signature explain nothing; --explain does in any case', async () => {
    expect(JSON.parse((await run(message(header('x')), '--no-explain', '--json')).stdout)).not.toHaveProperty(
      'explanation',
    )
    expect(JSON.parse((await run(message(), '--json')).stdout)).toEqual({
      status: 'valid',
      provider: 'stripe',
    })
    expect(JSON.parse((await run(message(), '--json', '--explain')).stdout)).toMatchObject({
      explanation: { code: 'valid' },
    })
  })

  test('on a terminal lines are broken at its width', async () => {
    const { stdout } = await bench.run(['verify', file(`${String(message())}\n`), ...WITH_SECRET, ...AT], {
      ...ENV,
      columns: 80,
      env: { ...ENV.env, NO_COLOR: '1' },
    })
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([])
  })
})
