import { EXPONENTIAL } from '../../src/app/forward/backoff.ts'
import type { CourierOptions } from '../../src/app/forward/courier.ts'
import { Courier } from '../../src/app/forward/courier.ts'
import type { Attempted } from '../../src/app/forward/dispatch.ts'
import type { DeliveryOutcome } from '../../src/core/delivery.ts'
import type { Outgoing, Store } from '../../src/core/ports.ts'
import { answerOf } from '../store/samples.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** A request that the target got. */
export interface Sent {
  readonly url: string
  readonly id: string
  readonly attempt: number
  /** Virtual milliseconds since the beginning. */
  readonly at: number
}

/** What couriers deliver to is a function, and their time is ours. */
export interface CourierBench {
  readonly sent: Sent[]
  readonly attempted: Attempted[]
  readonly failures: unknown[]
  /** Attempts that have begun and not ended, and how many there were at most. */
  underWay: number
  mostUnderWay: number
  /** What targets answer; a command exits with 0 where it is 200. `n` counts all that was sent. */
  react: (request: Outgoing, n: number, signal: AbortSignal) => DeliveryOutcome | Promise<DeliveryOutcome>
  start(store: Store, options: Pick<CourierOptions, 'destinations'> & Partial<CourierOptions>): Courier
}

const NEVER = new AbortController().signal

/** @param chance from 0 up to 1 */
export function createCourierBench(clock: VirtualClock, chance = (): number => 0.5): CourierBench {
  const bench: CourierBench = {
    sent: [],
    attempted: [],
    failures: [],
    underWay: 0,
    mostUnderWay: 0,
    react: () => answerOf(200),
    start(store, options) {
      return new Courier(
        { ...DEFAULTS, ...options },
        {
          store,
          clock,
          chance,
          forwarderFor: () => ({
            async deliver(request, { signal = NEVER }) {
              const outcome = await answer(request, signal)
              return { startedAt: clock.now(), durationMs: 1, outcome }
            },
            close: () => Promise.resolve(),
          }),
          executor: {
            async run({ request, command }, { signal = NEVER }) {
              const url = `exec:${command.join(' ')}`
              const answered = await answer({ method: 'EXEC', url, headers: [], body: request.body }, signal)
              const status = answered.kind === 'response' && answered.status === 200 ? 0 : 1
              const outcome = {
                kind: 'exit',
                status,
                timedOut: false,
                output: Buffer.alloc(0),
                outputSize: 0,
              } as const
              return { startedAt: clock.now(), durationMs: 1, outcome }
            },
          },
          onAttempt: (attempted) => bench.attempted.push(attempted),
          onFailure: (error) => bench.failures.push(error),
        },
      )
    },
  }

  async function answer(request: Outgoing, signal: AbortSignal): Promise<DeliveryOutcome> {
    const { url, headers } = request
    const header = (wanted: string): string | undefined => headers.find(([name]) => name === wanted)?.[1]
    const attempt = Number(header('Webhook-Cli-Attempt') ?? 1)
    bench.sent.push({ url, id: header('Webhook-Cli-Id') ?? '', attempt, at: clock.monotonic() })
    bench.mostUnderWay = Math.max(bench.mostUnderWay, ++bench.underWay)
    try {
      return await bench.react(request, bench.sent.length, signal)
    } finally {
      bench.underWay--
    }
  }
  return bench
}

const DEFAULTS: Omit<CourierOptions, 'destinations'> = {
  concurrency: 16,
  execConcurrency: 1,
  timeoutMs: 30_000,
  retriesOf: ({ kind }) => (kind === 'exec' ? 0 : 5),
  backoff: EXPONENTIAL,
  headers: [],
  hostHeader: 'target',
  maxAnswerBytes: 1_048_576,
  untilDone: false,
}
