import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Stripe } from 'stripe'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { freePort } from '../helpers/listening.ts'
import type { Receiver, Shown } from '../helpers/receivers.ts'
import { answerOf, FLASK_PYTHON, shownPart, startExpress, startFlask } from '../helpers/receivers.ts'
import type { Listening, Spawned } from '../helpers/spawn.ts'
import { runCli, spawnCli, startListen } from '../helpers/spawn.ts'

const SECRETS = {
  STRIPE_WEBHOOK_SECRET: 'whsec_receivers0123456789abcdefghij',
  GITHUB_WEBHOOK_SECRET: 'a secret of the repository',
  SLACK_SIGNING_SECRET: '8f742231b10e8888abcd99yyyzzz85a5',
}
const STRIPE = ['--secret', 'stripe=env:STRIPE_WEBHOOK_SECRET']
const GITHUB = ['--secret', 'github=env:GITHUB_WEBHOOK_SECRET']
const SLACK = ['--secret', 'slack=env:SLACK_SIGNING_SECRET']
const DAY = 86_400_000

if (FLASK_PYTHON === undefined) console.log('skipped: a receiver in Flask (Debian: python3-flask)')
const HAS_MAKE = spawnSync('make', ['--version']).status === 0
if (!HAS_MAKE) console.log('skipped: a build on a push (make is not installed)')

let express: Receiver
let flask: Receiver | undefined
beforeAll(async () => {
  ;[express, flask] = await Promise.all([
    startExpress(SECRETS),
    FLASK_PYTHON === undefined ? undefined : startFlask(FLASK_PYTHON, SECRETS),
  ])
})
afterAll(() => Promise.all([express.stop(), flask?.stop()]))

let bench: Bench
let home: string
const running: Spawned[] = []
beforeEach(() => {
  bench = createBench()
  home = bench.home
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((spawned) => end(spawned)))
  bench.remove()
})

async function end(spawned: Spawned): Promise<void> {
  spawned.child.kill('SIGTERM')
  await spawned.ended
}

const cli = (...args: string[]): ReturnType<typeof runCli> => runCli(args, { home, env: SECRETS })

/** Sends as a provider would; the store is the listener's alone. */
const send = (...args: string[]): ReturnType<typeof runCli> => cli('send', ...args, '--no-store', '--json')

async function listen(...args: string[]): Promise<Listening> {
  const listening = await startListen(args, { home, env: SECRETS })
  running.push(listening)
  return listening
}

async function show(ref: string): Promise<Shown> {
  const { status, stdout } = await bench.run(['show', ref, '--json'])
  expect(status).toBe(0)
  return JSON.parse(stdout) as Shown
}

/** Newest first: path, event, verdict and what came of it, as `list` has it in a pipe. */
async function list(...args: string[]): Promise<string[][]> {
  const { stdout } = await bench.run(['list', ...args])
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([, , , path = '', event = '', , verdict = '', outcome = '']) => [path, event, verdict, outcome])
}

