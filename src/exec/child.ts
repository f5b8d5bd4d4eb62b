import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { AbortWatcher } from '../core/abort.ts'
import type { CommandOutcome } from '../core/delivery.ts'
import type { Clock, DeliverOptions } from '../core/ports.ts'
import type { Invocation } from './invocation.ts'
import { Output } from './output.ts'

/** What starting and ending processes takes of the outside. */
export interface ProcessDeps {
  readonly clock: Clock
  readonly platform: string
  readonly cwd: string
  /** Signals a process, or the whole group of one where the number is negative. Throws where there is none. */
  readonly kill: (pid: number, signal: NodeJS.Signals) => unknown
  /** Numbers of the groups that run right now: whoever has to end at once can kill them first. */
  readonly groups: Set<number>
  readonly onAbort: AbortWatcher
}

export interface ProcessInput {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: Uint8Array
}

const MAX_OUTPUT_BYTES = 1_048_576
/** How long a process that was told to end may take before it is killed, in milliseconds. */
const TERM_GRACE_MS = 5000
/** How long what it left running, like a `tee` behind it, may write on after its end, in milliseconds. */
const LINGER_MS = 1000

/** Runs a program to its end, and the whole process group ends with it. Never throws, never waits for ever. */
export function runProcess(
  invocation: Invocation,
  input: ProcessInput,
  { timeoutMs, signal }: DeliverOptions,
  deps: ProcessDeps,
): Promise<CommandOutcome> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve(notRun('INTERRUPTED'))
    let child: ChildProcess
    try {
      child = start(invocation, input, deps)
    } catch (error) {
      return resolve(notRun(codeOf(error)))
    }
    const run = new Run(child, deps, (outcome) => {
      cancel()
      release?.()
      resolve(outcome)
    })
    const cancel = deps.clock.after(timeoutMs, () => run.end(true))
    const release = signal && deps.onAbort(signal, () => run.end(false))
    // A program that does not read its stdin says so by its exit status, not by our broken pipe.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input.stdin)
  })
}

function start({ file, args, verbatim }: Invocation, { env }: ProcessInput, deps: ProcessDeps): ChildProcess {
  return spawn(file, args, {
    cwd: deps.cwd,
    env,
    shell: false,
    // A group of its own, which can be ended as a whole. On Windows it would be a console window instead.
    detached: deps.platform !== 'win32',
    windowsHide: true,
    windowsVerbatimArguments: verbatim,
  })
}

/** A process and what is known of it so far. Settles once. */
class Run {
  readonly #child: ChildProcess
  readonly #deps: ProcessDeps
  readonly #settle: (outcome: CommandOutcome) => void
  readonly #output = new Output(MAX_OUTPUT_BYTES)
  #status: number | string | undefined
  #timedOut = false
  #told = false
  #settled = false
  readonly #timers: (() => void)[] = []

  constructor(child: ChildProcess, deps: ProcessDeps, settle: (outcome: CommandOutcome) => void) {
    this.#child = child
    this.#deps = deps
    this.#settle = settle
    if (child.pid !== undefined) deps.groups.add(child.pid)
    // Without file descriptors to spare there are no streams at all.
    child.stdout?.on('data', (chunk: Buffer) => this.#output.add(chunk))
    child.stderr?.on('data', (chunk: Buffer) => this.#output.add(chunk))
    child.once('error', (error) => {
      this.#status = codeOf(error)
      this.#finish()
    })
    child.once('exit', (code, killedBy) => {
      // Who was told to end and answers 0 has not said that the work is done.
      this.#status = this.#told && code === 0 ? 'SIGTERM' : (code ?? killedBy ?? 'UNKNOWN')
      this.#later(LINGER_MS, () => this.#kill())
    })
    child.once('close', () => this.#finish())
  }

  /** Tells the group to end, and kills it if it does not. */
  end(timedOut: boolean): void {
    if (this.#settled || this.#told || this.#status !== undefined) return
    this.#told = true
    this.#timedOut = timedOut
    this.#signal('SIGTERM')
    this.#later(TERM_GRACE_MS, () => this.#kill())
  }

  /** Once all of the group is dead its streams end. Somebody who left it may hold them: we go on without. */
  #kill(): void {
    this.#signal('SIGKILL')
    this.#later(LINGER_MS, () => this.#finish())
  }

  #finish(): void {
    if (this.#settled) return
    this.#settled = true
    for (const cancel of this.#timers) cancel()
    // The number of a group that has ended this moment is nobody else's yet.
    this.#signal('SIGKILL')
    const { pid, stdin, stdout, stderr } = this.#child
    if (pid !== undefined) this.#deps.groups.delete(pid)
    for (const stream of [stdin, stdout, stderr]) stream?.destroy()
    this.#settle({
      kind: 'exit',
      status: this.#status ?? 'SIGKILL',
      timedOut: this.#timedOut,
      output: this.#output.bytes,
      outputSize: this.#output.size,
    })
  }

  #later(ms: number, callback: () => void): void {
    this.#timers.push(this.#deps.clock.after(ms, callback))
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child
    if (pid === undefined) return
    if (this.#deps.platform === 'win32') return this.#endTree(pid)
    try {
      this.#deps.kill(-pid, signal)
    } catch {
      // All of the group has ended, or belongs to another user.
    }
  }

  /** Windows has neither groups nor signals. Once the process has ended its number may be another's. */
  #endTree(pid: number): void {
    if (this.#status !== undefined) return
    spawn('taskkill', ['/pid', String(pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true }).on(
      'error',
      () => this.#child.kill(),
    )
  }
}

/** The outcome of what could not be started, or was not to be. */
export function notRun(status: string): CommandOutcome {
  return { kind: 'exit', status, timedOut: false, output: new Uint8Array(), outputSize: 0 }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN'
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
