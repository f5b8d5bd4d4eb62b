import { spawn } from 'node:child_process'
import type { OwnProcess } from '../core/bench/ports.ts'
import type { Clock } from '../core/ports.ts'

/** How long it may take to end by itself, milliseconds. */
const GRACE_MS = 2000

/**
 * Starts this program again in a process of its own. It ends with us: its stdin is ours, and closes however we end.
 *
 * @param command program and arguments
 */
export function startOwnProcess(
  command: readonly string[],
  options: {
    readonly clock: Clock
    readonly platform: string
    readonly env: Readonly<Record<string, string | undefined>>
  },
): OwnProcess {
  const [file = '', ...args] = command
  const child = spawn(file, args, {
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own: Ctrl-C is for us, and it shall still be there while we finish.
    detached: options.platform !== 'win32',
    windowsHide: true,
  })
  let ended = false
  let said = ''
  child.stdin.on('error', () => {})
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-4096)))
  const whenEnded = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true
      resolve()
    }
    child.once('error', (error) => {
      said = error.message
      end()
    })
    child.once('close', end)
  })
  const firstLine = new Promise<string | undefined>((resolve) => {
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      if (text.includes('\n')) return
      text += chunk.toString('utf8')
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')))
    })
    void whenEnded.then(() => resolve(undefined))
  })
  return {
    pid: child.pid,
    firstLine,
    lastWords: () => said,
    async end() {
      if (ended) return
      child.kill('SIGTERM')
      const cancel = options.clock.after(GRACE_MS, () => child.kill('SIGKILL'))
      await whenEnded
      cancel()
    },
  }
}
