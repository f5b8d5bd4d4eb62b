// Capture and forward beside a minimal proxy (node:http and undici, nothing kept) and beside the app itself. Each is
// a process of its own; they are loaded in turn, so that a machine that slows down does it to all.
// Usage: node test/bench/forward.mjs [rounds] [seconds]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/webhook-cli.cjs', import.meta.url))
const require = createRequire(import.meta.url)
const AUTOCANNON = fileURLToPath(new URL('../../node_modules/autocannon/autocannon.js', import.meta.url))
const ROUNDS = Number(process.argv[2] ?? 5)
const SECONDS = Number(process.argv[3] ?? 4)
const CONNECTIONS = 32
/** Requests one after the other, with pauses, for the added latency. */
const SINGLE = 300
const GOAL_RATIO = 0.8
const GOAL_ADDED_MS = 1

const APP = `
require('node:http').createServer((req, res) => {
  req.on('data', () => {})
  req.on('end', () => { res.writeHead(200, { 'Content-Type': 'application/json' }); res.end('{"received":true}') })
}).listen(0, '127.0.0.1', function () { console.error('http://localhost:' + this.address().port + '/') })`

const PROXY = (port) => `
const { Pool } = require(${JSON.stringify(require.resolve('undici'))})
const pool = new Pool('http://127.0.0.1:${port}', { connections: 16, pipelining: 1 })
require('node:http').createServer((req, res) => {
  const chunks = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', async () => {
    const headers = req.rawHeaders.filter((_, i, all) => !/^(host|connection|content-length)$/i.test(all[i - (i % 2)]))
    const answer = await pool.request({ method: req.method, path: req.url, headers, body: Buffer.concat(chunks) })
    const body = Buffer.from(await answer.body.arrayBuffer())
    res.writeHead(answer.statusCode, { 'Content-Type': answer.headers['content-type'], 'Content-Length': body.length })
    res.end(body)
  })
}).listen(0, '127.0.0.1', function () { console.error('http://localhost:' + this.address().port + '/') })`

async function start(args, home, told = /http:\/\/localhost:(\d+)\//) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let text = ''
  const port = await new Promise((resolve, reject) => {
    child.stderr.on('data', function look(chunk) {
      text += chunk
      const match = told.exec(text)
      if (match === null) return
      child.stderr.off('data', look)
      child.stderr.resume()
      resolve(Number(match[1]))
    })
    child.on('exit', () => reject(new Error(text)))
  })
  return { child, port }
}

async function load(port) {
  const args = ['-j', '-c', CONNECTIONS, '-d', SECONDS, '-m', 'POST', '-H', 'Content-Type: application/json']
  args.push('-b', BODY, `http://127.0.0.1:${port}/bench`)
  const child = spawn(process.execPath, [AUTOCANNON, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let text = ''
  child.stdout.on('data', (chunk) => (text += chunk))
  await once(child, 'close')
  const result = JSON.parse(text)
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${result.non2xx} not 2xx, ${result.errors} errors`)
  return result.requests.average
}

const BODY = JSON.stringify({ id: 'evt_1', type: 'invoice.paid', data: 'x'.repeat(975) })
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

function single(port) {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'application/json' }
    const req = request(
      { port, host: '127.0.0.1', path: '/bench', method: 'POST', headers, agent },
      (res) => {
        res.resume()
        res.on('end', () => resolve(performance.now() - began))
      },
    )
    req.on('error', reject)
    req.end(BODY)
  })
}

const sorted = (values) => values.toSorted((a, b) => a - b)
const quantile = (values, q) => sorted(values)[Math.min(values.length - 1, Math.floor(q * values.length))]
const median = (values) => quantile(values, 0.5)

const home = mkdtempSync(join(tmpdir(), 'webhook-cli-bench-'))
const app = await start(['-e', APP], home)
const proxy = await start(['-e', PROXY(app.port)], home)
const ours = await start(
  [BIN, 'listen', String(app.port), '--port', '0', '--store', join(home, 'bench.db')],
  home,
  /Endpoint\s+http:\/\/localhost:(\d+)\//,
)
const targets = { direct: app.port, proxy: proxy.port, ours: ours.port }
console.log(
  `node ${process.version}, 1 KiB bodies; throughput with ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each`,
)
try {
  const rates = { direct: [], proxy: [], ours: [] }
  const times = { direct: [], proxy: [], ours: [] }
  for (const port of Object.values(targets)) await load(port)
  for (let round = 0; round < ROUNDS; round++) {
    const names = Object.keys(targets)
    const order = [...names.slice(round % 3), ...names.slice(0, round % 3)]
    for (const name of order) rates[name].push(await load(targets[name]))
  }
  for (let i = 0; i < SINGLE; i++) {
    for (const name of Object.keys(targets)) {
      times[name].push(await single(targets[name]))
      await new Promise((resolve) => setTimeout(resolve, 3))
    }
  }
  const ratio = median(rates.ours.map((rate, round) => rate / rates.proxy[round]))
  const added = (name, q) => quantile(times[name], q) - quantile(times.direct, q)
  const shown = (name) =>
    `${name.padEnd(7)} ${median(rates[name]).toFixed(0).padStart(6)}/s   one at a time p50 ${quantile(times[name], 0.5).toFixed(2)} ms, p99 ${quantile(times[name], 0.99).toFixed(2)} ms`
  console.log([shown('direct'), shown('proxy'), shown('ours')].join('\n'))
  console.log(
    `ours / proxy ${ratio.toFixed(2)} (goal ≥ ${GOAL_RATIO})   added p50 ${added('ours', 0.5).toFixed(2)} ms (goal ≤ ${GOAL_ADDED_MS}), p99 ${added('ours', 0.99).toFixed(2)} ms   proxy adds ${added('proxy', 0.5).toFixed(2)} ms`,
  )
  process.exitCode = ratio >= GOAL_RATIO && added('ours', 0.5) <= GOAL_ADDED_MS ? 0 : 1
} finally {
  ours.child.kill('SIGTERM')
  await once(ours.child, 'close')
  app.child.kill()
  proxy.child.kill()
  agent.destroy()
  rmSync(home, { recursive: true, force: true })
}
