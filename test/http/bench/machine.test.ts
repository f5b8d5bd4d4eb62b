import { expect, test } from 'vitest'
import { inspectMachine } from '../../../src/http/bench/machine.ts'
import { systemClock } from '../../../src/ui/io.ts'

test('an instant of another process is within a microsecond, although the first readings of the clocks take long', () => {
  let now = 5_000_000_000n
  let readings = 0
  // Each reading shows the time in its middle.
  const read = (): bigint => {
    const cost = [90_000n, 5000n, 40_000n, 70_000n, 300n, 20_000n][readings++] ?? 400n
    now += cost
    return now - cost / 2n
  }
  const clock = { ...systemClock, monotonic: () => Number(read() - 3_000_000_000n) / 1e6 }
  const machine = inspectMachine({ node: 'v0', cpuUs: () => 0, clock, nanoseconds: read })
  const off = machine.instantOf(7_000_000_000n) - 4000
  expect(Math.abs(off)).toBeLessThan(0.001)
})
