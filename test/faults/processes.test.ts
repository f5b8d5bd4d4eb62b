import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startLoad } from '../helpers/load.ts'
import { exchange, post } from '../helpers/post.ts'
import { createHome, runCli, spawnCli, startListen } from '../helpers/spawn.ts'
import { checkIntegrity } from '../helpers/store.ts'

let home: string
let remove: () => void
beforeEach(() => {
  ;({ home, remove } = createHome())
})
afterEach(() => remove())

test(
  'R-CAP-14: two listeners, a lister and a deleter share one store, and nobody hears of a lock',
  { timeout: 120_000 },
  async () => {
    const [one, two] = await Promise.all([
      startListen(['--keep', '0'], { home }),
      startListen(['--keep', '0'], { home }),
    ])
    await post(one.port, { method: 'DELETE', path: '/to-be-cleared' })
    const loads = [startLoad(one.port, 4, (key) => key, 'a'), startLoad(two.port, 4, (key) => key, 'b')]
    let running = true
    let looked = 0
    async function keepRunning(args: string[]): Promise<void> {
      while (running) {
        const { code, stderr } = await runCli(args, { home })
        expect({ code, stderr: stderr.replace(/^deleted .*\n/, '') }).toEqual({ code: 0, stderr: '' })
        looked++
      }
    }
    const beside = Promise.all([
      keepRunning(['list', '-n', '100']),
      keepRunning(['clear', '--method', 'DELETE', '--yes']),
    ])
    await Promise.all(loads.map((load) => load.acked(1000)))
    await Promise.all(loads.map((load) => load.stop()))
    running = false
    await beside
    const answers = loads.flatMap((load) => load.sent)
    const { stdout } = await runCli(['list', '-n', '100000'], { home })
    const kept = new Set(
      stdout
        .toString()
        .trim()
        .split('\n')
        .map((line) => line.split('\t')[3]?.slice(1)),
    )
    const missing = answers.filter(({ key }) => !kept.has(key))
    console.log(
      `R-CAP-14: ${answers.length} posts to two listeners, ${looked} list and clear runs beside them, ${missing.length} missing`,
    )
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    expect(missing).toEqual([])
    expect(kept.size).toBe(answers.length)
    for (const listening of [one, two]) {
      listening.child.kill('SIGTERM')
      expect((await listening.ended).code).toBe(0)
      expect(listening.stderr()).toBe('')
    }
  },
)

const MOUNT = (() => {
  const { status } = spawnSync('unshare', ['-m', 'true'])
  if (status !== 0) console.log('skipped: no right to mount a small file system')
  return status === 0
})()

test.runIf(MOUNT)(
  'R-CAP-3: a full disk is 503 and one line; what was acknowledged is there; with space it goes on',
  { timeout: 60_000 },
  async () => {
    const disk = join(home, 'disk')
    spawnSync('mkdir', [disk])
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', disk]).status).toBe(0)
    try {
      const ballast = join(disk, 'ballast')
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1024', 'count=1024'])
      const listening = await startListen(['--store', join(disk, 'r.db')], { home })
      const statuses: number[] = []
      for (let i = 0; i < 300; i++) {
        const reply = await post(listening.port, { path: `/${i}`, body: Buffer.alloc(20_000, i) })
        statuses.push(reply.status)
        if (reply.status === 503) expect(reply.headers['retry-after']).toBe('1')
      }
      const acked = statuses.filter((status) => status === 200).length
      const refused = statuses.filter((status) => status === 503).length
      expect(acked + refused).toBe(300)
      expect(refused).toBeGreaterThan(100)
      const count = async (): Promise<number> =>
        (await runCli(['list', '-n', '1000', '--store', join(disk, 'r.db')], { home })).stdout
          .toString()
          .split('\n')
          .filter(Boolean).length
      expect(await count()).toBe(acked)
      spawnSync('rm', [ballast])
      expect((await post(listening.port, { path: '/again' })).status).toBe(200)
      const cleared = await runCli(['clear', '--yes', '--store', join(disk, 'r.db')], { home })
      expect(cleared).toMatchObject({ code: 0, stderr: `deleted ${acked + 1} captured requests\n` })
      listening.child.kill('SIGTERM')
      expect((await listening.ended).code).toBe(0)
      const told = listening
        .stderr()
        .split('\n')
        .filter((line) => line.includes('store-failed'))
      console.log(
        `R-CAP-3: ${acked} acknowledged and stored, ${refused} × 503, integrity ${checkIntegrity(join(disk, 'r.db'))}`,
      )
      expect(told).toHaveLength(refused)
      expect(checkIntegrity(join(disk, 'r.db'))).toBe('ok')
    } finally {
      spawnSync('umount', ['-l', disk])
    }
  },
)

