import type { Clock } from '../core/ports.ts'

/** A number of things to be done, each at its time, and so many at once. */
export interface PacedRun<Loaded> {
  readonly count: number
  /** At most so many under way. */
  readonly concurrency: number
  /** Milliseconds after the beginning at which one is due, never falling; absent: as soon as there is room. */
  readonly dueMs?: (index: number) => number
  /** What can be made ready before it is due. */
  load(index: number): Loaded | Promise<Loaded>
  /** Nothing is to be begun for so many milliseconds. */
  pause?(ms: number): void
  /** @param lateMs how long after its due time it begins; 0 where it has none */
  start(index: number, loaded: Loaded, lateMs: number, signal: AbortSignal): Promise<void>
}

/** How long what is under way may take once we are told to stop, in milliseconds. */
const GRACE_MS = 1000

/**
 * Starts each at its time. Times are counted from the beginning on the monotonic clock: a late one does not make
 * the next ones late. Told to stop, it begins no more, and gives those under way a moment to end.
 *
 * @throws the first failure, after what is under way has ended
 */
export async function pace<Loaded>(
  run: PacedRun<Loaded>,
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortSignal },
): Promise<void> {
  const { count, concurrency, dueMs } = run
  const cut = new AbortController()
  const cutLater = (): void => void clock.after(GRACE_MS, () => cut.abort())
  stop.addEventListener('abort', cutLater, { once: true })
  const failures: unknown[] = []
  let underWay = 0
  let wake = (): void => {}
  const oneEnds = (): Promise<void> =>
    new Promise((resolve) => {
      wake = resolve
    })
  const ended = (): void => {
    underWay--
    wake()
  }
  let begun: number | undefined
  try {
    for (let index = 0; index < count; index++) {
      const loaded = await run.load(index)
      begun ??= clock.monotonic()
      const due = dueMs === undefined ? undefined : begun + dueMs(index)
      const early = due === undefined ? 0 : due - clock.monotonic()
      // Who is late does not sleep: even the shortest timer would make it later.
      if (early > 0) {
        run.pause?.(early)
        await clock.sleep(early, stop)
      }
      while (underWay >= concurrency && failures.length === 0) await oneEnds()
      if (stop.aborted || failures.length > 0) break
      underWay++
      const lateMs = due === undefined ? 0 : clock.monotonic() - due
      void run
        .start(index, loaded, lateMs, cut.signal)
        .catch((error: unknown) => void failures.push(error))
        .finally(ended)
    }
  } catch (error) {
    failures.push(error)
  }
  while (underWay > 0) await oneEnds()
  stop.removeEventListener('abort', cutLater)
  if (failures.length > 0) throw failures[0]
}
