import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { verify as verifyGithub } from '@octokit/webhooks-methods'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Stripe } from 'stripe'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sampleEvents, sampleProviders } from '../../src/providers/samples/index.ts'
import type { AppServer, Reaction, Received } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'

let bench: Bench
const apps: AppServer[] = []
beforeEach(() => {
  bench = createBench()
})
afterEach(async () => {
  bench.remove()
  await Promise.all(apps.splice(0).map((app) => app.close()))
})

async function app(react: (request: Received) => Reaction | Promise<Reaction>): Promise<AppServer> {
  const started = await startApp(react)
  apps.push(started)
  return started
}

const stripe = new Stripe('sk_test_x')
const SECRET = 'whsec_CANARYstripe0123456789abcd'
const ENV = { env: { S: SECRET } }
const WITH_SECRET = ['--secret', 'env:S']

/** A handler as Stripe's documentation has it. */
function stripeHandler(secret: string, tolerance?: number): (request: Received) => Reaction {
  return ({ body, headers }) => {
    try {
      const event = stripe.webhooks.constructEvent(body, headers['stripe-signature'] ?? '', secret, tolerance)
      return { status: 200, body: JSON.stringify({ received: event.type }) }
    } catch {
      return { status: 400, body: '{"error":"invalid signature"}' }
    }
  }
}

