// How much later than the bare minimum the benchmark's webhook mode learns of an event: its p50 from the commit on,
// beside undici posting the same bytes straight to a node:http server, one way, at the same random gaps. The sender is
// a process of its own in both; they take turns (A B B A …).
// Usage: node test/bench/bench-floor.mjs [rounds] [events] [gap in ms]
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/webhook-cli.cjs', import.meta.url))
const ROUNDS = Number(process.argv[2] ?? 4)
const EVENTS = Number(process.argv[3] ?? 200)
const GAP_MS = Number(process.argv[4] ?? 50)
const PAYLOAD = 256
const WARMUP = 10
const LIMIT = 1.25

const SENDER = `
const { Pool } = require('undici')
const [port, events, gap, size] = process.argv.slice(1).map(Number)
const pool = new Pool('http://127.0.0.1:' + port, { connections: 1 })
const padding = 'x'.repeat(size - 80)
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
void (async () => {
  for (let i = 0; i < events; i++) {
    await sleep(-gap * Math.log(1 - Math.random()))
    const body = JSON.stringify({ sent_ns: String(process.hrtime.bigint()), padding })
    const { body: answer } = await pool.request({ path: '/', method: 'POST', headers: { 'content-type': 'application/json' }, body })
    await answer.dump()
  }
  await pool.close()
})()`

async function bare() {
  const delays = []
  const server = createServer((req, res) => {
    const chunks = []
    req.on('data', (chunk) => chunks.push(chunk))
    req.on('end', () => {
      const { sent_ns: sent } = JSON.parse(Buffer.concat(chunks).toString())
      delays.push(Number(process.hrtime.bigint() - BigInt(sent)) / 1e6)
      res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const args = [server.address().port, EVENTS + WARMUP, GAP_MS, PAYLOAD].map(String)
  const child = spawn(process.execPath, ['-e', SENDER, ...args], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: 'inherit',
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`the bare sender ended with ${code}`)
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
const ratios = []
for (let round = 0; round < ROUNDS; round++) {
  let floor
  let ours
  if (round % 2 === 0) {
    floor = await bare()
    ours = webhook()
  } else {
    ours = webhook()
    floor = await bare()
  }
  ratios.push(ours.commit / floor)
  console.log(
    `bare ${floor.toFixed(3)} ms   webhook from its commit ${ours.commit.toFixed(3)} ms, from its trigger ${ours.trigger.toFixed(3)} ms   ratio ${(ours.commit / floor).toFixed(2)}   the bench took ${ours.env.harnessCpuPct.toFixed(0)} % of a core, others ${ours.env.otherCpuPct?.toFixed(0) ?? '?'} % CPU`,
  )
}
const ratio = median(ratios)
console.log(`webhook p50 / bare p50: ${ratio.toFixed(2)}; must be ≤ ${LIMIT}`)
process.exitCode = ratio > LIMIT ? 1 : 0
