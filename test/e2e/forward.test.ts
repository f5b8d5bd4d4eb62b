import { connect, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { Stripe } from 'stripe'
import { describe, expect, test } from 'vitest'
import { post } from '../helpers/post.ts'
import { createHome, runCli, spawnCli, startListen } from '../helpers/spawn.ts'
import { readKept, startTarget, untilNothingIsOwed } from '../helpers/target.ts'
import { testHome } from '../helpers/test-home.ts'

const here = testHome()

async function listener(flags: readonly string[], at = here.home): ReturnType<typeof startListen> {
  return here.watched(await startListen(flags, { home: at }))
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Carries bytes to a port, and knows nothing of HTTP: a tunnel. */
async function relay(to: () => number): Promise<number> {
  const server = createServer((client) => {
    const target = connect(to(), '127.0.0.1')
    for (const socket of [client, target]) socket.on('error', () => {})
    client.pipe(target).pipe(client)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  here.cleanUp(() => server.close())
  return (server.address() as AddressInfo).port
}

describe('R-FWD-12: requests do not go in circles', () => {
  test.each([
    '{}',
    '127.0.0.1:{}',
    '0.0.0.0:{}',
    '[::1]:{}',
    '[::]:{}',
    '[::ffff:127.0.0.1]:{}',
    'localhost.:{}',
    'http://localhost:{}/hooks',
  ])('the listener’s own port as %s is refused with 2, and nothing is opened', async (form) => {
    const port = await freePort()
    const target = form.replace('{}', String(port))
    for (const flags of [[target], ['--forward', target], ['--route', `* -> ${target}`]]) {
      const { code, stderr, stdout } = await runCli(
        ['listen', ...flags, '--port', String(port), '--for', '1s'],
        { home: here.home },
      )
      expect([flags[0], code]).toEqual([flags[0], 2])
      expect(stderr).toMatch(/is this listener itself/)
      expect(stdout).toHaveLength(0)
    }
  })

  test('from A through a relay to B and back to A: 508 within five captures, which the first sender is told', async () => {
    const ports = { a: 0 }
    const back = await relay(() => ports.a)
    const other = createHome()
    here.cleanUp(other.remove)
    const b = await listener([`127.0.0.1:${back}`], other.home)
    const there = await relay(() => b.port)
    const a = await listener([`127.0.0.1:${there}`])
    ports.a = a.port
    const { status } = await post(a.port, { body: 'round' })
    const captured = [await readKept(here.home), await readKept(other.home)].map(({ all }) => all.length)
    console.log(`R-FWD-12: A -> B -> A: ${captured.join(' + ')} captures, the sender got ${status}`)
    expect(status).toBe(508)
    expect(captured.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(5)
  })

  test('a worker that delivers to the listener it works for comes to an end too', async () => {
    const listening = await listener([])
    await post(listening.port, { body: 'round' })
    const flags = ['forward', `127.0.0.1:${listening.port}`, '--retries', '0']
    const working = spawnCli(flags, { home: here.home })
    await working.until('stdout', /\t508\t/)
    working.child.kill('SIGTERM')
    expect(await working.ended).toEqual({ code: 0, signal: null })
    expect((await readKept(here.home)).all).toHaveLength(5)
  })
})

const SECRET = 'whsec_an_example'

test(
  'an app that is restarted ten times while 1,000 signed events arrive has processed each, every signature valid',
  { timeout: 120_000 },
  async () => {
    const stripe = new Stripe('sk_test_unused')
    const app = await startTarget()
    here.cleanUp(() => app.close())
    // Work that is done and not yet answered when the app goes down.
    app.conduct = { kind: 'answer', afterMs: 5 }
    const processed = new Set<string>()
    let invalid = 0
    app.onArrival = ({ body, headers }) => {
      try {
        processed.add(
          stripe.webhooks.constructEvent(
            Buffer.from(body, 'latin1'),
            String(headers['stripe-signature']),
            SECRET,
          ).id,
        )
        return 200
      } catch {
        invalid++
        return 400
      }
    }
    const listening = await listener([app.url, '--respond', '202', '--retries', '100', '--backoff', '50ms'])
    const statuses: number[] = []
    const sender = async (from: number, step: number): Promise<void> => {
      for (let n = from; n < 1000; n += step) {
        const payload = JSON.stringify({
          id: `evt_${n}`,
          object: 'event',
          data: { text: 'é\\u00e9 €', n: 1e3 + n },
        })
        const signature = stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET })
        const headers = ['stripe-signature', signature, 'content-type', 'application/json']
        statuses.push((await post(listening.port, { path: '/stripe', headers, body: payload })).status)
      }
    }
    const sending = Promise.all(Array.from({ length: 4 }, (_, from) => sender(from, 4)))
    let restarts = 0
    for (let size = 0; restarts < 10; restarts++) {
      await app.until(() => processed.size >= size + 40)
      await app.down()
      await app.up()
      size = processed.size
    }
    await sending
    await app.until(() => processed.size === 1000)
    await untilNothingIsOwed(here.home)
    console.log(
      `restarts: ${restarts}, sent ${statuses.length}, processed ${processed.size}, ` +
        `arrivals ${app.arrivals.length}, invalid signatures ${invalid}`,
    )
    expect(new Set(statuses)).toEqual(new Set([202]))
    expect(processed.size).toBe(1000)
    expect(invalid).toBe(0)
  },
)