describe('payments: Express with express.raw and the SDK of Stripe', () => {
  test('verifies what is sent to it, and what a listener passes on', async () => {
    const direct = await cli(
      'send',
      'stripe',
      'payment_intent.succeeded',
      '--to',
      `${express.port}/stripe`,
      ...STRIPE,
    )
    expect(direct.code).toBe(0)
    const sent = await show('last')
    expect(sent).toMatchObject({ source: 'sent', signature: { status: 'valid' } })
    expect(answerOf(sent)).toEqual({ verified: 'payment_intent.succeeded' })

    const { port } = await listen(String(express.port), ...STRIPE)
    const relayed = await send('stripe', 'charge.refunded', '--to', `${port}/stripe`, ...STRIPE)
    expect([relayed.code, relayed.stdout.toString()]).toEqual([0, expect.stringContaining('charge.refunded')])
    const captured = await show('last')
    expect(captured).toMatchObject({ source: 'captured', signature: { status: 'valid' } })
    expect(answerOf(captured)).toEqual({ verified: 'charge.refunded' })
    expect(await list()).toEqual([
      ['/stripe', 'charge.refunded', 'valid', '200'],
      ['/stripe', 'payment_intent.succeeded', 'valid', '200'],
    ])
  })

  test('rejects every tampered event, also behind a listener that marks each for what it is', async () => {
    const { port } = await listen(String(express.port), ...STRIPE)
    const { code, stdout } = await send(
      'stripe',
      'charge.succeeded',
      '--to',
      `${port}/stripe`,
      ...STRIPE,
      '--tamper',
      'all',
    )
    expect(code).toBe(0)
    expect(stdout.toString().match(/"passed":true,"judgement":"rejected"/g)).toHaveLength(4)
    expect((await list()).map(([, , verdict, outcome]) => [verdict, outcome])).toEqual([
      ['invalid', '400'],
      ['stale', '400'],
      ['invalid', '400'],
      ['invalid', '400'],
    ])
  })

  test('rejects a day-old capture for its age, and accepts it signed anew', async () => {
    const receivedAt = Date.now() - DAY
    const payload = JSON.stringify({ id: 'evt_1', object: 'event', type: 'invoice.paid' }, undefined, 2)
    const signature = new Stripe('sk_test_none').webhooks.generateTestHeaderString({
      payload,
      secret: SECRETS.STRIPE_WEBHOOK_SECRET,
      timestamp: Math.floor(receivedAt / 1000),
    })
    const capture = {
      v: 1,
      type: 'request',
      receivedAt: new Date(receivedAt).toISOString(),
      method: 'POST',
      target: '/stripe',
      httpVersion: '1.1',
      headers: [
        ['Content-Type', 'application/json'],
        ['Stripe-Signature', signature],
      ],
      body: { size: payload.length, encoding: 'utf8', data: payload },
    }
    writeFileSync(join(home, 'yesterday.ndjson'), `${JSON.stringify(capture)}\n`)
    expect((await cli('import', 'yesterday.ndjson')).code).toBe(0)

    const asItWas = await cli('replay', 'last', '--to', String(express.port))
    expect([asItWas.code, asItWas.stderr]).toEqual([4, expect.stringContaining('--resign')])
    const anew = await cli('replay', 'last', '--to', String(express.port), '--resign', ...STRIPE)
    expect([anew.code, anew.stderr]).toEqual([0, ''])
    const shown = await show('last')
    const [old, fresh] = shown.deliveries
    expect(answerOf(shown, old)).toEqual({ error: expect.stringContaining('outside the tolerance zone') })
    expect(answerOf(shown, fresh)).toEqual({ verified: 'invoice.paid' })
  })
})

test('sign-ups: serve tells a listener, and Express verifies with the secret of the subscription', async () => {
  const serve = spawnCli(['serve', '--port', '0', '--json'], { home })
  running.push(serve)
  const service = `http://127.0.0.1:${/"port":(\d+)/.exec(await serve.until('stdout', /"ready".*\n/))?.[1]}`
  const postJson = async (path: string, body: object): Promise<Record<string, unknown>> => {
    const headers = { 'Content-Type': 'application/json' }
    const answer = await fetch(service + path, { method: 'POST', headers, body: JSON.stringify(body) })
    expect(answer.status).toBe(201)
    return (await answer.json()) as Record<string, unknown>
  }
  // As on a real site: the address comes first, and with the subscription the secret.
  const port = await freePort()
  const url = `http://127.0.0.1:${port}/sign-ups`
  const { secret } = await postJson('/webhooks', { url, events: ['user_*'] })
  const env = { SIGN_UPS_SECRET: String(secret) }
  const app = await startExpress(env)
  try {
    const args = [
      'listen',
      String(app.port),
      '--port',
      String(port),
      '--secret',
      'env:SIGN_UPS_SECRET',
      '--json',
    ]
    const listening = spawnCli(args, { home, env })
    running.push(listening)
    await listening.until('stdout', /"type":"ready".*\n/)
    await postJson('/users', { name: 'Ada', email: 'ada@example.com' })
    await listening.until('stdout', /"type":"delivery".*\n/)
    await end(listening)
  } finally {
    await app.stop()
  }
  const shown = await show('last')
  expect(shown).toMatchObject({ event: 'user_registered', signature: { status: 'valid' } })
  expect(answerOf(shown)).toEqual({ verified: 'user_registered', welcomed: 'ada@example.com' })
  expect(await list()).toEqual([['/sign-ups', 'user_registered', 'valid', '200']])
})

