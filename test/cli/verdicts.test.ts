import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sign as signGithub } from '@octokit/webhooks-methods'
import { encodeSignatureHeader } from '@sanity/webhook'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { Stripe } from 'stripe'
import { Webhook as Svix } from 'svix'
import twilio from 'twilio'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Bench, BenchOptions, Session } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import type { Reply } from '../helpers/post.ts'
import { post } from '../helpers/post.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.remove())

type Listening = Session & { readonly port: number }

async function listening(args: readonly string[], options: BenchOptions = {}): Promise<Listening> {
  const session = bench.start(['listen', '--port', '0', ...args], options)
  const text = await (args.includes('--json')
    ? session.stdout.until(/"type":"ready".*\n/)
    : session.stderr.until(/http:\/\/[^\s]+:\d+\/[\s\S]*Try it/))
  return { ...session, port: Number(/http:\/\/[^\s"]+:(\d+)\//.exec(text)?.[1]) }
}

async function ended(session: Session): Promise<void> {
  session.interrupt()
  await session.status
}

interface Line {
  readonly type: string
  readonly target: string
  readonly provider?: string
  readonly signature: {
    readonly status: string
    readonly provider?: string
    readonly reason?: { code: string }
  }
}

async function requests(session: Session, count: number): Promise<Line[]> {
  const text = await session.stdout.until(new RegExp(`(?:"type":"request"[\\s\\S]*){${count}}\\n$`))
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
    .filter(({ type }) => type === 'request')
}

const stripe = new Stripe('sk_test_x')
const BODY = '{"id":"evt_1","type":"order.created","note":"Zoë"}'
const FORM = 'Body=hello+there&From=%2B1555'
const SECRETS = {
  stripe: 'whsec_CANARYstripe0123456789abcd',
  github: 'CANARY-github-0123456789',
  svix: `whsec_${Buffer.from('CANARY-svix-0123456789abcd').toString('base64')}`,
  standard: `whsec_${Buffer.from('CANARY-standard-0123456789').toString('base64')}`,
  twilio: 'CANARYtwilio0123456789abcdef0123',
  sanity: 'CANARY-sanity-0123456789',
}
const PUBLIC_URL = 'https://hooks.example.com'

function stripeHeaders(secret: string, body = BODY, timestamp = Math.floor(Date.now() / 1000)): string[] {
  return ['Stripe-Signature', stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp })]
}

/** Each request as the provider's own SDK signs it. */
async function signed(): Promise<Record<string, { headers: string[]; body: string }>> {
  const now = new Date()
  const seconds = String(Math.floor(now.getTime() / 1000))
  const id = 'msg_1'
  return {
    stripe: { body: BODY, headers: stripeHeaders(SECRETS.stripe) },
    github: {
      body: BODY,
      headers: ['X-GitHub-Event', 'push', 'X-Hub-Signature-256', await signGithub(SECRETS.github, BODY)],
    },
    svix: {
      body: BODY,
      headers: [
        'svix-id',
        id,
        'svix-timestamp',
        seconds,
        'svix-signature',
        new Svix(SECRETS.svix).sign(id, now, BODY),
      ],
    },
    'standard-webhooks': {
      body: BODY,
      headers: [
        'webhook-id',
        id,
        'webhook-timestamp',
        seconds,
        'webhook-signature',
        new StandardWebhook(SECRETS.standard).sign(id, now, BODY),
      ],
    },
    twilio: {
      body: FORM,
      headers: [
        'Content-Type',
        'application/x-www-form-urlencoded',
        'X-Twilio-Signature',
        twilio.getExpectedTwilioSignature(
          SECRETS.twilio,
          `${PUBLIC_URL}/twilio`,
          Object.fromEntries(new URLSearchParams(FORM)),
        ),
      ],
    },
    sanity: {
      body: BODY,
      headers: ['sanity-webhook-signature', await encodeSignatureHeader(BODY, now.getTime(), SECRETS.sanity)],
    },
  }
}

const SIX = [
  '--secret',
  'stripe=env:STRIPE',
  '--secret',
  'github=env:GITHUB',
  '--secret',
  'svix=env:SVIX',
  '--secret',
  'standard=file:standard.secret',
  '--secret',
  'twilio=env:TWILIO',
  '--secret',
  'sanity=-',
  '--public-url',
  PUBLIC_URL,
]

function six(): BenchOptions {
  writeFileSync(join(bench.home, 'standard.secret'), `${SECRETS.standard}\n`, { mode: 0o600 })
  const { stripe: STRIPE, github: GITHUB, svix: SVIX, twilio: TWILIO } = SECRETS
  return { env: { STRIPE, GITHUB, SVIX, TWILIO }, stdin: `${SECRETS.sanity}\n` }
}

describe('verdicts', () => {
  test('six secrets at once: what six official SDKs sign is valid, the same with another body is not', async () => {
    const session = await listening(['--json', ...SIX], six())
    const all = Object.entries(await signed())
    for (const [provider, { headers, body }] of all)
      await post(session.port, { path: `/${provider}`, headers, body })
    for (const [provider, { headers, body }] of all) {
      await post(session.port, { path: `/${provider}`, headers, body: body.replace(/hello|order/, 'other') })
    }
    const lines = await requests(session, 12)
    await ended(session)
    for (const [index, { target, provider, signature }] of lines.entries()) {
      expect([`/${provider}`, signature.provider]).toEqual([target, provider])
      expect([target, signature.status]).toEqual([target, index < 6 ? 'valid' : 'invalid'])
    }
    const printed = session.stdout.text() + session.stderr.text()
    for (const secret of Object.values(SECRETS)) expect(printed).not.toContain(secret)
  })

  test('a secret without a provider counts for whoever is detected', async () => {
    const session = await listening(['--json', '--secret', 'env:S'], { env: { S: SECRETS.stripe } })
    await post(session.port, { headers: stripeHeaders(SECRETS.stripe), body: BODY })
    await post(session.port, {
      headers: ['X-GitHub-Event', 'push', 'X-Hub-Signature-256', await signGithub(SECRETS.stripe, BODY)],
      body: BODY,
    })
    expect((await requests(session, 2)).map(({ signature }) => signature)).toEqual([
      { status: 'valid', provider: 'stripe' },
      { status: 'valid', provider: 'github' },
    ])
    await ended(session)
  })

  test('of providers that share their headers, the one whose secret fits is named', async () => {
    const args = ['--secret', 'clerk=env:A', '--secret', 'resend=env:B']
    const session = await listening(['--json', ...args], { env: { A: SECRETS.standard, B: SECRETS.svix } })
    const { headers = [] } = (await signed())['svix'] ?? {}
    await post(session.port, { headers, body: BODY })
    expect(await requests(session, 1)).toMatchObject([
      { provider: 'resend', signature: { status: 'valid', provider: 'resend' } },
    ])
    await ended(session)
  })

  test('--tolerance widens and narrows the window; outside it is stale, not invalid', async () => {
    const old = stripeHeaders(SECRETS.stripe, BODY, Math.floor(Date.now() / 1000) - 1000)
    for (const [args, status] of [
      [[], 'stale'],
      [['--tolerance', '1h'], 'valid'],
    ] as const) {
      const session = await listening(['--json', '--no-store', '--secret', 'stripe=env:S', ...args], {
        env: { S: SECRETS.stripe },
      })
      await post(session.port, { headers: old, body: BODY })
      expect(await requests(session, 1)).toMatchObject([{ signature: { status } }])
      await ended(session)
    }
  })

  test('the settings file names secrets, and its relative paths are its own', async () => {
    writeFileSync(join(bench.home, 's.txt'), SECRETS.stripe, { mode: 0o600 })
    writeFileSync(
      join(bench.home, 'webhook-cli.json'),
      JSON.stringify({ secrets: { stripe: 'file:./s.txt', github: ['env:OLD', 'env:NEW'] } }),
    )
    const env = { OLD: 'an old one', NEW: SECRETS.github }
    const session = await listening(['--json'], { env })
    await post(session.port, { headers: stripeHeaders(SECRETS.stripe), body: BODY })
    const { headers = [], body = '' } = (await signed())['github'] ?? {}
    await post(session.port, { headers, body })
    expect((await requests(session, 2)).map(({ signature }) => signature.status)).toEqual(['valid', 'valid'])
    await ended(session)
  })

  test('a provider of one’s own, from a file', async () => {
    const mine = {
      id: 'mine',
      detect: [{ header: 'X-Mine' }],
      schemes: [{ algorithm: 'hmac-sha256', signature: 'header:X-Mine', content: '{body}' }],
    }
    writeFileSync(join(bench.home, 'mine.json'), JSON.stringify(mine))
    const session = await listening(['--json', '--provider', './mine.json', '--secret', 'mine=env:S'], {
      env: { S: 'key' },
    })
    await post(session.port, {
      headers: ['X-Mine', createHmac('sha256', 'key').update(BODY).digest('hex')],
      body: BODY,
    })
    expect(await requests(session, 1)).toMatchObject([{ signature: { status: 'valid', provider: 'mine' } }])
    await ended(session)
  })
})

describe('--on-invalid', () => {
  async function statuses(args: readonly string[]): Promise<Reply[]> {
    const session = await listening(['--secret', 'stripe=env:S', ...args], { env: { S: SECRETS.stripe } })
    const replies = [
      await post(session.port, { headers: stripeHeaders(SECRETS.stripe), body: BODY }),
      await post(session.port, { headers: stripeHeaders('another'), body: BODY }),
      await post(session.port, { headers: stripeHeaders(SECRETS.stripe, BODY, 1_700_000_000), body: BODY }),
    ]
    await session.stdout.until(/(?:.*\n){3}/)
    await ended(session)
    return replies
  }

  test('reject answers 401 to what is wrong or stale, and keeps it all the same', async () => {
    const replies = await statuses(['--on-invalid', 'reject'])
    expect(replies.map(({ status }) => status)).toEqual([200, 401, 401])
    expect(replies[1]?.body).toBe('{"error":"invalid signature"}')
    const { stdout } = await bench.run(['list'])
    expect(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[6]),
    ).toEqual(['stale', 'invalid', 'valid'])
  })

  test('mark, the default, answers all the same', async () => {
    expect((await statuses([])).map(({ status }) => status)).toEqual([200, 200, 200])
  })
})