describe('one event', () => {
  test('of a provider of one’s own, from the file that defines it', async () => {
    const { port, received } = await app(() => ({ status: 200, body: '' }))
    const definition = {
      id: 'acme',
      detect: [{ header: 'X-Acme-Signature' }],
      schemes: [
        {
          algorithm: 'hmac-sha256',
          signature: 'header:X-Acme-Signature',
          format: 't={t},v1={sig}',
          separator: ',',
          content: '{t}.{body}',
          timestamp: { from: 'signature', unit: 's', toleranceS: 300 },
        },
      ],
    }
    writeFileSync(join(bench.home, 'acme.json'), JSON.stringify(definition))
    const args = [
      'send',
      './acme.json',
      'order.made',
      '--body',
      '{"a":1}',
      '--to',
      String(port),
      ...WITH_SECRET,
    ]
    expect((await bench.run(args, ENV)).status).toBe(0)
    expect(received[0]?.headers['x-acme-signature']).toMatch(/^t=\d+,v1=[0-9a-f]{64}$/)
    const checked = await bench.run(['verify', 'last', '--provider', './acme.json', ...WITH_SECRET], ENV)
    expect(checked.status).toBe(0)
  })

  test('a handler with Stripe’s own SDK accepts it on the first try; it is kept with its delivery', async () => {
    const { port, received } = await app(stripeHandler(SECRET))
    const args = [
      'send',
      'stripe',
      'checkout.session.completed',
      '--to',
      `${port}/webhooks?x=1`,
      ...WITH_SECRET,
    ]
    const { status, stdout, stderr } = await bench.run(args, { ...ENV, columns: 100 })
    expect(stdout).toMatch(
      new RegExp(
        `^→ .*[a-z2-9]{4}.*   POST localhost:${port}/webhooks\\?x=1 .*200.* ms.*\\n.*\\{"received":"checkout\\.session\\.completed"\\}`,
      ),
    )
    expect(status).toBe(0)
    expect(stderr).toContain('signed as stripe, secret whsec_…abcd, timestamp now')
    expect(stdout + stderr).not.toContain(SECRET)
    expect(received[0]?.headers['user-agent']).toMatch(/^Stripe\/1\.0/)
    const shown = JSON.parse((await bench.run(['show', 'last', '--json'])).stdout) as Record<string, unknown>
    expect(shown).toMatchObject({
      source: 'sent',
      target: '/webhooks?x=1',
      provider: 'stripe',
      event: 'checkout.session.completed',
      signature: { status: 'valid', provider: 'stripe' },
    })
    expect(shown['body']).toMatchObject({ data: received[0]?.body.toString('utf8') })
    expect((await bench.run(['show', 'last'])).stdout).toMatch(/Attempts +1\n +send .* 200 /)
    expect((await bench.run(['verify', 'last', ...WITH_SECRET], ENV)).status).toBe(0)
  })

  test('headers are stored as they were sent', async () => {
    const { port, received } = await app(() => ({ status: 204 }))
    await bench.run(
      [
        'send',
        'github',
        'push',
        '--to',
        String(port),
        '-H',
        'X-Mine: ünï',
        '-H',
        'X-Hub-Signature-256: forged',
        ...WITH_SECRET,
      ],
      ENV,
    )
    const { headers } = JSON.parse((await bench.run(['show', 'last', '--json'])).stdout) as {
      headers: [string, string][]
    }
    const flat = received[0]?.rawHeaders ?? []
    const onTheWire = flat.flatMap((name, i) => (i % 2 === 0 ? [[name, flat[i + 1]]] : []))
    const own = (pairs: unknown[][]): unknown[][] =>
      pairs.filter(([name]) => !/^(?:host|connection|content-length)$/i.test(String(name)))
    expect(own(onTheWire)).toEqual(own(headers))
    expect(received[0]?.headers['x-hub-signature-256']).toMatch(/^sha256=[0-9a-f]{64}$/)
    expect(received[0]?.rawHeaders).toContain('ünï')
  })

  test('a secret that the environment has already is not set anew: how to use it is told', async () => {
    const { port } = await app(() => ({ status: 200, body: '' }))
    const words =
      /STRIPE_WEBHOOK_SECRET is set:\n.*webhook-cli send stripe … --secret env:STRIPE_WEBHOOK_SECRET\n/
    const { stderr } = await bench.run(['send', 'stripe', 'charge.succeeded', '--to', String(port)], {
      env: { STRIPE_WEBHOOK_SECRET: 'whsec_known' },
    })
    expect(stderr).toMatch(words)
    expect(stderr).not.toContain('export')
  })

  test('on a narrow terminal what is said of a new secret is broken between words', async () => {
    const { port } = await app(() => ({ status: 200 }))
    const { stderr } = await bench.run(['send', 'github', 'push', '--to', String(port)], {
      columns: 60,
      env: { NO_COLOR: '1' },
    })
    const [told = ''] = stderr.split('$ export')
    expect(told.split('\n').filter((line) => line.length > 60)).toEqual([])
  })

  test('without a secret one is made, printed once with how to set it, and signs', async () => {
    const { port, received } = await app(() => ({ status: 200 }))
    const { stderr, stdout } = await bench.run(['send', 'stripe', 'charge.succeeded', '--to', String(port)])
    const [, secret = ''] = /\$ export STRIPE_WEBHOOK_SECRET=(whsec_\w{32})\n/.exec(stderr) ?? []
    expect(stderr.split(secret)).toHaveLength(2)
    expect(stdout).not.toContain(secret)
    expect(stripeHandler(secret)(received[0] ?? expect.unreachable()).status).toBe(200)
  })

  test('Standard Webhooks v1 and v1a: the official library takes the one, the key pair made the other', async () => {
    const { port, received } = await app(() => ({ status: 200 }))
    const first = await bench.run(['send', 'standard', 'order.created', '--to', String(port)])
    const [, secret = ''] = /WEBHOOK_SECRET=(\S+)/.exec(first.stderr) ?? []
    const [request] = received
    const headers = request?.headers ?? {}
    const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
    expect(new StandardWebhook(secret).verify(request?.body.toString('utf8') ?? '', lower)).toMatchObject({
      type: 'order.created',
    })

    const second = await bench.run([
      'send',
      'standard',
      'order.created',
      '--to',
      String(port),
      '--scheme-name',
      'v1a',
    ])
    expect(received[1]?.headers['webhook-signature']).toMatch(/^v1a,/)
    const [, publicKey = ''] = /WEBHOOK_SECRET=(whpk_\S+)/.exec(second.stderr) ?? []
    expect(
      (await bench.run(['verify', 'last', '--secret', 'env:PK'], { env: { PK: publicKey } })).status,
    ).toBe(0)
    const [, signing = ''] = /WEBHOOK_SECRET_SIGNING=(whsk_\S+)/.exec(second.stderr) ?? []
    await bench.run(
      [
        'send',
        'standard',
        'order.created',
        '--to',
        String(port),
        '--scheme-name',
        'v1a',
        '--secret',
        'env:SK',
      ],
      { env: { SK: signing } },
    )
    expect(
      (await bench.run(['verify', 'last', '--secret', 'env:PK'], { env: { PK: publicKey } })).status,
    ).toBe(0)
  })

  test.each(['structured', 'binary', 'batch'])('CloudEvents %s', async (mode) => {
    const { port, received } = await app(() => ({ status: 202 }))
    await bench.run(['send', 'cloudevents', mode, '--to', String(port)])
    const [request] = received
    const type = request?.headers['content-type'] ?? ''
    const json = JSON.parse(request?.body.toString('utf8') ?? '') as { specversion?: string }[] & {
      specversion?: string
    }
    if (mode === 'binary')
      expect([request?.headers['ce-specversion'], type]).toEqual(['1.0', 'application/json'])
    else if (mode === 'batch')
      expect([json[0]?.specversion, type.split(';')[0]]).toEqual([
        '1.0',
        'application/cloudevents-batch+json',
      ])
    else expect([json.specversion, type.split(';')[0]]).toEqual(['1.0', 'application/cloudevents+json'])
    expect(request?.headers.authorization).toMatch(/^Bearer \w{40}$/)
  })

  test('a body of one’s own, from a file or stdin, changed or exact to the byte', async () => {
    const { port, received } = await app(() => ({ status: 200 }))
    const to = ['--to', String(port), ...WITH_SECRET]
    writeFileSync(join(bench.home, 'e.json'), '{"action":"opened","n":1}')
    await bench.run(
      [
        'send',
        'github',
        '--body',
        '@e.json',
        '--event',
        'issues',
        '--set',
        'issue.number:=7',
        '--set',
        'action=closed',
        ...to,
      ],
      ENV,
    )
    expect(received[0]?.body.toString()).toBe('{"action":"closed","n":1,"issue":{"number":7}}')
    expect(received[0]?.headers['x-github-event']).toBe('issues')
    expect(
      await verifyGithub(
        SECRET,
        received[0]?.body.toString() ?? '',
        String(received[0]?.headers['x-hub-signature-256']),
      ),
    ).toBe(true)
    const bytes = Buffer.from([0xff, 0, 0x0d, 0x0a, 0xc3])
    await bench.run(['send', 'github', 'push', '--body', '-', ...to], { ...ENV, stdin: bytes })
    expect(received[1]?.body).toEqual(bytes)
  })

  test('the same seed makes the same ids, another one others; a secret never follows from it', async () => {
    const ids = async (seed: string): Promise<[string, string]> => {
      const { stdout, stderr } = await bench.run([
        'send',
        'stripe',
        'charge.succeeded',
        '--seed',
        seed,
        '--print',
        'json',
      ])
      const { body } = JSON.parse(stdout) as { body: { data: string } }
      return [(JSON.parse(body.data) as { id: string }).id, /whsec_\w+/.exec(stderr)?.[0] ?? '']
    }
    const [[a, secretA], [b, secretB], [c]] = [await ids('1'), await ids('1'), await ids('2')]
    expect(a).toBe(b)
    expect(a).not.toBe(c)
    expect(secretA).not.toBe(secretB)
  })

  test('--no-store keeps nothing', async () => {
    const { port } = await app(() => ({ status: 200 }))
    expect(
      (
        await bench.run(
          ['send', 'stripe', 'charge.succeeded', '--to', String(port), '--no-store', ...WITH_SECRET],
          ENV,
        )
      ).status,
    ).toBe(0)
    expect((await bench.run(['list'])).stderr).toContain('nothing captured yet')
  })

  test('listen, given the same secret, finds what send signed valid, of six providers', async () => {
    const session = bench.start(['listen', '--port', '0', '--json', '--secret', 'env:S'], {
      env: { S: 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz' },
    })
    const text = await session.stdout.until(/"type":"ready".*\n/)
    const port = /localhost:(\d+)/.exec(text)?.[1] ?? ''
    const events = [
      ['stripe', 'invoice.paid'],
      ['github', 'push'],
      ['shopify', 'orders/create'],
      ['slack', 'message'],
      ['standard', 'user.registered'],
      ['typeform', 'form_response'],
    ]
    for (const [provider = '', event = ''] of events) {
      const { status, stderr } = await bench.run(
        ['send', provider, event, '--to', port, '--no-store', '--secret', 'env:S'],
        { env: { S: 'whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz' } },
      )
      expect([provider, status, stderr]).toEqual([provider, 0, expect.stringContaining('signed as')])
    }
    await session.stdout.until(/(?:"type":"request"[\s\S]*){6}\n$/)
    session.interrupt()
    await session.status
    const statuses = session.stdout.text().match(/"signature":\{"status":"\w+"/g)
    expect(statuses).toEqual(Array.from({ length: 6 }, () => '"signature":{"status":"valid"'))
  })
})

describe('how it ends', () => {
  const send = ['send', 'stripe', 'charge.succeeded', ...WITH_SECRET]

  test.each([
    [200, [], 0],
    [302, [], 1],
    [404, [], 4],
    [503, [], 5],
    [404, ['--expect', '404'], 0],
    [200, ['--expect', '4xx'], 6],
    [
      200,
      [
        '--expect',
        'response.status == 200 && response.body.ok == true && response.headers["x-a"] == "b" && response.ms < 30000',
      ],
      0,
    ],
    [200, ['--expect', 'response.body.ok == false'], 6],
    [200, ['--expect', 'response.body.nothing.here == 1'], 6],
  ])('an answer of %i with %j is exit %i', async (status, args, expected) => {
    const { port } = await app(() => ({ status, body: '{"ok":true}', headers: { 'X-A': 'b' } }))
    expect((await bench.run([...send, '--to', String(port), ...args], ENV)).status).toBe(expected)
  })

  test('nobody there is exit 1, with a hint', async () => {
    const { port, close } = await startApp(() => ({ status: 200 }))
    await close()
    const { status, stdout, stderr } = await bench.run([...send, '--to', String(port)], ENV)
    expect(status).toBe(1)
    expect(stdout).toContain('ECONNREFUSED')
    expect(stderr).toContain(`localhost:${port}: refused. Is the app running?`)
    expect((await bench.run(['show', 'last'])).stdout).toMatch(/send .* refused/)
  })

  test('no answer within --timeout is exit 1, and told as unknown', async () => {
    const { port } = await app(() => new Promise(() => {}))
    const { status, stdout } = await bench.run(
      [...send, '--to', String(port), '--timeout', '100ms', '--json'],
      ENV,
    )
    expect(status).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      type: 'delivery',
      cause: 'send',
      outcome: { kind: 'unknown', code: 'ETIMEDOUT' },
    })
  })

  test('redirects are not followed', async () => {
    const elsewhere = await app(() => ({ status: 200 }))
    const { port } = await app(() => ({
      status: 307,
      headers: { Location: `http://127.0.0.1:${elsewhere.port}/` },
    }))
    await bench.run([...send, '--to', String(port)], ENV)
    expect(elsewhere.received).toEqual([])
  })

  test.each([
    [['send'], /which provider, and which event/],
    [['send', 'stripe'], /which event of stripe\?[\s\S]*charge\.succeeded/],
    [['send', 'stripe', 'nope'], /stripe has no sample "nope"/],
    [['send', 'strpe', 'x'], /no provider "strpe"[\s\S]*stripe/],
    [[...send, '--to', 'http://u:p@localhost/'], /^(?!.*u:p).*--to: a user and a password in a URL/s],
    [[...send, '--to', 'ftp://x'], /--to/],
    [[...send, '--to', '/tmp'], /--to: .* is not a port, host:port or http URL/],
    [[...send, '--to', 'http:///tmp'], /--to: .* is not a port, host:port or http URL/],
    [[...send, '--to', '99999'], /--to/],
    [[...send, '--set', 'a.__proto__.b=1'], /--set: .* is not a path that may be set/],
    [[...send, '-H', 'X: a\r\nInjected: 1'], /not a header/],
    [[...send, '--rate', 'fast'], /not a rate/],
    [[...send, '--timeout', '0'], /--timeout: "0" is not more than 0/],
    [[...send, '--tamper', 'everything'], /--tamper: "everything" is not body, .*, or all/],
    [[...send, '--tamper', 'all,foo'], /--tamper: "foo" is not body/],
    [[...send, '--tamper', 'body', '--count', '3'], /goes without --count/],
    [[...send, '--expect', 'response.stat == 1 &&'], /--expect: the condition/],
    [[...send, '--expect', 'nonsense'], /--expect: the condition/],
    [[...send, '--scheme-name', 'v9'], /not a scheme of stripe: v1/],
    [[...send, '--print', 'xml'], /curl, http, or json/],
    [['send', 'paypal', 'PAYMENT.CAPTURE.COMPLETED'], /needs --option webhookId=/],
    [['send', 'discord', 'ping', '--body', '{}', '--secret', 'env:S'], /cannot sign as discord/],
    [['send', '--handshake', 'stripe'], /stripe sends no challenge/],
    [['send', '--handshake', 'meta'], /needs --option verifyToken=/],
  ])('%j is exit 2 and sends nothing', async (args, words) => {
    const { status, stdout, stderr } = await bench.run(args, ENV)
    expect(stderr).toMatch(words)
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).not.toContain(SECRET)
  })
})

