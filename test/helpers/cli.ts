import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findPaths } from '../../src/cli/paths.ts'
import { run } from '../../src/cli/program.ts'
import { compose } from '../../src/compose.ts'
import type { Input, Io, Output } from '../../src/ui/io.ts'
import { systemClock } from '../../src/ui/io.ts'
import { BIN, NODE } from './spawn.ts'

/** What a command wrote, and a way to wait for it. */
export interface Recorded extends Output {
  text(): string
  bytes(): Buffer
  /** Resolves with the whole text as soon as it matches. */
  until(pattern: RegExp): Promise<string>
}

export function recordOutput(columns?: number): Recorded {
  const chunks: Buffer[] = []
  const watchers = new Set<() => void>()
  const bytes = (): Buffer => Buffer.concat(chunks)
  const text = (): string => bytes().toString('utf8')
  return {
    isTTY: columns !== undefined,
    columns: () => columns,
    write(data) {
      chunks.push(Buffer.from(data))
      for (const watch of watchers) watch()
      return true
    },
    drained: () => Promise.resolve(),
    closed: false,
    bytes,
    text,
    until(pattern) {
      return new Promise((resolve) => {
        const watch = (): void => {
          if (!pattern.test(text())) return
          watchers.delete(watch)
          resolve(text())
        }
        watchers.add(watch)
        watch()
      })
    },
  }
}

export interface Session {
  readonly stdout: Recorded
  readonly stderr: Recorded
  /** The exit status, once the command has ended. */
  readonly status: Promise<number>
  /** As a first Ctrl-C. */
  interrupt(): void
  type(line: string): void
}

export interface BenchOptions {
  columns?: number
  env?: Record<string, string>
  cwd?: string
  /** What is piped in. */
  stdin?: string | Uint8Array
}

export interface Bench {
  readonly home: string
  /** Starts a command in this process, on a terminal of so many columns, or in a pipe. */
  start(args: readonly string[], options?: BenchOptions): Session
  /** The same, to its end. */
  run(
    args: readonly string[],
    options?: BenchOptions & { type?: string },
  ): Promise<{ status: number; stdout: string; stderr: string; bytes: Buffer }>
  remove(): void
}

/** A home folder of its own, in which commands run in this process with real sockets, files and clocks. */
export function createBench(): Bench {
  const home = mkdtempSync(join(tmpdir(), 'webhook-cli-'))
  const start: Bench['start'] = (args, { columns, env = {}, cwd = home, stdin: input = '' } = {}) => {
    const stdout = recordOutput(columns)
    const stderr = recordOutput(columns)
    const stop = new AbortController()
    let bySigint = false
    const listeners = new Set<(line: string) => void>()
    const stdin: Input = {
      isTTY: columns !== undefined && input === '',
      readAll: () => Promise.resolve(Buffer.from(input)),
      onLine(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
      readLine: () =>
        new Promise((resolve) => {
          const release = stdin.onLine((line) => {
            release()
            resolve(line)
          })
        }),
    }
    const fullEnv = { HOME: home, LANG: 'C.UTF-8', ...env }
    const io: Io = { stdin, stdout, stderr, env: fullEnv, cwd, platform: 'linux', clock: systemClock }
    const deps = compose({
      io,
      paths: findPaths(fullEnv, 'linux'),
      version: '0.0.0-test',
      versions: 'webhook-cli 0.0.0-test, node test',
      random: (size) => randomBytes(size),
      startedAt: systemClock.monotonic(),
      uid: process.getuid?.(),
      warnings: process,
      kill: (pid, signal) => process.kill(pid, signal),
      groups: new Set(),
      self: {
        pid: process.pid,
        command: [NODE, BIN],
        node: process.version,
        cpuUs() {
          const { user, system } = process.cpuUsage()
          return user + system
        },
        turn: (callback) => void setImmediate(callback),
      },
      interruption: () => ({ stop: stop.signal, bySigint: () => bySigint }),
    })
    return {
      stdout,
      stderr,
      status: run(args, deps),
      interrupt() {
        bySigint = true
        stop.abort()
      },
      type(line) {
        for (const listener of listeners) listener(line)
      },
    }
  }
  return {
    home,
    start,
    async run(args, options = {}) {
      const session = start(args, options)
      if (options.type !== undefined) {
        await session.stderr.until(/\[y\/N\] $/)
        session.type(options.type)
      }
      const status = await session.status
      return {
        status,
        stdout: session.stdout.text(),
        stderr: session.stderr.text(),
        bytes: session.stdout.bytes(),
      }
    },
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}
