// How exactly `replay --timing original` keeps its places, and how many a second `replay` and `send` send beside
// autocannon, on the same server, in turn (A B C  C B A …). The server and each client are processes of their own.
// Usage: node test/bench/replay.mjs [rounds] [requests]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/webhook-cli.cjs', import.meta.url))
const AUTOCANNON = fileURLToPath(new URL('../../node_modules/autocannon/autocannon.js', import.meta.url))
const STORE = new URL('../../dist/store/sqlite.js', import.meta.url)
const ROUNDS = Number(process.argv[2] ?? 5)
const REQUESTS = Number(process.argv[3] ?? 20_000)
const CONNECTIONS = 32
const GOAL_RATIO = 1.0
const GOAL_P99_MS = 5
const KEY = Buffer.from('{"id":"evt_1","type":"invoice.paid","data":"').length + 2

/** Counts what comes, and when the first and the last came: the measure is the same for all clients. */
const SERVER = `
const http = require('node:http')
let count = 0, first = 0, last = 0
const server = http.createServer((req, res) => {
  if (req.url === '/figures') { res.end(JSON.stringify({ count, ms: last - first })); count = 0; return }
  req.on('data', () => {})
  req.on('end', () => { last = performance.now(); if (count++ === 0) first = last; res.end('{"ok":true}') })
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))`

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}

async function run(args, home) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HOME: home, S: 'whsec_bench0123456789abcdefghij', WEBHOOK_CLI_KEEP: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  let errors = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  child.stderr.on('data', (chunk) => (errors += chunk))
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${errors}`)
  return text
}

const home = mkdtempSync(join(tmpdir(), 'webhook-cli-bench-'))
const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
try {
  const port = Number(
    await new Promise((resolve) => server.stdout.once('data', (data) => resolve(String(data)))),
  )
  const body = JSON.stringify({ id: 'evt_1', type: 'invoice.paid', data: 'x'.repeat(1024 - KEY) })
  writeFileSync(join(home, 'body.json'), body)
  const { openSqliteStore } = await import(STORE.href)
  const { randomBytes } = await import('node:crypto')
  const begun = Date.now() - 3_600_000
  const request = (ms, target) => ({
    source: 'captured',
    receivedAt: begun + Math.floor(ms),
    receivedMonotonic: 5000 + ms,
    method: 'POST',
    target,
    httpVersion: '1.1',
    headers: [
      ['Host', 'localhost'],
      ['Content-Type', 'application/json'],
    ],
    trailers: [],
    body: Buffer.from(body),
  })
  const assessment = { identity: {}, verdict: { status: 'unsigned' } }
  const store = await openSqliteStore({ path: join(home, 'bench.db'), random: (size) => randomBytes(size) })
  await Promise.all(
    Array.from({ length: REQUESTS }, (_, nth) => store.capture(request(nth, '/bench'), assessment)),
  )
  await store.close()

  const ours = [
    '--store',
    join(home, 'bench.db'),
    '--to',
    String(port),
    '-q',
    '--concurrency',
    String(CONNECTIONS),
  ]
  const clients = {
    autocannon: () => [
      AUTOCANNON,
      '-j',
      '-c',
      String(CONNECTIONS),
      '-a',
      String(REQUESTS),
      '-m',
      'POST',
      '-H',
      'Content-Type: application/json',
      '-i',
      join(home, 'body.json'),
      `http://127.0.0.1:${port}/bench`,
    ],
    replay: () => [BIN, 'replay', '--path', '/bench', ...ours],
    send: () => [
      BIN,
      'send',
      'standard-webhooks',
      'invoice.paid',
      '--body',
      `@${join(home, 'body.json')}`,
      '--secret',
      'env:S',
      '--count',
      String(REQUESTS),
      ...ours,
      '--no-store',
    ],
  }
  const figures = async () => (await fetch(`http://127.0.0.1:${port}/figures`)).json()
  const rates = { autocannon: [], replay: [], send: [] }
  const names = Object.keys(rates)
  for (let round = -1; round < ROUNDS; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      await figures()
      await run(clients[name](), home)
      const { count, ms } = await figures()
      if (count < REQUESTS) throw new Error(`${name}: only ${count} of ${REQUESTS} came`)
      if (round >= 0) rates[name].push((count * 1000) / ms)
    }
  }
  console.log(
    `node ${process.version}, ${REQUESTS} requests of 1 KiB, ${CONNECTIONS} connections, ${ROUNDS} rounds; goal ≥ ${GOAL_RATIO}`,
  )
  for (const name of names) {
    const ratio = median(rates[name].map((rate, round) => rate / rates.autocannon[round]))
    const verdict = name === 'autocannon' ? '' : ratio >= GOAL_RATIO ? 'goal met' : 'goal missed'
    console.log(
      `${name.padEnd(11)} ${median(rates[name]).toFixed(0)}/s   ratio ${ratio.toFixed(2)}   ${verdict}`,
    )
  }

  const timed = await openSqliteStore({ path: join(home, 'timed.db'), random: (size) => randomBytes(size) })
  let place = 0
  for (let nth = 0; nth < 1000; nth++) {
    await timed.capture(request(place, '/timed'), assessment)
    place += 2 + ((nth * 37) % 17)
  }
  await timed.close()
  const lines = await run(
    [
      BIN,
      'replay',
      '--path',
      '/timed',
      '--store',
      join(home, 'timed.db'),
      '--to',
      String(port),
      '--timing',
      'original',
      '--json',
    ],
    home,
  )
  const errors = lines
    .trim()
    .split('\n')
    .map((line) => Math.abs(JSON.parse(line).lateMs))
    .toSorted((a, b) => a - b)
  const p99 = errors[Math.ceil(errors.length * 0.99) - 1]
  console.log(
    `--timing original, 1000 requests over ${(place / 1000).toFixed(1)} s: off its place by p50 ${errors[499].toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, at most ${errors.at(-1).toFixed(2)} ms   ${p99 <= GOAL_P99_MS ? 'goal met' : 'goal missed'}`,
  )
} finally {
  server.kill()
  rmSync(home, { recursive: true, force: true })
}
