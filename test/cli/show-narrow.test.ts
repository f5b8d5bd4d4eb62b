import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'
import { startListening } from '../helpers/listening.ts'
import { post } from '../helpers/post.ts'
import { displayWidth } from '../../src/ui/text.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.remove())

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLwSw'
const BODY = '{"id":"evt_1MfKQ9r8GKYqrTwjUPD8ILPZ","object":"event","type":"payment_intent.succeeded"}'
const ENV = { NO_COLOR: '1', WEBHOOK_CLI_SECRET: `stripe=${SECRET}` }

function signedBy(secret: string): string[] {
  const time = Math.floor(Date.now() / 1000)
  const signature = createHmac('sha256', secret).update(`${time}.${BODY}`).digest('hex')
  return ['Stripe-Signature', `t=${time},v1=${signature}`]
}

/** What a terminal would break itself, in the middle of a word. */
function tooWide(text: string, columns: number): string[] {
  return text.split('\n').filter((line) => displayWidth(line) > columns)
}

describe.each([60, 100])('on a terminal of %i columns no line is broken by the terminal', (columns) => {
  const terminal = { columns, env: ENV }

  test('of the banner of listen', async () => {
    const session = await startListening(bench, [], terminal)
    const banner = await session.stderr.until(/Keys[\s\S]*quit\n/)
    await session.end()
    expect(tooWide(banner, columns)).toEqual([])
    expect(banner.replaceAll(/\s+/g, ' ')).toContain('stripe, secret from WEBHOOK_CLI_SECRET (whsec_…LwSw)')
    expect(banner).toMatch(/^.*curl -d '\{"hello":"webhook"\}' http:\/\/localhost:\d+\/$/m)
  })

  test('of show and of verify', async () => {
    const session = await startListening(
      bench,
      ['--forward', 'localhost:1/a/long/path/for/what/nobody/takes'],
      {
        columns,
        env: ENV,
      },
    )
    await post(session.port, { path: '/stripe', headers: signedBy('whsec_another'), body: BODY })
    await session.stdout.until(/✗ stripe[\s\S]*refused/)
    await session.end()
    const shown = await bench.run(['show', 'last'], terminal)
    expect(shown.stdout).toMatch(/delivery evt_1MfKQ9r8GKYqrTwjUPD8ILPZ\b/)
    expect(shown.stdout).toMatch(/\nAttempts[\s\S]*refused/)
    const verified = await bench.run(['verify', 'last'], terminal)
    expect(verified.stdout).toMatch(/the 88 bytes\s+of the\s+body/)
    for (const { stdout } of [shown, verified]) expect(tooWide(stdout, columns)).toEqual([])
  })
})

test('in a pipe each fact of show keeps its line', async () => {
  const session = await startListening(bench, [], { env: ENV })
  await post(session.port, { path: '/stripe', headers: signedBy(SECRET), body: BODY })
  await session.stdout.until(/payment_intent/)
  await session.end()
  const { stdout } = await bench.run(['show', 'last'], { env: ENV })
  expect(stdout).toMatch(/^\w{8} {3}\S+Z {3}from 127\.0\.0\.1 {3}88 bytes$/m)
  expect(stdout).toMatch(/^event payment_intent\.succeeded {3}delivery evt_1MfKQ9r8GKYqrTwjUPD8ILPZ$/m)
})
