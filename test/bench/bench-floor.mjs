// How much later than the bare minimum the benchmark's webhook mode learns of an event: its p50 from the commit on,
// beside an origin of a dozen lines in which undici posts the same bytes to a node:http server, one way. All origins are
// processes of their own, triggered over HTTP at the same random gaps; they take turns (A B C C B A …).
//
// undici looks at an idle connection for one turn of the event loop before it writes. An origin as one would write it
// answers its trigger in that turn, so its post leaves after the answer; `serve` waits for that turn. The second bare
// origin waits too: it does nothing but what has to be done, and signs nothing. The limit is on the first.
// Usage: node test/bench/bench-floor.mjs [rounds] [events] [gap in ms]
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Pool } from 'undici'

const BIN = fileURLToPath(new URL('../../bin/webhook-cli.cjs', import.meta.url))
const ROUNDS = Number(process.argv[2] ?? 4)
const EVENTS = Number(process.argv[3] ?? 200)
const GAP_MS = Number(process.argv[4] ?? 50)
const PAYLOAD = 256
const WARMUP = 10
const LIMIT = 1.25

const ORIGIN = `
const http = require('node:http')
const { Pool } = require('undici')
const [port, size, waits] = process.argv.slice(1).map(Number)
const pool = new Pool('http://127.0.0.1:' + port, { connections: 1 })
const padding = 'x'.repeat(size - 80)
http.createServer((req, res) => {
  req.resume().on('end', () => {
    const body = JSON.stringify({ committed_ns: String(process.hrtime.bigint()), padding })
    void pool.request({ path: '/', method: 'POST', headers: { 'content-type': 'application/json' }, body }).then((answer) => answer.body.dump())
    const answer = () => res.writeHead(201, { 'Content-Type': 'application/json' }).end(body)
    if (waits) setImmediate(answer)
    else answer()
  })
}).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`

async function bare(waits) {
  const delays = []
  const server = createServer((req, res) => {
    const chunks = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => {
      const { committed_ns: committed } = JSON.parse(Buffer.concat(chunks).toString())
      delays.push(Number(process.hrtime.bigint() - BigInt(committed)) / 1e6)
      res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const args = [server.address().port, PAYLOAD, waits ? 1 : 0].map(String)
  const child = spawn(process.execPath, ['-e', ORIGIN, ...args], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [port] = await once(child.stdout, 'data')
  const pool = new Pool(`http://127.0.0.1:${Number(port)}`, { connections: 1 })
  for (let i = 0; i < EVENTS + WARMUP; i++) {
    await sleep(-GAP_MS * Math.log(1 - Math.random()))
    const { body } = await pool.request({ path: '/', method: 'POST', body: '{}' })
    await body.dump()
  }
  await pool.close()
  child.kill()
  server.closeAllConnections()
  server.close()
  return median(delays.slice(WARMUP))
}

function webhook() {
  const args = ['bench', '--json', '--webhook', '--events', String(EVENTS), '--gap', `${GAP_MS}ms`]
  const text = execFileSync(process.execPath, [BIN, ...args, '--payload', String(PAYLOAD)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 ** 2,
  })
  const { modes, env } = JSON.parse(text)
  return { commit: modes.webhook.fromCommitMs.p50, trigger: modes.webhook.delayMs.p50.value, env }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}

console.log(
  `node ${process.version}, ${ROUNDS} rounds of ${EVENTS} events, one about every ${GAP_MS} ms, ${PAYLOAD} bytes`,
)
const MODES = { bare: () => bare(false), waiting: () => bare(true), ours: webhook }
const ratios = []
const strictRatios = []
for (let round = 0; round < ROUNDS; round++) {
  const names = Object.keys(MODES)
  const result = {}
  for (const name of round % 2 === 0 ? names : names.toReversed()) result[name] = await MODES[name]()
  const { bare: floor, waiting, ours } = result
  ratios.push(ours.commit / floor)
  strictRatios.push(ours.commit / waiting)
  console.log(
    `bare ${floor.toFixed(3)} ms, answering last ${waiting.toFixed(3)} ms   webhook from its commit ${ours.commit.toFixed(3)} ms, from its trigger ${ours.trigger.toFixed(3)} ms   ` +
      `ratio ${(ours.commit / floor).toFixed(2)}   the bench took ${ours.env.harnessCpuPct.toFixed(0)} % of a core, others ${ours.env.otherCpuPct?.toFixed(0) ?? '?'} % CPU`,
  )
}
const ratio = median(ratios)
console.log(`webhook p50 / bare p50: ${ratio.toFixed(2)}; must be ≤ ${LIMIT}`)
console.log(`webhook p50 / p50 of a bare origin that answers last: ${median(strictRatios).toFixed(2)}`)
process.exitCode = ratio > LIMIT ? 1 : 0
