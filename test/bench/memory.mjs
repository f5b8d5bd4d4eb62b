// Memory after ten thousand captures and after a million, in one process that keeps ten thousand.
// Usage: node test/bench/memory.mjs [captures]   Linux: reads /proc.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/webhook-cli.cjs', import.meta.url))
const AUTOCANNON = fileURLToPath(new URL('../../node_modules/autocannon/autocannon.js', import.meta.url))
const CAPTURES = Number(process.argv[2] ?? 1_000_000)
const FIRST = 10_000
const LIMIT = 1.3

const home = mkdtempSync(join(tmpdir(), 'webhook-cli-bench-'))
const body = join(home, 'body.json')
writeFileSync(body, JSON.stringify({ id: 'evt_1', type: 'invoice.paid', data: 'x'.repeat(975) }))
const child = spawn(process.execPath, [BIN, 'listen', '--port', '0', '--store', join(home, 'r.db')], {
  env: { ...process.env, HOME: home },
  stdio: ['ignore', 'ignore', 'pipe'],
})
const port = await new Promise((resolve) => {
  let text = ''
  child.stderr.on('data', (chunk) => {
    text += chunk
    const match = /http:\/\/localhost:(\d+)\//.exec(text)
    if (match) resolve(match[1])
  })
})

async function post(amount) {
  const args = [AUTOCANNON, '-j', '-c', '32', '-a', String(amount), '-m', 'POST']
  const load = spawn(
    process.execPath,
    [...args, '-H', 'Content-Type: application/json', '-i', body, `http://127.0.0.1:${port}/`],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  let text = ''
  load.stdout.on('data', (chunk) => (text += chunk))
  await once(load, 'close')
  const result = JSON.parse(text)
  if (result['2xx'] < amount) throw new Error(`${result['2xx']} of ${amount} acknowledged`)
}

function residentMiB() {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024
}

try {
  await post(FIRST)
  const before = residentMiB()
  await post(CAPTURES - FIRST)
  const after = residentMiB()
  const ratio = after / before
  console.log(
    `node ${process.version}: ${before.toFixed(0)} MiB after ${FIRST} captures, ${after.toFixed(0)} MiB after ${CAPTURES}, ` +
      `ratio ${ratio.toFixed(2)} (must be ≤ ${LIMIT})`,
  )
  process.exitCode = ratio > LIMIT ? 1 : 0
} finally {
  child.kill('SIGTERM')
  await once(child, 'close')
  rmSync(home, { recursive: true, force: true })
}