describe('builds on a push', () => {
  test.runIf(HAS_MAKE)(
    'make runs on what GitHub has signed and nothing else; both results are kept',
    async () => {
      writeFileSync(
        join(home, 'Makefile'),
        'build: app\napp: source\n\tgrep -q works source\n\tcp source app\n',
      )
      writeFileSync(join(home, 'source'), 'it works')
      const only = ['--provider', 'github', '--event', 'push', '--on-invalid', 'reject', ...GITHUB]
      const { port, child, stdout, ended } = await listen(...only, '--exec', 'make build')
      const builds = (): number => stdout().toString().split('"cause":"exec"').length - 1
      const github = (event: string, ...args: string[]) =>
        send('github', event, '--to', String(port), ...GITHUB, ...args)

      expect((await github('push')).code).toBe(0)
      await expect.poll(builds, { timeout: 20_000 }).toBe(1)
      expect(readFileSync(join(home, 'app'), 'utf8')).toBe('it works')

      writeFileSync(join(home, 'source'), 'it is broken')
      expect((await github('push', '--tamper', 'body,signature,missing')).code).toBe(0)
      await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: '{"event":"push"}' })
      expect((await github('ping')).code).toBe(0)
      expect((await github('push')).code).toBe(0)
      await expect.poll(builds, { timeout: 20_000 }).toBe(2)
      child.kill('SIGTERM')
      await ended

      expect(await list()).toEqual([
        ['/', 'push', 'valid', 'exit 2'],
        ['/', 'ping', 'valid', ''],
        ['/', 'push', 'unsigned', ''],
        ['/', 'push', 'invalid', ''],
        ['/', 'push', 'invalid', ''],
        ['/', 'push', 'invalid', ''],
        ['/', 'push', 'valid', 'exit 0'],
      ])
      expect((await list('--failed'))[0]).toEqual(['/', 'push', 'valid', 'exit 2'])
      const { outcome } = (await show('last')).deliveries[0] ?? {}
      expect(outcome?.output?.data).toMatch(/^grep -q works source\nmake: .*Error 1\n$/)
    },
  )

  test.runIf(FLASK_PYTHON !== undefined)(
    'Flask verifies a push that a listener passes on, and rejects wrong ones',
    async () => {
      const { port } = await listen(String(flask?.port), ...GITHUB)
      const target = ['--to', `${port}/github`, ...GITHUB]
      expect((await send('github', 'push', ...target)).code).toBe(0)
      const shown = await show('last')
      expect(shown).toMatchObject({ event: 'push', signature: { status: 'valid' } })
      expect(answerOf(shown)).toEqual({ verified: 'push' })
      const wrong = await send('github', 'push', ...target, '--tamper', 'body,signature,missing')
      expect(wrong.stdout.toString().match(/"status":401.*"passed":true/g)).toHaveLength(3)
      expect((await list()).map(([, , verdict, outcome]) => [verdict, outcome])).toEqual([
        ['invalid', '401'],
        ['invalid', '401'],
        ['invalid', '401'],
        ['valid', '200'],
      ])
    },
  )
})

