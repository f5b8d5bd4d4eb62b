/** Runs commands in a process that has no file descriptor left, then with some to spare again. */
import { closeSync, openSync } from 'node:fs'
import { openExecutor } from '../../dist/exec/runner.js'

const clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(() => callback(), ms)
    return () => clearTimeout(timer)
  },
}
const runner = openExecutor({
  clock,
  platform: process.platform,
  cwd: '/',
  env: process.env,
  kill: (pid, signal) => process.kill(pid, signal),
  groups: new Set(),
})
const request = { id: 'a', method: 'POST', target: '/', headers: [], receivedAt: 0, body: Buffer.from('x') }
const execution = {
  request,
  identity: {},
  verdict: { status: 'unsigned' },
  command: ['true'],
  shell: false,
  attempt: 1,
}

async function statuses() {
  const counts = new Map()
  for (let i = 0; i < 200; i++) {
    const { outcome } = await runner.run(execution, { timeoutMs: 5000 })
    counts.set(outcome.status, (counts.get(outcome.status) ?? 0) + 1)
  }
  return Array.from(counts, ([status, count]) => `${status} x ${count}`).join(', ')
}

// Written to once now: a pipe that is opened later would need a descriptor.
process.stdout.write('')
const held = []
try {
  for (;;) held.push(openSync('/dev/null'))
} catch {}
const without = await statuses()
for (const descriptor of held) closeSync(descriptor)
console.log(`without: ${without}; with: ${await statuses()}`)
