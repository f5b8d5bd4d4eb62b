import { describe, expect, test } from 'vitest'
import { coverage } from '../../../src/app/bench/coverage.ts'
import type { LedgerEvent } from '../../../src/app/bench/ledger.ts'
import { createRandom } from '../../../src/core/bench/random.ts'
import { pollArm, simulate } from '../../helpers/bench-sim.ts'

let seq = 0

function trigger(sentAt: number, ackAt: number): LedgerEvent {
  return { seq: ++seq, at: sentAt, warm: false, scheduledAt: sentAt, sentAt, ackAt }
}

/** When each event was known of, by a client that saw some of them. */
function known(
  events: readonly LedgerEvent[],
  seen: readonly (readonly [LedgerEvent, number])[],
): (number | undefined)[] {
  const covered = coverage(events, new Map(seen))
  return events.map((event) => covered.get(event))
}

describe('of a latest state', () => {
  test('a later one covers those before it that were never seen', () => {
    const [a, b, c] = [trigger(0, 5), trigger(10, 15), trigger(20, 25)]
    expect(known([a, b, c], [[c, 50]])).toEqual([50, 50, 50])
    expect(
      known(
        [a, b, c],
        [
          [a, 8],
          [c, 50],
        ],
      ),
    ).toEqual([8, 50, 50])
  })

  test('the last trigger to be answered was superseded by the state that stayed, if both were under way together', () => {
    const [a, b] = [trigger(0, 40), trigger(3, 20)]
    expect(known([a, b], [[b, 100]])).toEqual([100, 100])
  })

  test('an event that began after the state that stayed is lost', () => {
    const [a, b] = [trigger(0, 10), trigger(11, 20)]
    expect(known([a, b], [[a, 100]])).toEqual([100, undefined])
  })

  test('an event that began after a state was seen is not covered by it, however late that was answered', () => {
    const [slow, b, c] = [trigger(0, 60), trigger(30, 40), trigger(70, 75)]
    expect(
      known(
        [slow, b, c],
        [
          [slow, 20],
          [c, 90],
        ],
      ),
    ).toEqual([20, 90, 90])
    expect(known([slow, b], [[slow, 20]])).toEqual([20, undefined])
  })

  test('what was seen itself is not dated by a trigger beside it that was answered later', () => {
    const [a, b] = [trigger(0, 10), trigger(2, 12)]
    expect(
      known(
        [a, b],
        [
          [b, 15],
          [a, 25],
        ],
      ),
    ).toEqual([25, 15])
  })

  test('whoever saw a state that is certainly later knew of the earlier one, also where a cache shows it again', () => {
    const [a, b] = [trigger(0, 10), trigger(20, 30)]
    expect(
      known(
        [a, b],
        [
          [b, 35],
          [a, 45],
        ],
      ),
    ).toEqual([35, 35])
  })

  test('where the target tells when it had them, that is their order', () => {
    const a = { ...trigger(0, 10), committedAt: 8 }
    const b = { ...trigger(2, 40), committedAt: 4 }
    expect(known([a, b], [[a, 50]])).toEqual([50, 50])
    expect(known([a, b], [[b, 50]])).toEqual([undefined, 50])
  })
})

test('triggers answered in another order than they were carried out: no poll misses an event, in 40 runs', async () => {
  const missed: number[] = []
  for (let run = 0; run < 40; run++) {
    const random = createRandom(`answers ${run}`)
    const { result } = await simulate({
      seed: `order ${run}`,
      arms: [pollArm('poll', { intervalMs: 100 })],
      semantics: 'latest',
      count: 60,
      gapMs: 80,
      upMs: 2,
      downMs: 1,
      triggerDownMs: () => 1 + 20 * random(),
    })
    const { poll } = result.modes
    expect([poll?.offered, poll?.outOfOrder]).toEqual([60, 0])
    expect(Math.min(...(poll?.samplesMs ?? []))).toBeGreaterThan(0)
    missed.push(poll?.missed ?? Number.NaN)
  }
  expect(missed).toEqual(missed.map(() => 0))
})
