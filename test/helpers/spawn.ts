import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The Node and the executable under test: the checkout's own, or those of an installed package. */
export const NODE: string = process.env['WEBHOOK_CLI_NODE'] ?? process.execPath
export const BIN: string =
  process.env['WEBHOOK_CLI_BIN'] ?? join(import.meta.dirname, '..', '..', 'bin', 'webhook-cli.cjs')

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Spawned {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  stdout(): Buffer
  stderr(): string
  /** Resolves when the text of a stream matches; rejects when the process ends first. */
  until(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string>
}

export interface SpawnOptions {
  readonly home: string
  readonly env?: Readonly<Record<string, string>>
  /** Run under another program: `prlimit`, `unshare`, `strace`. */
  readonly under?: readonly string[]
  readonly stdin?: string
}

/** Starts the real executable in a process of its own, with an environment of its own. */
export function spawnCli(
  args: readonly string[],
  { home, env = {}, under = [], stdin }: SpawnOptions,
): Spawned {
  const [file = NODE, ...rest] = [...under, NODE, BIN, ...args]
  const child = spawn(file, rest, {
    cwd: home,
    env: { HOME: home, PATH: process.env['PATH'] ?? '', LANG: 'C.UTF-8', ...env },
    stdio: [stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  if (stdin !== undefined) child.stdin?.end(stdin)
  const chunks: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] }
  child.stdout?.on('data', (chunk: Buffer) => chunks.stdout.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => chunks.stderr.push(chunk))
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal }))
  })
  return {
    child,
    ended,
    stdout: () => Buffer.concat(chunks.stdout),
    stderr: () => Buffer.concat(chunks.stderr).toString('utf8'),
    until(stream, pattern) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const text = Buffer.concat(chunks[stream]).toString('utf8')
          if (!pattern.test(text)) return
          child[stream]?.off('data', look)
          resolve(text)
        }
        child[stream]?.on('data', look)
        look()
        void ended.then(({ code, signal }) =>
          reject(
            new Error(
              `ended with ${String(code ?? signal)} before ${pattern.source} came:\n${Buffer.concat(chunks.stderr).toString()}`,
            ),
          ),
        )
      })
    },
  }
}

/** Runs a command to its end. */
export async function runCli(
  args: readonly string[],
  options: SpawnOptions,
): Promise<Ended & { stdout: Buffer; stderr: string }> {
  const spawned = spawnCli(args, options)
  const ended = await spawned.ended
  return { ...ended, stdout: spawned.stdout(), stderr: spawned.stderr() }
}

export interface Listening extends Spawned {
  readonly port: number
}

/** Starts `listen --json` on a port the system chooses and waits until it takes requests. */
export async function startListen(args: readonly string[], options: SpawnOptions): Promise<Listening> {
  const spawned = spawnCli(['listen', '--port', '0', '--json', ...args], options)
  const text = await spawned.until('stdout', /"type":"ready".*\n/)
  const port = Number(/"endpoint":"https?:\/\/[^"]*:(\d+)\/"/.exec(text)?.[1])
  return { ...spawned, port }
}

/** A home folder of its own. */
export function createHome(): { readonly home: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), 'webhook-cli-'))
  return { home, remove: () => rmSync(home, { recursive: true, force: true }) }
}
