import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Reaction } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import type { Bench } from '../helpers/cli.ts'
import { createBench } from '../helpers/cli.ts'

let bench: Bench
beforeEach(() => {
  bench = createBench()
})
afterEach(() => bench.remove())

const TERMINAL = { columns: 60, env: { NO_COLOR: '1' } }

async function sentTo(reaction: Reaction): Promise<void> {
  const app = await startApp(() => reaction)
  await bench.run(['send', 'github', 'push', '--to', String(app.port)])
  await app.close()
}

const attemptsIn = (stdout: string): string => /\nAttempts[\s\S]*?(?=\n\n|$)/.exec(stdout)?.[0] ?? ''

describe('show tells what was answered', () => {
  test('below each attempt, with nothing that acts on a terminal', async () => {
    await sentTo({ status: 401, body: '{"error":"\\u001b[2J bad \x1b]0;x\x07 signature"}' })
    const { stdout } = await bench.run(['show', 'last'], TERMINAL)
    expect(attemptsIn(stdout)).toMatch(/ {2}401 \d+ ms\n {4}\{?.*bad.*signature/)
    expect(stdout).not.toMatch(/[\x1b\x07]/)
  })

  test('its first lines only, unless all of it is asked for', async () => {
    const lines = Array.from({ length: 20 }, (_, index) => `trace ${index}`)
    await sentTo({ status: 500, body: `${lines.join('\n')}\n` })
    const short = attemptsIn((await bench.run(['show', 'last'], TERMINAL)).stdout)
    expect(short.split('\n').slice(-2)).toEqual(['    trace 7', '    (12 more lines: --all)'])
    const long = attemptsIn((await bench.run(['show', 'last', '--all'], TERMINAL)).stdout)
    expect(long.split('\n').slice(-20)).toEqual(lines.map((line) => `    ${line}`))
  })

  test('and says what was not kept of it', async () => {
    await sentTo({ status: 500, body: 'x'.repeat(1_100_000) })
    const { stdout } = await bench.run(['show', 'last'], TERMINAL)
    expect(attemptsIn(stdout)).toMatch(/more were not kept\)$/)
  })

  test('--json has every attempt as listen and replay print it', async () => {
    await sentTo({ status: 202, body: 'ok' })
    const shown = JSON.parse((await bench.run(['show', 'last', '--json'])).stdout) as { id: string }
    expect(shown).toMatchObject({
      type: 'request',
      deliveries: [
        {
          v: 1,
          type: 'delivery',
          requestId: shown.id,
          cause: 'send',
          outcome: { kind: 'response', status: 202, body: { size: 2, encoding: 'utf8', data: 'ok' } },
        },
      ],
    })
  })

  test('of a command what it wrote', async () => {
    const session = bench.start(['listen', '--port', '0', '--json', '--exec-shell', 'echo built; exit 3'])
    const ready = await session.stdout.until(/"type":"ready"/)
    await fetch(`http://127.0.0.1:${/:(\d+)\//.exec(ready)?.[1]}/`, { method: 'POST' })
    await session.stdout.until(/"type":"delivery"/)
    session.interrupt()
    await session.status
    const { stdout } = await bench.run(['show', 'last'], TERMINAL)
    expect(attemptsIn(stdout)).toMatch(/exit 3 .*\n {4}built$/)
  })

  test('a body that is cut says how to see the rest', async () => {
    await sentTo({ status: 200 })
    expect((await bench.run(['show', 'last'], TERMINAL)).stdout).toMatch(/\(\d\.\d kB more: --all\)/)
  })
})
