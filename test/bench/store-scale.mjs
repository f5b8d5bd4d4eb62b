// What the store costs at 1,000, 100,000 and 1,000,000 stored requests of 1 KiB. Needs the build.
//   node test/bench/store-scale.mjs [largest count] [node:sqlite | libsql]
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore } from '../../dist/store/open.js'

const largest = Number(process.argv[2] ?? 1_000_000)
const driver = process.argv[3]
const counts = [1000, 100_000, 1_000_000].filter((count) => count <= largest)
const GROUP = 32
const ROUNDS = 300

const directory = mkdtempSync(join(tmpdir(), 'store-scale-'))
const openAt = (path) =>
  openStore({ location: path, keep: 0, random: randomBytes, warnings: process, ...(driver && { driver }) })

const request = {
  source: 'captured',
  receivedMonotonic: 1.25,
  method: 'POST',
  target: '/hooks/stripe',
  httpVersion: '1.1',
  remoteAddress: '127.0.0.1',
  headers: [
    ['Host', 'localhost:8484'],
    ['Content-Type', 'application/json'],
    ['Stripe-Signature', `t=1700000000,v1=${'0'.repeat(64)}`],
    ['User-Agent', 'Stripe/1.0'],
  ],
  trailers: [],
}
const assessment = {
  identity: { provider: 'stripe', event: 'invoice.paid' },
  verdict: { status: 'unsigned' },
}
const pool = Array.from({ length: 64 }, () => randomBytes(1024))
let captured = 0

async function captureGroup(store, size) {
  const group = Array.from({ length: size }, () =>
    store.capture(
      { ...request, receivedAt: 1_700_000_000_000 + captured, body: pool[captured++ % 64] },
      assessment,
    ),
  )
  await Promise.all(group)
}

async function collect(rows) {
  const all = []
  for await (const row of rows) all.push(row)
  return all
}

function median(times) {
  return times.toSorted((a, b) => a - b)[times.length >> 1]
}

/** Times an action on each store in turn, round after round: a machine that slows down does it to all of them. */
async function measure(stores, rounds, action) {
  const times = stores.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [i, store] of stores.entries()) {
      const start = performance.now()
      await action(store, round)
      times[i].push(performance.now() - start)
    }
  }
  return times.map(median)
}

async function fill(count) {
  const path = join(directory, `${count}.db`)
  const store = await openAt(path)
  for (let kept = 0; kept < count; kept += 1000) await captureGroup(store, 1000)
  await store.close()
  return { count, path }
}

/** Refs spread over all that is stored. */
async function withRefs({ count, path }) {
  const store = await openAt(path)
  const refs = []
  for (let seq = 1; seq <= count; seq += count / ROUNDS) {
    const [row] = await collect(store.list({ beforeSeq: Math.floor(seq) + 1, limit: 1 }))
    refs.push(row.request.id.slice(0, 4))
  }
  return Object.assign(store, { refs })
}

try {
  const filled = []
  for (const count of counts) filled.push(await fill(count))
  const opening = await measure(filled, 30, async ({ path }) => (await openAt(path)).close())
  const stores = await Promise.all(filled.map(withRefs))
  const figures = {
    open: opening,
    'list 20': await measure(stores, ROUNDS, (store) => collect(store.list({ limit: 20 }))),
    'get by prefix': await measure(stores, ROUNDS, (store, round) => store.get(store.refs[round])),
    count: await measure(stores, ROUNDS, (store) => store.count()),
    'capture 32': await measure(stores, ROUNDS, (store) => captureGroup(store, GROUP)),
  }
  await Promise.all(stores.map((store) => store.close()))
  for (const [i, { count, path }] of filled.entries()) {
    const shown = Object.entries(figures).map(
      ([name, medians]) => `${name} ${medians[i].toFixed(3)} ms (x${(medians[i] / medians[0]).toFixed(2)})`,
    )
    console.log(`${count} stored, ${Math.round(statSync(path).size / 1e6)} MB: ${shown.join(' · ')}`)
  }
} finally {
  rmSync(directory, { recursive: true, force: true })
}