describe('other machines', () => {
  const to = ['--to', 'http://192.0.2.1/', ...WITH_SECRET]

  test.each([
    [['--count', '101'], 'more than 100 events'],
    [['--tamper', 'body'], 'tampered events'],
  ])('%j needs --allow-remote', async (args, words) => {
    const { status, stderr } = await bench.run(['send', 'stripe', 'charge.succeeded', ...to, ...args], ENV)
    expect(stderr).toContain('192.0.2.1 is another machine')
    expect(stderr).toContain(words)
    expect(status).toBe(2)
  })

  test.each([
    'http://169.254.169.254/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[fd00:ec2::254]/',
    'http://2852039166/',
  ])('%s is never sent to, --allow-remote or not', async (url) => {
    const args = ['send', 'stripe', 'charge.succeeded', '--to', url, '--allow-remote', ...WITH_SECRET]
    const { status, stderr } = await bench.run(args, ENV)
    expect(stderr).toContain('metadata service')
    expect(status).toBe(1)
  })
})

describe('--tamper', () => {
  const args = (port: number, kinds: string): string[] => [
    'send',
    'stripe',
    'charge.succeeded',
    '--to',
    String(port),
    '--tamper',
    kinds,
    ...WITH_SECRET,
  ]

  test('a handler that checks rejects all four, the answers below each other: exit 0', async () => {
    const { port, received } = await app(stripeHandler(SECRET))
    const { status, stdout, stderr } = await bench.run(args(port, 'all'), {
      columns: 100,
      env: { ...ENV.env, NO_COLOR: '1' },
    })
    expect(stdout.match(/✓ rejected/g)).toHaveLength(4)
    expect(stdout).toMatch(
      /body changed after signing[\s\S]*signature of another secret[\s\S]*timestamp too old[\s\S]*no signature/,
    )
    const columns = stdout.split('\n', 4).map((line) => line.indexOf(' 400 '))
    expect(new Set(columns).size).toBe(1)
    expect(stderr).toContain('4 sent, none wrongly accepted')
    expect(status).toBe(0)
    expect(received).toHaveLength(4)
  })

  test('one that ignores the time is told so: exit 6', async () => {
    const { port } = await app(stripeHandler(SECRET, 1e9))
    const { status, stdout, stderr } = await bench.run(args(port, 'body,signature,timestamp'), {
      ...ENV,
      columns: 100,
    })
    expect(stdout).toMatch(/timestamp too old .*200.*✗ accepted: your handler does not check the timestamp/)
    expect(stdout.match(/✓ rejected/g)).toHaveLength(2)
    expect(stderr).toContain('3 sent, 1 wrongly accepted')
    expect(status).toBe(6)
  })

  test('one that checks nothing fails all, each with its reason', async () => {
    const { port } = await app(() => ({ status: 200 }))
    const { status, stdout } = await bench.run(args(port, 'all'), { ...ENV, columns: 120 })
    expect(stdout.match(/✗ accepted: your handler does not check the signature/g)).toHaveLength(2)
    expect(stdout).toContain('✗ accepted: your handler takes unsigned requests')
    expect(status).toBe(6)
  })

  test('an app that is not there has rejected nothing: said so, exit 1', async () => {
    const gone = await startApp(() => ({ status: 400 }))
    await gone.close()
    const { status, stderr } = await bench.run(args(gone.port, 'all'), ENV)
    expect(stderr).toContain('4 sent, none answered\n')
    expect(status).toBe(1)
  })

  test('one that answers only some has not been checked with the others: exit 1', async () => {
    const { port } = await app(({ headers }) =>
      headers['stripe-signature'] === undefined ? { status: 400 } : new Promise(() => {}),
    )
    const { status, stderr } = await bench.run([...args(port, 'body,missing'), '--timeout', '200ms'], ENV)
    expect(stderr).toContain('2 sent, none wrongly accepted, 1 not answered\n')
    expect(status).toBe(1)
  })

  test('what a signature does not cover is left out, and said', async () => {
    const { port, received } = await app(() => ({ status: 401 }))
    const { stderr, status } = await bench.run([
      'send',
      'telegram',
      'message',
      '--to',
      String(port),
      '--tamper',
      'all',
    ])
    expect(stderr).toContain('does not cover the body: --tamper body is left out')
    expect(stderr).toContain('no time with a limit: --tamper timestamp is left out')
    expect([status, received.length]).toEqual([0, 2])
  })

  test('tampered events are stored as what they are', async () => {
    const { port } = await app(() => ({ status: 400 }))
    await bench.run(args(port, 'all'), ENV)
    const { stdout } = await bench.run(['list'])
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[6]),
    ).toEqual(['unsigned', 'stale', 'invalid', 'invalid'])
  })
})