describe('what is told', () => {
  test('the banner names secrets by source and last four; the line has the reason and what to type', async () => {
    const session = await listening(
      ['--secret', 'stripe=env:STRIPE_WEBHOOK_SECRET', '--secret', 'env:OTHER'],
      {
        columns: 100,
        env: { NO_COLOR: '1', STRIPE_WEBHOOK_SECRET: SECRETS.stripe, OTHER: 'short' },
      },
    )
    expect(session.stderr.text()).toContain(
      '➜  Signature   stripe, secret from STRIPE_WEBHOOK_SECRET (whsec_…abcd)\n',
    )
    expect(session.stderr.text()).toContain('any provider, secret from OTHER (…)\n')
    await post(session.port, { headers: stripeHeaders(SECRETS.stripe), body: BODY })
    await post(session.port, { headers: stripeHeaders('another'), body: BODY })
    const text = await session.stdout.until(/✓ stripe[\s\S]*✗ stripe[\s\S]*\n$/)
    expect(text).toMatch(
      /✗ stripe +[a-z2-9]{4}\n {10}✗ the signature does not match\n {10}\$ webhook-cli verify [a-z2-9]{4} --secret stripe=env:STRIPE_WEBHOOK_SECRET --secret env:OTHER\n/,
    )
    await ended(session)
    expect(session.stderr.text()).toContain('1 bad signature')
  })

  test('the command that looks closer leaves out what was typed of a secret, and what is of other providers', async () => {
    const args = [
      '--secret',
      SECRETS.stripe,
      '--secret',
      'github=env:OTHER',
      '--public-url',
      'https://a.test/$x',
    ]
    const session = await listening(args, { columns: 100, env: { NO_COLOR: '1', OTHER: 'x' } })
    await post(session.port, { headers: stripeHeaders('another'), body: BODY })
    const text = await session.stdout.until(/webhook-cli verify .*\n/)
    expect(text).toMatch(/verify [a-z2-9]{4} --public-url 'https:\/\/a\.test\/\$x'\n/)
    await ended(session)
  })

  test('of what is not kept nothing can be looked at later', async () => {
    const session = await listening(['--no-store', '--secret', 'env:OTHER'], {
      columns: 100,
      env: { NO_COLOR: '1', OTHER: 'x' },
    })
    await post(session.port, { headers: stripeHeaders('another'), body: BODY })
    const text = await session.stdout.until(/the signature does not match\n/)
    await ended(session)
    expect(text).not.toContain('webhook-cli verify')
  })

  test('on a narrow terminal the hint at a secret is broken between words', async () => {
    const session = await listening([], { columns: 60, env: { NO_COLOR: '1' } })
    await post(session.port, { headers: stripeHeaders('x'), body: BODY })
    const text = await session.stdout.until(/=env:NAME\)\n/)
    expect(text).toContain('but no secret given\n          (--secret stripe=env:NAME)\n')
    await ended(session)
  })

  test('who signs without a secret being known is said once', async () => {
    const session = await listening([], { columns: 100, env: { NO_COLOR: '1' } })
    for (let i = 0; i < 2; i++) await post(session.port, { headers: stripeHeaders('x'), body: BODY })
    await session.stdout.until(/(?:– stripe[\s\S]*){2}\n/)
    await ended(session)
    expect(
      session.stdout.text().match(/signed by stripe, but no secret given \(--secret stripe=env:NAME\)/g),
    ).toHaveLength(1)
  })
})

