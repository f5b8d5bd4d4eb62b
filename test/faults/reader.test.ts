import { execFileSync } from 'node:child_process'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startLoad } from '../helpers/load.ts'
import { post } from '../helpers/post.ts'
import { BIN, createHome, NODE, runCli, spawnCli, startListen } from '../helpers/spawn.ts'

let home: string
let remove: () => void
beforeEach(() => {
  ;({ home, remove } = createHome())
})
afterEach(() => remove())

const POSTS = 5000

/** Posts one after the other on one connection and tells how long the slowest took, in milliseconds. */
async function slowestOf(port: number, count: number): Promise<{ slowest: number; acked: number }> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  const body = 'x'.repeat(2000)
  const head = `POST /r HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  let slowest = 0
  let acked = 0
  for (let i = 0; i < count; i++) {
    const start = performance.now()
    socket.write(head)
    const answer = await new Promise<string>((resolve, reject) => {
      let text = ''
      const take = (chunk: Buffer): void => {
        text += chunk.toString('latin1')
        if (!text.endsWith('{"ok":true}')) return
        socket.off('data', take)
        socket.off('error', reject)
        resolve(text)
      }
      socket.on('data', take)
      socket.on('error', reject)
    })
    slowest = Math.max(slowest, performance.now() - start)
    if (answer.startsWith('HTTP/1.1 200')) acked++
  }
  socket.destroy()
  return { slowest, acked }
}

async function keptNow(): Promise<number> {
  const { stdout } = await runCli(['list', '--json', '-n', '100000'], { home })
  return stdout.toString('utf8').split('\n').filter(Boolean).length
}

test(
  'R-TTY-3: a reader that stops reading holds up no sender, and gets every line when it reads on',
  { timeout: 120_000 },
  async () => {
    const listening = await startListen([], { home })
    listening.child.stdout?.pause()
    const { slowest, acked } = await slowestOf(listening.port, POSTS)
    const kept = await keptNow()
    listening.child.stdout?.resume()
    listening.child.kill('SIGTERM')
    const ended = await listening.ended
    const printed = listening
      .stdout()
      .toString('utf8')
      .split('\n')
      .filter((line) => line.includes('"type":"request"'))
    console.log(
      `R-TTY-3: reader stopped, ${acked} acknowledged, slowest ${slowest.toFixed(0)} ms, ${kept} stored, ${printed.length} lines read afterwards`,
    )
    expect({ acked, kept, printed: printed.length, ...ended }).toEqual({
      acked: POSTS,
      kept: POSTS,
      printed: POSTS,
      code: 0,
      signal: null,
    })
    expect(slowest).toBeLessThan(250)
  },
)

test('R-TTY-3: after the reader has closed the pipe it goes on capturing and ends with 0 on SIGTERM', async () => {
  const listening = await startListen([], { home })
  listening.child.stdout?.destroy()
  const load = startLoad(listening.port, 4, (key) => key)
  await load.acked(500)
  await load.stop()
  const acked = load.sent.filter(({ status }) => status === 200).length
  expect(await keptNow()).toBe(acked)
  listening.child.kill('SIGTERM')
  expect((await listening.ended).code).toBe(0)
  expect(listening.stderr()).not.toContain('EPIPE')
})

const hasTmux = (() => {
  try {
    execFileSync('tmux', ['-V'])
    return true
  } catch {
    console.log('skipped: tmux is not installed')
    return false
  }
})()

/** A terminal of our own server, so that nobody else's session is touched. */
function tmux(socket: string, ...args: string[]): string {
  return execFileSync('tmux', ['-L', socket, ...args], { encoding: 'utf8' })
}

async function screenWith(socket: string, pattern: RegExp): Promise<string> {
  for (;;) {
    const screen = tmux(socket, 'capture-pane', '-p', '-t', 'main')
    if (pattern.test(screen)) return screen
    await delay(50)
  }
}

test.runIf(hasTmux)(
  'R-TTY-1: in a real terminal nothing a stranger sends acts: title and earlier lines stay',
  async () => {
    const socket = `webhook-cli-${process.pid}`
    const env = ['-e', `HOME=${home}`, '-e', 'LANG=C.UTF-8']
    tmux(
      socket,
      'new-session',
      '-d',
      '-s',
      'main',
      '-x',
      '100',
      '-y',
      '50',
      ...env,
      NODE,
      BIN,
      'listen',
      '--port',
      '0',
    )
    try {
      const port = Number(/localhost:(\d+)/.exec(await screenWith(socket, /localhost:\d+/))?.[1])
      tmux(socket, 'select-pane', '-t', 'main', '-T', 'before')
      const evil = [
        '\x1b]0;owned\x07',
        '\x1b]2;owned\x1b\\',
        '\x1bPq#0\x1b\\',
        '\x1b[2J\x1b[H',
        '\x1b[6n',
        '\r\nFAKE 200 POST /',
        '\x9b2J',
        '\u202eevil',
      ]
      for (const payload of evil) {
        await post(port, {
          path: '/first',
          headers: [
            'X-GitHub-Event',
            payload.replaceAll(/[^\x20-\x7e\x80-\xff]/g, ''),
            'Content-Type',
            'application/json',
          ],
          body: JSON.stringify({ event: payload }),
        })
        await post(port, { path: '/raw', body: payload })
      }
      tmux(socket, 'send-keys', '-t', 'main', 's', 'Enter')
      const screen = await screenWith(socket, /Body +/)
      expect(tmux(socket, 'display-message', '-p', '-t', 'main', '#{pane_title}').trim()).toBe('before')
      expect(screen).toContain('/first')
      // The spinner that was there before leaves the line as it found it.
      expect(screen.split('\n').filter((line) => /^\d\d:\d\d:\d\d {2}POST/.test(line)).length).toBe(
        screen.split('\n').filter((line) => /\d\d:\d\d:\d\d {2}POST/.test(line)).length,
      )
      expect(screen.split('\n').filter((line) => line.startsWith('FAKE'))).toEqual([])
      expect(tmux(socket, 'capture-pane', '-p', '-t', 'main', '-S', '-200')).toContain('ready in')
    } finally {
      tmux(socket, 'kill-server')
    }
  },
)

test.runIf(hasTmux)(
  'R-TTY-3: a terminal stopped with Ctrl-S holds up no sender, and no line stands behind the spinner afterwards',
  { timeout: 60_000 },
  async () => {
    const socket = `webhook-cli-s-${process.pid}`
    tmux(
      socket,
      'new-session',
      '-d',
      '-s',
      'main',
      '-x',
      '100',
      '-y',
      '50',
      '-e',
      `HOME=${home}`,
      '-e',
      'LANG=C.UTF-8',
      // There nothing is animated.
      'env',
      '-u',
      'CI',
      NODE,
      BIN,
      'listen',
      '--port',
      '0',
    )
    try {
      const port = Number(/localhost:(\d+)/.exec(await screenWith(socket, /localhost:\d+/))?.[1])
      await screenWith(socket, /waiting for the first request/)
      tmux(socket, 'send-keys', '-t', 'main', 'C-s')
      const { slowest, acked } = await slowestOf(port, 1500)
      console.log(`R-TTY-3: Ctrl-S, ${acked} acknowledged, slowest ${slowest.toFixed(0)} ms`)
      expect(acked).toBe(1500)
      expect(slowest).toBeLessThan(250)
      tmux(socket, 'send-keys', '-t', 'main', 'C-q')
      await screenWith(socket, /POST \/r/)
      // What was on the screen before, with the spinner gone from it.
      const all = tmux(socket, 'capture-pane', '-p', '-t', 'main', '-S', '-2000').split('\n')
      expect(all.join('\n')).toContain('ready in')
      expect(all.filter((line) => line.includes('waiting for'))).toEqual([])
      expect(all.filter((line) => line.includes('POST /r') && !/^\d\d:/.test(line))).toEqual([])
    } finally {
      tmux(socket, 'kill-server')
    }
  },
)

test('a huge body costs the sender nothing while it is printed', { timeout: 60_000 }, async () => {
  const listening = spawnCli(['listen', '--port', '0'], { home })
  const port = Number(/localhost:(\d+)/.exec(await listening.until('stderr', /localhost:\d+/))?.[1])
  await post(port, { body: Buffer.alloc(24 * 1024 * 1024, '{"a":1}') })
  const { slowest } = await slowestOf(port, 50)
  expect(slowest).toBeLessThan(250)
  listening.child.kill('SIGTERM')
  await listening.ended
})