test('R-CAP-3: on a terminal or in a log the full disk is one line, not one per request', async () => {
  const listening = spawnCli(['listen', '--port', '0', '--store', '/dev/full/r.db'], { home })
  const { code } = await listening.ended
  expect(code).toBe(1)
  expect(listening.stderr()).toMatch(/^error: cannot open the store/)
})

const PRLIMIT = spawnSync('prlimit', ['--version']).status === 0

test.runIf(PRLIMIT)(
  'R-CAP-5: out of file descriptors it neither dies nor acknowledges in vain, and serves again at once',
  { timeout: 60_000 },
  async () => {
    const listening = await startListen([], { home, under: ['prlimit', '--nofile=64:64'] })
    const idle = Array.from({ length: 300 }, () => connect(listening.port, '127.0.0.1').on('error', () => {}))
    const answered = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        post(listening.port, { path: `/${i}` }).then(
          ({ status }) => status,
          () => 0,
        ),
      ),
    )
    for (const socket of idle) socket.destroy()
    const released = performance.now()
    let status = 0
    while (status !== 200)
      status = await post(listening.port, { path: '/after' }).then(
        (reply) => reply.status,
        () => 0,
      )
    const back = performance.now() - released
    const acked = answered.filter((code) => code === 200).length
    const { stdout } = await runCli(['list', '-n', '1000'], { home })
    const kept = stdout.toString().split('\n').filter(Boolean).length
    console.log(
      `R-CAP-5: 64 descriptors, 300 idle connections: ${acked} of 100 acknowledged, ${kept - 1} of them stored, back after ${back.toFixed(0)} ms`,
    )
    expect(kept).toBeGreaterThanOrEqual(acked + 1)
    expect(back).toBeLessThan(2000)
    listening.child.kill('SIGTERM')
    expect((await listening.ended).code).toBe(0)
  },
)

const UNSHARE = spawnSync('unshare', ['-n', 'true']).status === 0
if (!UNSHARE) console.log('skipped: no right to make a network namespace')
const STRACE = spawnSync('strace', ['-V']).status === 0

test.runIf(UNSHARE && STRACE)(
  'R-SUP-2: no connection is made to anything but this machine, whatever command runs',
  { timeout: 60_000 },
  async () => {
    const script = `
    ip link set lo up 2>/dev/null || ifconfig lo up 2>/dev/null || true
    "$@"`
    const lines = [
      ['--version'],
      ['help'],
      ['help', 'paths'],
      ['list'],
      ['show', 'last'],
      ['completion', 'bash'],
      ['clear', '--yes'],
      ['listen', '--port', '0', '--for', '300ms'],
      ['listen', '--port', '0', '--tls', '--for', '300ms'],
    ]
    for (const args of lines) {
      const under = [
        'unshare',
        '-n',
        'sh',
        '-c',
        script,
        'sh',
        'strace',
        '-f',
        '-qq',
        '-e',
        'trace=connect,sendto',
        '-o',
        join(home, 'trace'),
      ]
      await runCli(args, { home, under })
      const calls = spawnSync('cat', [join(home, 'trace')], { encoding: 'utf8' }).stdout
      expect(calls.split('\n').filter((line) => /AF_INET/.test(line))).toEqual([])
    }
  },
)

test('one request that goes wrong is one request: the others are served', async () => {
  const listening = await startListen([], { home })
  for (const bytes of [
    'GET / HTTP/9.9\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: nope\r\n\r\n',
    '\x00\x01\x02\r\n\r\n',
  ]) {
    expect((await exchange(listening.port, bytes)).toString('latin1')).toMatch(/^HTTP\/1\.1 4\d\d /)
  }
  expect((await post(listening.port)).status).toBe(200)
  listening.child.kill('SIGTERM')
  await listening.ended
})
