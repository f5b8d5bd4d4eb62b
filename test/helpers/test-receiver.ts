import type { Refusal } from '../../src/core/events.ts'
import type { Answer, Receiver } from '../../src/core/ports.ts'
import type { NewRequest } from '../../src/core/request.ts'
import type { ReceiverOptions } from '../../src/http/receiver.ts'
import { DEFAULT_LIMITS, startReceiver } from '../../src/http/receiver.ts'
import { systemClock } from '../../src/ui/io.ts'

/** A list one can wait on. */
class Recording<T> {
  readonly items: T[] = []
  readonly #watchers = new Set<() => void>()

  push(item: T): void {
    this.items.push(item)
    for (const watch of this.#watchers) watch()
  }

  /** Resolves with all items as soon as there are `count`. */
  async atLeast(count: number): Promise<readonly T[]> {
    while (this.items.length < count) {
      await new Promise<void>((resolve) => {
        const watch = (): void => {
          this.#watchers.delete(watch)
          resolve()
        }
        this.#watchers.add(watch)
      })
    }
    return this.items
  }

  /** The only item there is, once there is one. */
  async only(): Promise<T> {
    const [item, ...others] = await this.atLeast(1)
    if (item === undefined || others.length > 0) throw new Error(`${this.items.length} items instead of one`)
    return item
  }
}

/** A promise together with the function that resolves it. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  const settle: { resolve?: (value: T) => void } = {}
  const promise = new Promise<T>((resolve) => {
    settle.resolve = resolve
  })
  return { promise, resolve: (value) => settle.resolve?.(value) }
}

export interface TestReceiver {
  readonly receiver: Receiver
  readonly port: number
  readonly handled: Recording<NewRequest>
  readonly refusals: Recording<Refusal>
}

export const OK: Answer = { status: 200, headers: [['Content-Type', 'text/plain']], body: Buffer.from('ok') }

export type TestOptions = Partial<Omit<ReceiverOptions, 'limits'>> & {
  readonly limits?: Partial<ReceiverOptions['limits']>
}

/** A receiver on a free port that answers `OK` and remembers what it was given. */
export async function startTestReceiver({
  limits,
  handle,
  ...options
}: TestOptions = {}): Promise<TestReceiver> {
  const handled = new Recording<NewRequest>()
  const refusals = new Recording<Refusal>()
  const receiver = await startReceiver({
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    limits: { ...DEFAULT_LIMITS, ...limits },
    async handle(request) {
      handled.push(request)
      return handle === undefined ? OK : handle(request)
    },
    onRefused: (refusal) => refusals.push(refusal),
    ...options,
  })
  return { receiver, port: receiver.port, handled, refusals }
}