describe.runIf(FLASK_PYTHON !== undefined)('notifications', () => {
  test('Flask verifies messages of Slack, answers its challenge, and rejects late ones', async () => {
    const to = ['--to', `${flask?.port}/slack`, ...SLACK]
    expect((await cli('send', 'slack', 'app_mention', ...to)).code).toBe(0)
    expect(answerOf(await show('last'))).toEqual({ verified: 'app_mention' })
    expect((await send('--handshake', 'slack', ...to)).code).toBe(0)
    const wrong = await send('slack', 'app_mention', ...to, '--tamper', 'all')
    expect([wrong.code, wrong.stdout.toString().match(/"status":401.*"passed":true/g)?.length]).toEqual([
      0, 4,
    ])
  })

  test.runIf(process.platform === 'linux')(
    '--notify shows the message that Flask verifies on the desktop',
    async () => {
      const shown = join(home, 'shown')
      writeFileSync(
        join(home, 'notify-send'),
        `#!/bin/sh\nprintf '%s\\n' "$@" > '${shown}.part'\nmv '${shown}.part' '${shown}'\n`,
      )
      chmodSync(join(home, 'notify-send'), 0o755)
      const env = { ...SECRETS, PATH: `${home}:${process.env['PATH'] ?? ''}`, DISPLAY: ':9' }
      const args = [String(flask?.port), '--notify', 'event:app_mention', ...SLACK]
      const listening = await startListen(args, { home, env })
      running.push(listening)
      expect((await send('slack', 'app_mention', '--to', `${listening.port}/slack`, ...SLACK)).code).toBe(0)
      await expect.poll(() => existsSync(shown), { timeout: 10_000 }).toBe(true)
      expect(readFileSync(shown, 'utf8')).toMatch(/^app_mention\nslack .*POST \/slack$/m)
      expect(answerOf(await show('last'))).toEqual({ verified: 'app_mention' })
    },
  )
})

describe('an app that verifies a body parsed and written anew', () => {
  const mistakes = [
    {
      framework: 'express',
      status: 400,
      event: ['stripe', 'charge.succeeded'],
      secret: STRIPE,
      right: 'express.raw(',
      port: () => express.port,
    },
    {
      framework: 'flask',
      status: 401,
      event: ['github', 'push'],
      secret: GITHUB,
      right: 'request.get_data()',
      port: () => flask?.port,
    },
  ] as const

  test.for(mistakes.filter(({ framework }) => framework !== 'flask' || FLASK_PYTHON !== undefined))(
    '$framework rejects what verify says is valid, and verify leads to the raw body',
    async ({ framework, status, event, secret, right, port }) => {
      const [provider] = event
      const { port: listener } = await listen(String(port()), ...secret)
      const at = (path: string) => send(...event, '--to', `${listener}/${path}${provider}`, ...secret)
      expect((await at('')).code).toBe(0)
      expect((await at('mistaken/')).code).toBe(4)

      const verified = await cli('verify', 'last', ...secret)
      const words = verified.stdout.toString()
      expect(verified.code).toBe(0)
      expect(words).toMatch(new RegExp(`^✓ ${provider}: the signature is right\n`))
      expect(words).toContain(`/mistaken/${provider} answered ${status} to this request all the same.`)
      expect(words).toMatch(/another secret, or does not verify the body as it came/)
      expect(words.split('\n').find((line) => line.trim().startsWith(framework))).toContain(right)
      expect((await bench.run(['help', 'signatures'])).stdout).toContain(right)
      // Where the app has taken it, there is nothing to explain.
      const taken = await bench.run(['verify', 'last~1', ...secret], { env: SECRETS })
      expect([taken.status, taken.stdout]).toEqual([0, expect.not.stringContaining('all the same')])
    },
  )
})

test('the receivers of the README are these', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8')
  const blocks = [...readme.matchAll(/^```(?:python|js)\n([\s\S]*?)^```$/gm)].map(([, code]) => code)
  expect(blocks).toEqual([shownPart('flask_app.py'), shownPart('express_app.mjs')])
})