describe('secrets', () => {
  test('a literal one works and warns, without being repeated', async () => {
    const session = await listening(['--secret', `stripe=${SECRETS.stripe}`])
    expect(session.stderr.text()).toMatch(/note: a secret on the command line stays in the shell history/)
    expect(session.stderr.text()).not.toContain(SECRETS.stripe)
    await ended(session)
  })

  test('a file that others can read is told', async () => {
    writeFileSync(join(bench.home, 's'), SECRETS.stripe, { mode: 0o644 })
    const session = await listening(['--secret', 'stripe=file:s'])
    expect(session.stderr.text()).toContain('others can read s (mode 644)')
    await ended(session)
  })

  test.each([
    [['--secret', 'stripe=env:NOPE'], 2, /--secret env:NOPE: that variable is not set/],
    [['--secret', 'strpe=env:S'], 2, /no provider "strpe"[\s\S]*close: stripe/],
    [['--secret', 'file:/nowhere/s'], 1, /--secret: cannot read \/nowhere\/s \(no such file or folder\)/],
    [['--secret', 'file:/dev/null'], 2, /the secret from \/dev\/null is empty/],
    [['--secret', '-', '--secret', 'stripe=-'], 2, /only one --secret can come from stdin/],
    [['--option', 'novalue'], 2, /--option: "novalue" is not of the form/],
    [['--option', 'token=env:NOPE'], 2, /that variable is not set/],
    [['--public-url', 'example.com'], 2, /--public-url: "example.com" is not a URL/],
    [['--on-invalid', 'maybe'], 2, /mark or reject/],
    [['--provider', './none.json'], 1, /cannot read/],
    [['--provider', 'strpe'], 2, /no provider "strpe"/],
  ])('%j is refused in words', async (args, status, words) => {
    const result = await bench.run(['listen', '--port', '0', ...args], { env: { S: SECRETS.stripe } })
    expect(result.stderr).toMatch(words)
    expect({ status: result.status, stdout: result.stdout }).toEqual({ status, stdout: '' })
  })

  test('the settings file may not hold a secret itself, and is not quoted', async () => {
    writeFileSync(
      join(bench.home, 'webhook-cli.json'),
      JSON.stringify({ secrets: { stripe: SECRETS.stripe } }),
    )
    const { status, stderr } = await bench.run(['listen', '--port', '0'])
    expect(status).toBe(2)
    expect(stderr).toMatch(/webhook-cli\.json[\s\S]*env:NAME or file:PATH/)
    expect(stderr).not.toContain(SECRETS.stripe)
  })

  test('a variable that only the settings name may be absent: told once, the others count', async () => {
    writeFileSync(
      join(bench.home, 'webhook-cli.json'),
      '{"secrets":{"github":"env:ABSENT","stripe":"env:S"}}',
    )
    const session = await listening(['--json'], { env: { S: SECRETS.stripe } })
    await post(session.port, { headers: stripeHeaders(SECRETS.stripe), body: BODY })
    expect(await requests(session, 1)).toMatchObject([{ signature: { status: 'valid' } }])
    await ended(session)
    expect(session.stderr.text()).toMatch(/note: .*env:ABSENT, and that variable is not set/)
  })

  test('help paths shows where a secret is, never what it is', async () => {
    const env = { WEBHOOK_CLI_SECRET: `stripe=env:S\n${SECRETS.stripe}` }
    const { stdout } = await bench.run(['help', 'paths'], { env })
    expect(stdout).toContain('stripe=env:S,whsec_…abcd')
    expect(stdout).not.toContain(SECRETS.stripe)
  })
})

