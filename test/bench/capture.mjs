// Durable capture beside a bare node:http sink that reads the body and stores nothing. Both run as processes of
// their own, loaded in turn (A B B A …) by autocannon in a third, so that a machine that slows down does it to both.
// Usage: node test/bench/capture.mjs [rounds] [seconds]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/webhook-cli.cjs', import.meta.url))
const AUTOCANNON = fileURLToPath(new URL('../../node_modules/autocannon/autocannon.js', import.meta.url))
const ROUNDS = Number(process.argv[2] ?? 5)
const SECONDS = Number(process.argv[3] ?? 4)
const CONNECTIONS = 32
const GOAL = 0.85
const LIMIT = 0.65

const SINK = `
const http = require('node:http')
http.createServer((req, res) => {
  let size = 0
  req.on('data', (chunk) => { size += chunk.length })
  req.on('end', () => { res.writeHead(200, { 'Content-Type': 'application/json' }); res.end('{"ok":true}') })
}).listen(0, '127.0.0.1', function () { console.error('http://localhost:' + this.address().port + '/') })`

/** Both say on stderr where they listen; what they print on stdout goes nowhere, as no reader shall cost the cores. */
async function start(args, home) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  const port = await new Promise((resolve, reject) => {
    child.stderr.on('data', function look(chunk) {
      text += chunk
      const match = /http:\/\/localhost:(\d+)\//.exec(text)
      if (match === null) return
      child.stderr.off('data', look)
      child.stderr.resume()
      resolve(Number(match[1]))
    })
    child.on('exit', () => reject(new Error(text)))
  })
  return { child, port }
}

async function load(port, body) {
  const args = [
    AUTOCANNON,
    '-j',
    '-c',
    String(CONNECTIONS),
    '-d',
    String(SECONDS),
    '-m',
    'POST',
    '-H',
    'Content-Type: application/json',
    '-i',
    body,
    `http://127.0.0.1:${port}/bench`,
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  await once(child, 'close')
  const result = JSON.parse(text)
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} not 2xx, ${result.errors} errors`)
  return {
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    total: result['2xx'],
  }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}

const home = mkdtempSync(join(tmpdir(), 'webhook-cli-bench-'))
const { writeFileSync } = await import('node:fs')
console.log(
  `node ${process.version}, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each; goal ≥ ${GOAL}, must be ≥ ${LIMIT}`,
)
let worst = Infinity
try {
  for (const size of [1024, 65_536]) {
    const body = join(home, `body-${size}.json`)
    writeFileSync(body, JSON.stringify({ id: 'evt_1', type: 'invoice.paid', data: 'x'.repeat(size - 49) }))
    const sink = await start(['-e', SINK], home)
    const ours = await start([BIN, 'listen', '--port', '0', '--store', join(home, `${size}.db`)], home)
    const rows = { sink: [], ours: [] }
    await load(sink.port, body)
    await load(ours.port, body)
    for (let round = 0; round < ROUNDS; round++) {
      const order = round % 2 === 0 ? ['sink', 'ours'] : ['ours', 'sink']
      for (const name of order) rows[name].push(await load((name === 'sink' ? sink : ours).port, body))
    }
    sink.child.kill()
    ours.child.kill('SIGTERM')
    await once(ours.child, 'close')
    const ratio = median(rows.ours.map(({ perSecond }, round) => perSecond / rows.sink[round].perSecond))
    worst = Math.min(worst, ratio)
    const of = (name, key) => median(rows[name].map((row) => row[key]))
    const verdict = ratio >= GOAL ? 'goal met' : ratio >= LIMIT ? 'within the limit' : 'TOO SLOW'
    console.log(
      `${String(statSync(body).size).padStart(6)} B   durable ${of('ours', 'perSecond').toFixed(0)}/s (p50 ${of('ours', 'p50')} ms, p99 ${of('ours', 'p99')} ms)   ` +
        `sink ${of('sink', 'perSecond').toFixed(0)}/s (p50 ${of('sink', 'p50')} ms, p99 ${of('sink', 'p99')} ms)   ratio ${ratio.toFixed(2)}   ${verdict}`,
    )
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
process.exitCode = worst < LIMIT ? 1 : 0
