import type { Delivery } from '../../core/delivery.ts'
import { wasAccepted } from '../../core/delivery.ts'
import type { Clock } from '../../core/ports.ts'

/** A target that nothing reaches is asked again after this, then after twice as long, … in milliseconds. */
const FIRST_PAUSE_MS = 250
const LONGEST_PAUSE_MS = 5000

interface State {
  /** In a row; 0 where the target answers and has asked for patience. */
  readonly failures: number
  /** When the first of them was, on the monotonic clock. */
  readonly since: number
  /** On the monotonic clock. */
  readonly downUntil: number
}

/**
 * Which targets can be reached. While one is down its requests wait without being tried, whatever their number:
 * ten thousand that wait cost no more than one.
 */
export class Health {
  readonly #clock: Clock
  readonly #states = new Map<string, State>()
  /** Targets to which one request is on its way to find out. */
  readonly #probed = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How often in a row nothing reached it. */
  failures(name: string): number {
    return this.#states.get(name)?.failures ?? 0
  }

  /** For how many milliseconds nothing has reached it; 0 where the last attempt did. */
  failingForMs(name: string): number {
    const state = this.#states.get(name)
    return state === undefined || state.failures === 0 ? 0 : this.#clock.monotonic() - state.since
  }

  isUp(name: string): boolean {
    const state = this.#states.get(name)
    return state === undefined || (state.failures === 0 && state.downUntil <= this.#clock.monotonic())
  }

  /** Milliseconds until it is asked again; 0: now. */
  downForMs(name: string): number {
    return Math.max(0, (this.#states.get(name)?.downUntil ?? 0) - this.#clock.monotonic())
  }

  /** One request finds out, however long it takes: meanwhile no other is tried. */
  isProbed(name: string): boolean {
    return this.#probed.has(name)
  }

  /**
   * An attempt begins. To a target that is down it is the one that finds out.
   * @returns to be called when it has ended
   */
  begin(name: string): () => void {
    if (this.isUp(name) || this.#probed.has(name)) return () => {}
    this.#probed.add(name)
    return () => this.#probed.delete(name)
  }

  /** @param askedMs how long the target itself wants to be left alone */
  learn(name: string, { outcome }: Delivery, askedMs: number): void {
    const now = this.#clock.monotonic()
    const known = this.#states.get(name)
    if (outcome.kind === 'not-sent') {
      // Of many that fail at once only the first says something new.
      if (outcome.code === 'INTERRUPTED' || (known !== undefined && now < known.downUntil)) return
      const failures = (known?.failures ?? 0) + 1
      this.#states.set(name, {
        failures,
        since: known === undefined || known.failures === 0 ? now : known.since,
        downUntil: now + pauseAfter(failures),
      })
    } else if (askedMs > 0) this.#states.set(name, { failures: 0, since: now, downUntil: now + askedMs })
    // What was under way when the target asked for patience, and failed, does not end that.
    else if (known?.failures !== 0 || wasAccepted(outcome)) this.#states.delete(name)
  }
}

function pauseAfter(failures: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 16))
}