describe('handshakes', () => {
  async function hears(args: readonly string[], env: Record<string, string> = {}): Promise<Listening> {
    return listening(args, { env })
  }

  test('a Slack challenge is answered as plain text that no browser sniffs, and kept', async () => {
    const session = await hears([])
    const body = '{"token":"t","challenge":"abc<script>","type":"url_verification"}'
    const reply = await post(session.port, { headers: ['Content-Type', 'application/json'], body })
    expect(reply).toMatchObject({ status: 200, body: 'abc<script>' })
    expect(reply.headers).toMatchObject({ 'content-type': 'text/plain', 'x-content-type-options': 'nosniff' })
    await session.stderr.until(/answered the challenge of slack \(url_verification\)/)
    await ended(session)
    expect((await bench.run(['list'])).stdout).toContain('url_verification')
  })

  test('with --handshake off it is a request like any other', async () => {
    const session = await hears(['--handshake', 'off'])
    const reply = await post(session.port, {
      body: '{"token":"t","challenge":"abc","type":"url_verification"}',
    })
    expect(reply.body).toBe('{"ok":true}')
    await ended(session)
  })

  test('Meta is answered only with the verify token, and refused with a wrong one', async () => {
    const query = '/?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token='
    const without = await hears(['--no-store'])
    expect((await post(without.port, { method: 'GET', path: `${query}right` })).body).toBe('{"ok":true}')
    await ended(without)
    const session = await hears(['--no-store', '--option', 'verifyToken=env:TOKEN'], { TOKEN: 'right' })
    expect(await post(session.port, { method: 'GET', path: `${query}right` })).toMatchObject({
      status: 200,
      body: '1158201444',
    })
    expect(await post(session.port, { method: 'GET', path: `${query}wrong` })).toMatchObject({ status: 403 })
    await session.stderr.until(/challenge of meta .* was refused/)
    await ended(session)
  })

  test('an answer that is a signature is never made with a secret given for any provider', async () => {
    const shared = await hears(['--no-store', '--secret', 'env:S'], { S: SECRETS.stripe })
    expect((await post(shared.port, { method: 'GET', path: '/?crc_token=1700000000.{}' })).body).toBe(
      '{"ok":true}',
    )
    await ended(shared)
    const own = await hears(['--no-store', '--secret', 'x=env:S'], { S: 'key' })
    const { body } = await post(own.port, { method: 'GET', path: '/?crc_token=abc' })
    expect(body).toContain(createHmac('sha256', 'key').update('abc').digest('base64'))
    await ended(own)
  })

  test('the secret that Asana hands over is echoed, told masked and used from then on', async () => {
    const session = await hears(['--no-store'])
    const secret = 'CANARYasana0123456789abcdef'
    const reply = await post(session.port, { headers: ['X-Hook-Secret', secret] })
    expect(reply.headers['x-hook-secret']).toBe(secret)
    await session.stderr.until(/answered the challenge of asana .*; its secret …cdef is used from now on/)
    const body = '{"events":[]}'
    await post(session.port, {
      headers: ['X-Hook-Signature', createHmac('sha256', secret).update(body).digest('hex')],
      body,
    })
    await session.stdout.until(/\tvalid\t/)
    await ended(session)
    expect(session.stdout.text() + session.stderr.text()).not.toContain(secret)
  })

  test('a subscription is not confirmed unasked: its URL is shown, and other hosts are none', async () => {
    const session = await hears(['--no-store'])
    const confirmation = (url: string): string =>
      JSON.stringify({
        Type: 'SubscriptionConfirmation',
        TopicArn: 'arn:aws:sns:us-east-1:1:t',
        MessageId: 'm',
        Token: 't',
        Message: 'm',
        Timestamp: '2026-01-01T00:00:00.000Z',
        SubscribeURL: url,
      })
    const headers = ['x-amz-sns-message-type', 'SubscriptionConfirmation']
    await post(session.port, {
      headers,
      body: confirmation('https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=t'),
    })
    await session.stderr.until(
      /waits to be confirmed by fetching https:\/\/sns\.us-east-1\.amazonaws\.com\/\?Action=ConfirmSubscription&Token=t \(--confirm-subscriptions\)/,
    )
    await post(session.port, {
      headers,
      body: confirmation('https://sns.us-east-1.amazonaws.com.evil.test/?Action=ConfirmSubscription'),
    })
    await session.stdout.until(/(?:.*\n){2}/)
    await ended(session)
    expect(session.stderr.text()).not.toContain('evil')
  })
})
