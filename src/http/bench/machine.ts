import { readdirSync, readFileSync } from 'node:fs'
import { cpus, release, type } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Machine } from '../../core/bench/ports.ts'
import type { Clock } from '../../core/ports.ts'

const RESOLUTION_MS = 10
const NS_PER_MS = 1_000_000
const READINGS = 20

/** @param own what only the process itself can tell */
export function inspectMachine(own: {
  readonly node: string
  readonly cpuUs: () => number
  readonly clock: Clock
  readonly nanoseconds: () => bigint
}): Machine {
  const processors = cpus()
  const origin = originOf(own)
  return {
    node: own.node,
    os: `${type()} ${release()}`,
    cpu: processors[0]?.model ?? 'unknown',
    cores: Math.max(processors.length, 1),
    ownCpuUs: own.cpuUs,
    cpuUsOf,
    allCpuUs() {
      let ms = 0
      for (const { times } of cpus()) ms += times.user + times.nice + times.sys + times.irq
      return ms * 1000
    },
    instantOf: (nanoseconds) => origin.instant + Number(nanoseconds - origin.nanoseconds) / NS_PER_MS,
    watchLoop() {
      const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
      delays.enable()
      return () => {
        delays.disable()
        // What it measures includes the interval of its own timer.
        return Math.max(0, delays.percentile(99) / NS_PER_MS - RESOLUTION_MS)
      }
    },
  }
}

/** Linux counts the nanoseconds that each thread ran; its other counters tick a hundred times a second only. */
function cpuUsOf(pid: number): number | undefined {
  try {
    let ns = 0
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const [ran = ''] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
      ns += Number(ran)
    }
    return ns / 1000
  } catch {
    return undefined
  }
}

interface Origin {
  readonly nanoseconds: bigint
  readonly instant: number
  /** Milliseconds between the readings before and after: it is off by half of them at most. */
  readonly widthMs: number
}

/** The first time they run, two clocks are read 50 µs apart; of several times the closest is within one. */
function originOf({ clock, nanoseconds }: { clock: Clock; nanoseconds: () => bigint }): Origin {
  const readings = Array.from({ length: READINGS }, () => {
    const before = clock.monotonic()
    const read = nanoseconds()
    const after = clock.monotonic()
    return { nanoseconds: read, instant: (before + after) / 2, widthMs: after - before }
  })
  return readings.reduce((best, reading) => (reading.widthMs < best.widthMs ? reading : best))
}
