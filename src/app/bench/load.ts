import type { BenchTools } from '../../core/bench/ports.ts'
import type { BenchRecord } from './record.ts'

/** CPU time so far, microseconds, and the instant. */
interface Busy {
  readonly at: number
  readonly own: number
  readonly all: number
  readonly origin: number
}

/** Watches who takes the processor; the function returned tells what it was since. */
export function watchLoad(
  { clock, machine }: BenchTools,
  originCpuUs: () => number | undefined,
): () => Pick<BenchRecord, 'harnessCpuPct' | 'otherCpuPct'> {
  const look = (): Busy => ({
    at: clock.monotonic(),
    own: machine.ownCpuUs(),
    all: machine.allCpuUs(),
    origin: originCpuUs() ?? 0,
  })
  const before = look()
  return () => {
    const now = look()
    const us = (now.at - before.at) * 1000
    if (us <= 0) return { harnessCpuPct: 0 }
    const own = now.own - before.own
    const others = now.all - before.all - own - (now.origin - before.origin)
    return {
      harnessCpuPct: (100 * own) / us,
      // Zero of everything: the system does not tell.
      ...(now.all > 0 && { otherCpuPct: Math.max(0, (100 * others) / (us * machine.cores)) }),
    }
  }
}
