import type { Clock } from '../core/ports.ts'

/** One stream for people or programs. Writing never waits for the reader. */
export interface Output {
  readonly isTTY: boolean
  /** Width in columns; undefined where the stream is no terminal. */
  columns(): number | undefined
  /** Queues text or bytes. False: the reader is behind, ask `drained` before writing more. */
  write(data: string | Uint8Array): boolean
  /** Resolves when what was written is with the system, or the reader is gone. */
  drained(): Promise<void>
  /** The terminal itself, for spinners; absent in a pipe, a file and in tests. */
  readonly terminal?: NodeJS.WriteStream
  /** True once the reader has closed the pipe: what is written then goes nowhere. */
  readonly closed: boolean
}

export interface Input {
  readonly isTTY: boolean
  /** All bytes up to the end. */
  readAll(): Promise<Uint8Array>
  /** Lines as they are typed, until the function returned is called. */
  onLine(listener: (line: string) => void): () => void
  /** The next line that is typed; undefined where the input ends before it does. */
  readLine(): Promise<string | undefined>
}

/** The outside world, as commands see it. */
export interface Io {
  readonly stdin: Input
  readonly stdout: Output
  readonly stderr: Output
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly platform: string
  readonly clock: Clock
}

/** libuv's handle of a stream; not there for files. */
interface WithHandle {
  readonly _handle?: { readonly setBlocking?: (blocking: boolean) => number } | null
}

/** Of a file and a pipe `isTTY` is undefined, whatever Node's types say. */
function isTerminal(stream: { readonly isTTY?: boolean }): boolean {
  return stream.isTTY === true
}

/** Wraps `process.stdout` or `process.stderr`. */
export function outputOf(stream: NodeJS.WriteStream & WithHandle): Output {
  let closed = false
  const waiters = new Set<() => void>()
  const isTTY = isTerminal(stream)
  stream.on('error', () => {
    // EPIPE, or a terminal that went away: the reader is gone, which is no reason to stop working.
    closed = true
    for (const wake of waiters) wake()
    waiters.clear()
  })
  // Node makes terminals blocking. Ctrl-S, or a slow ssh line, would then stop the whole process,
  // capturing included; libuv has its own file description of the terminal, so nobody else is affected.
  if (isTTY) stream._handle?.setBlocking?.(false)
  return {
    isTTY,
    columns: () => (isTTY ? (stream.columns ?? 80) : undefined),
    ...(isTTY ? { terminal: stream } : {}),
    write(data) {
      return closed || stream.write(data)
    },
    drained() {
      if (closed || stream.writableLength === 0) return Promise.resolve()
      return new Promise((resolve) => {
        waiters.add(resolve)
        stream.write('', () => {
          waiters.delete(resolve)
          resolve()
        })
      })
    },
    get closed() {
      return closed
    },
  }
}

interface NodeInput extends AsyncIterable<Uint8Array> {
  readonly isTTY?: boolean
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  on(event: 'end', listener: () => void): unknown
  off(event: 'data', listener: (chunk: Uint8Array) => void): unknown
  off(event: 'end', listener: () => void): unknown
  pause(): unknown
}

/** Wraps `process.stdin`, which is touched only when it is asked for: opening it costs time. */
export function inputOf(stdin: () => NodeInput): Input {
  const input: Input = {
    get isTTY() {
      return stdin().isTTY === true
    },
    async readAll() {
      const chunks: Uint8Array[] = []
      for await (const chunk of stdin()) chunks.push(chunk)
      return Buffer.concat(chunks)
    },
    onLine(listener) {
      const stream = stdin()
      let rest = ''
      const take = (chunk: Uint8Array): void => {
        const lines = (rest + Buffer.from(chunk).toString('utf8')).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) listener(line.trim())
      }
      stream.on('data', take)
      return () => {
        stream.off('data', take)
        stream.pause()
      }
    },
    readLine() {
      return new Promise((resolve) => {
        const done = (line?: string): void => {
          release()
          stdin().off('end', done)
          resolve(line)
        }
        const release = input.onLine(done)
        // Without it Ctrl-D would leave nothing to wait for: Node then ends in the middle of the command.
        stdin().on('end', done)
      })
    },
  }
  return input
}

/** Node takes what is longer, about 25 days, for one millisecond: `--for 60d` once ended at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Starts a timer of any length. The function that comes back ends it. */
function startTimer(
  ms: number,
  callback: () => void,
  adjust: (timer: NodeJS.Timeout) => void = () => {},
): () => void {
  let timer: NodeJS.Timeout
  const arm = (left: number): void => {
    const rest = left - LONGEST_TIMER_MS
    timer = rest > 0 ? setTimeout(() => arm(rest), LONGEST_TIMER_MS) : setTimeout(callback, left)
    adjust(timer)
  }
  arm(ms)
  return () => clearTimeout(timer)
}

/** The clocks of the machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, callback) => startTimer(ms, callback, (timer) => timer.unref()),
  sleep(ms, signal) {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const end = (): void => {
        cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
      const cancel = startTimer(ms, end)
      signal.addEventListener('abort', end)
    })
  },
}

/** Monotonic nanoseconds, with the same origin in every process of this machine. */
export function machineNanoseconds(): bigint {
  return process.hrtime.bigint()
}
