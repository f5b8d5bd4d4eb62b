// Durable capture beside a bare node:http sink that reads the body and stores nothing. Between them two bare servers that
// do the least that is durable: one appends the bodies of a turn to a file and syncs it, one writes them into SQLite as
// capture does (WAL, synchronous=FULL, a transaction a turn), and neither keeps anything else. What they lose beside the
// sink is the disk's, and SQLite's; the rest is ours. All are processes of their own, loaded in turn (A B C D D C B A …)
// by autocannon in another, so that a machine that slows down does it to all.
// Usage: node test/bench/capture.mjs [rounds] [seconds]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/webhook-cli.cjs', import.meta.url))
const AUTOCANNON = fileURLToPath(new URL('../../node_modules/autocannon/autocannon.js', import.meta.url))
const require = createRequire(import.meta.url)
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

/** @param setUp makes `write(bodies)`, after which they are durable */
const DURABLE = (setUp) => `
const http = require('node:http')
${setUp}
let waiting = []
function flush() {
  const group = waiting
  waiting = []
  write(group.map(({ body }) => body))
  for (const { res } of group) { res.writeHead(200, { 'Content-Type': 'application/json' }); res.end('{"ok":true}') }
}
http.createServer((req, res) => {
  const chunks = []
  req.on('data', (chunk) => chunks.push(chunk))
  req.on('end', () => {
    if (waiting.length === 0) setImmediate(flush)
    waiting.push({ res, body: chunks.length === 1 ? chunks[0] : Buffer.concat(chunks) })
  })
}).listen(0, '127.0.0.1', function () { console.error('http://localhost:' + this.address().port + '/') })`

const FILE = (path) =>
  DURABLE(`
const fs = require('node:fs')
const file = fs.openSync(${JSON.stringify(path)}, 'w')
// A file of fixed length, written over and over: growing it would cost more than to sync it.
const LENGTH = 256 * 1024 * 1024
for (let at = 0; at < LENGTH; at += 1048576) fs.writeSync(file, Buffer.alloc(1048576), 0, 1048576, at)
fs.fsyncSync(file)
let end = 0
function write(bodies) {
  const size = bodies.reduce((sum, { length }) => sum + length, 0)
  if (end + size > LENGTH) end = 0
  fs.writevSync(file, bodies, end)
  end += size
  fs.fdatasyncSync(file)
}`)

const SQLITE = (path) =>
  DURABLE(`
let db
try { db = new (require('node:sqlite').DatabaseSync)(${JSON.stringify(path)}) }
catch { db = new (require(${JSON.stringify(require.resolve('libsql'))}))(${JSON.stringify(path)}) }
db.exec('PRAGMA page_size = 16384')
db.exec('PRAGMA journal_mode = WAL')
db.exec('PRAGMA synchronous = FULL')
db.exec('PRAGMA wal_autocheckpoint = 128')
db.exec('CREATE TABLE request (id INTEGER PRIMARY KEY, body BLOB)')
const insert = db.prepare('INSERT INTO request (body) VALUES (?)')
function write(bodies) {
  db.exec('BEGIN IMMEDIATE')
  for (const body of bodies) insert.run(...VALUES(body))
  db.exec('COMMIT')
}
// libsql takes a lone buffer for a list of values.
const VALUES = db.constructor.name === 'DatabaseSync' ? (body) => [body] : (body) => [[body]]`)

/** All say on stderr where they listen; what they print on stdout goes nowhere, as no reader shall cost the cores. */
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
console.log(
  `node ${process.version}, ${CONNECTIONS} connections, ${ROUNDS} rounds of ${SECONDS} s each; goal ≥ ${GOAL}, must be ≥ ${LIMIT}`,
)
let worst = Infinity
try {
  for (const size of [1024, 65_536]) {
    const body = join(home, `body-${size}.json`)
    writeFileSync(body, JSON.stringify({ id: 'evt_1', type: 'invoice.paid', data: 'x'.repeat(size - 49) }))
    const servers = {
      sink: await start(['-e', SINK], home),
      file: await start(['-e', FILE(join(home, `${size}.log`))], home),
      sqlite: await start(['-e', SQLITE(join(home, `${size}-bare.db`))], home),
      ours: await start([BIN, 'listen', '--port', '0', '--store', join(home, `${size}.db`)], home),
    }
    const names = Object.keys(servers)
    const rows = Object.fromEntries(names.map((name) => [name, []]))
    for (const { port } of Object.values(servers)) await load(port, body)
    for (let round = 0; round < ROUNDS; round++) {
      const order = round % 2 === 0 ? names : names.toReversed()
      for (const name of order) rows[name].push(await load(servers[name].port, body))
    }
    for (const { child } of Object.values(servers)) {
      child.kill('SIGTERM')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
    }
    const ratioOf = (name) =>
      median(rows[name].map(({ perSecond }, round) => perSecond / rows.sink[round].perSecond))
    const ratio = ratioOf('ours')
    worst = Math.min(worst, ratio)
    const of = (name, key) => median(rows[name].map((row) => row[key]))
    const verdict = ratio >= GOAL ? 'goal met' : ratio >= LIMIT ? 'within the limit' : 'TOO SLOW'
    console.log(
      `${String(statSync(body).size).padStart(6)} B   durable ${of('ours', 'perSecond').toFixed(0)}/s (p50 ${of('ours', 'p50')} ms, p99 ${of('ours', 'p99')} ms)   ` +
        `sink ${of('sink', 'perSecond').toFixed(0)}/s (p50 ${of('sink', 'p50')} ms, p99 ${of('sink', 'p99')} ms)   ratio ${ratio.toFixed(2)}   ${verdict}\n` +
        `         of the sink: bodies only, to a file ${ratioOf('file').toFixed(2)}, to SQLite ${ratioOf('sqlite').toFixed(2)}`,
    )
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
process.exitCode = worst < LIMIT ? 1 : 0