describe('--handshake', () => {
  const play = (port: number, ...args: string[]): string[] => [
    'send',
    '--handshake',
    'slack',
    '--to',
    String(port),
    ...args,
  ]

  test('a good answer passes, a bad one is told what is wrong with it', async () => {
    const good = await app(({ body }) => ({
      status: 200,
      body: (JSON.parse(body.toString()) as { challenge: string }).challenge,
    }))
    expect(await bench.run(play(good.port), { columns: 100 })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('✓ as the provider wants it'),
    })
    expect(good.received[0]?.headers['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/)
    const bad = await app(() => ({ status: 200, body: 'hello' }))
    expect(await bench.run(play(bad.port), { columns: 100 })).toMatchObject({
      status: 6,
      stdout: expect.stringMatching(/✗ the provider wants the body \w{32}/),
    })
    const worse = await app(() => ({ status: 404 }))
    expect((await bench.run(play(worse.port, '--json'))).stdout).toContain('"passed":false,"status":404')
  })

  test.each([
    'slack',
    'zoom',
    'discord',
    'twitch',
    'x',
    'meta',
    'xero',
    'asana',
    'dropbox',
    'cloudevents',
    'websub',
    'ms-graph',
    'okta',
  ])('listen answers %s as send wants it', async (provider) => {
    const key =
      provider === 'discord'
        ? await discordKeys()
        : { secret: 'CANARYhandshake0123456789', signing: 'CANARYhandshake0123456789' }
    const options = ['--option', 'verifyToken=tok']
    const listening = bench.start(
      ['listen', '--port', '0', '--no-store', '--secret', `${provider}=env:S`, ...options],
      { env: { S: key.secret } },
    )
    const text = await listening.stderr.until(/http:\/\/localhost:\d+\//)
    const port = Number(/localhost:(\d+)/.exec(text)?.[1])
    const result = await bench.run(
      ['send', '--handshake', provider, '--to', String(port), '--secret', 'env:S', ...options],
      { env: { S: key.signing } },
    )
    listening.interrupt()
    await listening.status
    expect(result.stdout + result.stderr).not.toContain('CANARY')
    expect({ provider, status: result.status, stdout: result.stdout }).toEqual({
      provider,
      status: 0,
      stdout: expect.stringContaining('as the provider wants it'),
    })
  })

  async function discordKeys(): Promise<{ secret: string; signing: string }> {
    const { stderr } = await bench.run(['send', 'discord', '--body', '{}', '--dry-run'])
    const find = (name: string): string => new RegExp(`${name}=(\\S+)`).exec(stderr)?.[1] ?? ''
    return { secret: find('DISCORD_PUBLIC_KEY'), signing: find('DISCORD_PUBLIC_KEY_SIGNING') }
  }
})

describe('many', () => {
  test('--rate holds its schedule without drift, and the summary tells counts and percentiles', async () => {
    const { port, received } = await app(() => ({ status: received.length % 10 === 0 ? 500 : 200 }))
    const args = [
      'send',
      'stripe',
      'charge.succeeded',
      '--to',
      String(port),
      '--count',
      '40',
      '--rate',
      '80/s',
      '--no-store',
      ...WITH_SECRET,
    ]
    const { status, stderr, stdout } = await bench.run(args, ENV)
    expect(stdout.trim().split('\n')).toHaveLength(40)
    const [first, last] = [received[0]?.at ?? 0, received.at(-1)?.at ?? 0]
    console.log(`send --rate 80/s: 40 events within ${(last - first).toFixed(1)} ms (due: 487.5 ms)`)
    expect(last - first).toBeGreaterThan(440)
    expect(last - first).toBeLessThan(900)
    expect(stderr).toMatch(/40 sent in .* \(\d+\.\d\/s\) {3}36 × 200 · 4 × 500 {3}p50 .* ms · p90 .* ms\n/)
    expect(stderr).not.toContain('p99')
    expect(status).toBe(5)
    expect(new Set(received.map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id)).size).toBe(
      40,
    )
  })

  test('--concurrency is how many are under way at once', async () => {
    let under = 0
    let most = 0
    const waiting: (() => void)[] = []
    const { port } = await app(async () => {
      most = Math.max(most, ++under)
      await new Promise<void>((resolve) => {
        waiting.push(resolve)
        if (waiting.length === 3) for (const go of waiting.splice(0)) go()
      })
      under--
      return { status: 200 }
    })
    const { status } = await bench.run(
      [
        'send',
        'stripe',
        'charge.succeeded',
        '--to',
        String(port),
        '--count',
        '9',
        '--concurrency',
        '3',
        ...WITH_SECRET,
      ],
      ENV,
    )
    expect([status, most]).toEqual([0, 3])
  })

  test('Ctrl-C stops, says what was sent, and is 130', async () => {
    const { port } = await app(() => ({ status: 200 }))
    const session = bench.start(
      [
        'send',
        'stripe',
        'charge.succeeded',
        '--to',
        String(port),
        '--count',
        '1000',
        '--rate',
        '20/s',
        ...WITH_SECRET,
      ],
      ENV,
    )
    await session.stdout.until(/(?:.*\n){3}/)
    session.interrupt()
    expect(await session.status).toBe(130)
    expect(session.stderr.text()).toMatch(/interrupted: \d of 1000 sent in/)
  })

  test('the store failing ends it with the store’s own error', async () => {
    writeFileSync(join(bench.home, 'not-a-db'), 'x'.repeat(200))
    const { port, received } = await app(() => ({ status: 200 }))
    const { status, stderr } = await bench.run(
      ['send', 'stripe', 'charge.succeeded', '--to', String(port), '--store', 'not-a-db', ...WITH_SECRET],
      ENV,
    )
    expect(stderr).toContain('cannot open the store')
    expect([status, received.length]).toEqual([1, 0])
  })
})

describe('without sending', () => {
  test('--dry-run prints the message, which verify reads back', async () => {
    const { status, bytes, stderr } = await bench.run(
      ['send', 'stripe', 'charge.succeeded', '--dry-run', ...WITH_SECRET],
      ENV,
    )
    expect(status).toBe(0)
    expect(bytes.toString('latin1')).toMatch(
      /^POST \/ HTTP\/1\.1\r\nHost: localhost:8484\r\n[\s\S]*\r\nStripe-Signature: t=\d+,v1=\w{64}\r\n[\s\S]*\r\n\r\n\{/,
    )
    expect(stderr).not.toContain(SECRET)
    expect((await bench.run(['verify', '-', ...WITH_SECRET], { ...ENV, stdin: bytes })).status).toBe(0)
    expect((await bench.run(['list'])).stderr).toContain('nothing captured yet')
  })

  test('--print curl is a command, --print json what verify reads too', async () => {
    const curl = await bench.run(
      ['send', 'github', 'ping', '--to', '3000/x', '--print', 'curl', ...WITH_SECRET],
      ENV,
    )
    expect(curl.stdout).toMatch(/^curl [\s\S]*'X-GitHub-Event: ping'[\s\S]*http:\/\/localhost:3000\/x\n$/)
    const json = await bench.run(['send', 'github', 'ping', '--print', 'json', ...WITH_SECRET], ENV)
    expect((await bench.run(['verify', '-', ...WITH_SECRET], { ...ENV, stdin: json.stdout })).status).toBe(0)
  })

  test('--list tells what there is', async () => {
    const all = await bench.run(['send', '--list'])
    expect(
      new Set(
        all.stdout
          .trim()
          .split('\n')
          .map((line) => line.split('\t')[0]),
      ).size,
    ).toBeGreaterThanOrEqual(50)
    const one = await bench.run(['send', 'stripe', '--list'], { columns: 80 })
    expect(one.stdout).toMatch(/checkout\.session\.completed.* A customer finished a Checkout/)
  })
})

describe('every provider with samples', () => {
  // What their schemes need beside the secret.
  const options = ['--option', 'publicKey=our_public_key', '--option', 'webhookId=8PT597110X687430LKGECATA']

  test.each(sampleProviders())('%s: verify accepts what send signs with a fresh secret', async (provider) => {
    const [event = ''] = sampleEvents(provider)
    const url = 'http://localhost:8484/hooks'
    const sent = await bench.run([
      'send',
      provider,
      event,
      '--to',
      url,
      '--print',
      'http',
      '--json',
      ...options,
    ])
    expect({ status: sent.status, stdout: sent.stdout !== '' }).toEqual({ status: 0, stdout: true })
    if (sent.stderr === '') return
    const { secret } = JSON.parse(sent.stderr) as { secret: string }
    // Twilio puts a hash of the body into the URL.
    const target = /^POST (\S+) /.exec(sent.stdout)?.[1] ?? ''
    const args = [
      'verify',
      '-',
      '--provider',
      provider,
      '--secret',
      'env:S',
      '--at',
      'now',
      '--public-url',
      `http://localhost:8484${target}`,
      ...options,
    ]
    const { stdout } = await bench.run([...args, '--json'], { env: { S: secret }, stdin: sent.bytes })
    expect(JSON.parse(stdout)).toEqual({ status: 'valid', provider })
  })
})
