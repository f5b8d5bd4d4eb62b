import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import type { BenchResult, ModeResult } from '../../src/core/bench/result.ts'
import { createBench } from '../helpers/cli.ts'
import type { Spawned } from '../helpers/spawn.ts'
import { createHome, spawnCli } from '../helpers/spawn.ts'

const bench = createBench()
const { home, remove } = createHome()
const started: Spawned[] = []

afterAll(async () => {
  for (const { child } of started) child.kill('SIGKILL')
  await Promise.all(started.map(({ ended }) => ended))
  bench.remove()
  remove()
})

async function startService(): Promise<{ readonly url: string; readonly pid: number }> {
  const service = spawnCli(['serve', '--port', '0', '--json', '--quiet'], { home })
  started.push(service)
  const text = await service.until('stdout', /"type":"ready".*\n/)
  return { url: `http://127.0.0.1:${/"port":(\d+)/.exec(text)?.[1] ?? ''}`, pid: service.child.pid ?? 0 }
}

const triggerAt = (url: string): string[] => [
  '--trigger',
  `POST ${url}/events {"event":"bench.event","data":{"id":"{id}"},"channels":{channels}}`,
]

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function modesOf(stdout: string): Readonly<Record<string, ModeResult>> {
  return (JSON.parse(stdout) as BenchResult).modes
}

test('a server stopped for a second of a run of five: every event that was due meanwhile shows it', async () => {
  const { url, pid } = await startService()
  const session = bench.start([
    'bench',
    `${url}/events`,
    '--json',
    '--sse',
    `${url}/events/stream`,
    ...triggerAt(url),
    '--events',
    '250',
    '--gap',
    '20ms',
    // By chance alone every twentieth random run has no four events in the first 150 ms of the second.
    '--arrivals',
    'periodic',
  ])
  // The run is half done: of its triggers so many have come to the service.
  for (let seen = 0; seen < 100;) {
    const page = (await (await fetch(`${url}/events?since=0&limit=1000`)).json()) as { items: unknown[] }
    seen = page.items.length
  }
  process.kill(pid, 'SIGSTOP')
  // A timer counts from the beginning of its turn of the event loop, which on a busy machine was some time ago.
  const until = performance.now() + 1000
  while (performance.now() < until) await delay(10)
  process.kill(pid, 'SIGCONT')
  expect(await session.status).toBe(0)
  const { delayMs, offered, missed } = modesOf(session.stdout.text())['sse'] ?? {}
  console.log(
    `open loop, real: 1 s stopped, p99 ${delayMs?.p99.value.toFixed(0)} ms, mean ${delayMs?.mean.value.toFixed(0)} ms`,
  )
  expect([offered, missed]).toEqual([250, 0])
  // A fifth of the events is due while it stands still. A closed loop would have had one of them.
  expect(delayMs?.p99.value).toBeGreaterThan(850)
  expect(delayMs?.p90.value).toBeGreaterThan(250)
  expect(delayMs?.mean.value).toBeGreaterThan(60)
})

describe('the service that bench starts', () => {
  test('ends with it, even when it is killed', async () => {
    const run = spawnCli(['bench', '--poll', '100ms', '--events', '1000'], { home })
    started.push(run)
    const children = (): number[] => childrenOf(run.child.pid ?? 0)
    while (children().length === 0) await turn()
    const [service = 0] = children()
    run.child.kill('SIGKILL')
    await run.ended
    while (isRunning(service)) await turn()
    expect(isRunning(service)).toBe(false)
  })

  test('is there until Ctrl-C has been dealt with, and gone then', async () => {
    const run = spawnCli(['bench', '--poll', '100ms', '--webhook', '--events', '1000'], { home })
    started.push(run)
    while (childrenOf(run.child.pid ?? 0).length === 0) await turn()
    const [service = 0] = childrenOf(run.child.pid ?? 0)
    run.child.kill('SIGINT')
    const { code, signal } = await run.ended
    expect([code, signal]).toEqual([null, 'SIGINT'])
    expect(run.stdout().toString() + run.stderr()).toMatch(/^mode\tkind|nothing to show/m)
    expect(isRunning(service)).toBe(false)
  })

  /** The next turn of the event loop, as often as it takes. */
  function turn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }

  function childrenOf(pid: number): number[] {
    return readText(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  }

  /** A zombie that nobody has waited for yet has ended. */
  function isRunning(pid: number): boolean {
    const [, state = ''] = /\) (\w) /.exec(readText(`/proc/${pid}/stat`)) ?? []
    return state !== '' && state !== 'Z'
  }
})
