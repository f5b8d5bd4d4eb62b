import { createRandom, shuffle } from '../../core/bench/random.ts'
import type { BenchDesign } from '../../core/bench/result.ts'

export interface PlannedEvent {
  /** From 1; events of the warm-up count too. */
  readonly seq: number
  /** Milliseconds from the run's begin. */
  readonly at: number
  /** Let pass without being counted. */
  readonly warm: boolean
  /** The push mode that has this event to itself. */
  readonly assigned?: string
}

/** The time in which one push mode is subscribed. Milliseconds from the run's begin. */
export interface Slice {
  readonly mode: string
  readonly from: number
  readonly to: number
}

/** Everything that will happen, known before it begins. */
export interface Timeline {
  readonly events: readonly PlannedEvent[]
  /** Empty where all push modes are subscribed all the time. */
  readonly slices: readonly Slice[]
  /** Begin and end of what counts. */
  readonly windowFrom: number
  readonly windowTo: number
}

export interface TimelineOptions {
  readonly seed: string
  readonly arrivals: Exclude<BenchDesign['arrivals'], 'observed'>
  readonly count: number
  readonly gapMs: number
  /** Instants from the window's begin, for `trace`. */
  readonly trace?: readonly number[]
  /** The longest poll interval: `stratified` spreads the events over its phases. */
  readonly longestMs: number
  readonly pushModes: readonly string[]
  readonly assignment: BenchDesign['pushAssignment']
  readonly warmupPerMode: number
  readonly warmupGapMs: number
}

/** A push mode's slices come so often in a run, so that a drift of the machine meets all of them. */
const ROUNDS = 3
/** How long a subscription may take before its slice counts, ms: a tenth of the slice, in bounds, half of it at most. */
const SETTLING = { leastMs: 80, mostMs: 500 }

/**
 * The same seed and options make the same timeline. Each decision draws from a stream of its own, so that another
 * mode more does not move the events.
 */
export function makeTimeline(options: TimelineOptions): Timeline {
  const { seed, pushModes, warmupPerMode, warmupGapMs } = options
  const warmCount = warmupPerMode * Math.max(pushModes.length, 1)
  const windowFrom = warmCount * warmupGapMs
  const times = arrivalsOf(options)
  const windowMs = Math.max(options.count * options.gapMs, times.at(-1) ?? 0)
  const windowTo = windowFrom + windowMs
  const slices =
    options.assignment === 'slices'
      ? [...warmSlices(options), ...mainSlices(options, windowFrom, windowMs)]
      : []
  const rotation = rotate(pushModes, times.length, seed)
  const warm = Array.from({ length: warmCount }, (_, index) => ({
    at: (index + 0.5) * warmupGapMs,
    warm: true,
  }))
  const main = times.map((time) => ({ at: windowFrom + time, warm: false }))
  const events = [...warm, ...main].map((event, index): PlannedEvent => {
    const assigned =
      options.assignment === 'slices'
        ? modeIn(slices, event.at, event.warm)
        : event.warm
          ? pushModes[index % Math.max(pushModes.length, 1)]
          : rotation[index - warmCount]
    return { seq: index + 1, ...event, ...(assigned !== undefined && { assigned }) }
  })
  return { events, slices, windowFrom, windowTo }
}

/** Golden ratio: multiples of it fill the unit interval more evenly than any random numbers. */
const GOLDEN = 0.618_033_988_749_895

function arrivalsOf({ seed, arrivals, count, gapMs, longestMs, trace }: TimelineOptions): number[] {
  const random = createRandom(`${seed}/arrivals`)
  const inOrder = (times: number[]): number[] => times.toSorted((a, b) => a - b)
  switch (arrivals) {
    case 'poisson':
      // A Poisson process whose number of events is given has them uniform over the window.
      return inOrder(Array.from({ length: count }, () => random() * count * gapMs))
    case 'stratified': {
      const phase = random()
      const cycleMs = Math.max(longestMs, gapMs)
      return inOrder(
        Array.from(
          { length: count },
          (_, k) => Math.floor((k * gapMs) / cycleMs) * cycleMs + ((phase + k * GOLDEN) % 1) * cycleMs,
        ),
      )
    }
    case 'periodic': {
      const phase = random()
      return Array.from({ length: count }, (_, k) => (k + phase) * gapMs)
    }
    case 'trace':
      return inOrder([...(trace ?? [])])
  }
}

/** Blocks in which each mode has its turn once, in a shuffled order. */
function rotate(modes: readonly string[], count: number, seed: string): string[] {
  const random = createRandom(`${seed}/rotation`)
  const order: string[] = []
  while (modes.length > 0 && order.length < count) order.push(...shuffle(modes, random))
  return order.slice(0, count)
}

function warmSlices({ pushModes, warmupPerMode, warmupGapMs }: TimelineOptions): Slice[] {
  const length = warmupPerMode * warmupGapMs
  return pushModes.map((mode, index) => ({ mode, from: index * length, to: (index + 1) * length }))
}

function mainSlices({ pushModes, seed }: TimelineOptions, from: number, windowMs: number): Slice[] {
  const random = createRandom(`${seed}/slices`)
  const order = Array.from({ length: ROUNDS }, () => shuffle(pushModes, random)).flat()
  const length = windowMs / Math.max(order.length, 1)
  return order.map((mode, index) => ({ mode, from: from + index * length, to: from + (index + 1) * length }))
}

function modeIn(slices: readonly Slice[], at: number, warm: boolean): string | undefined {
  const index = slices.findIndex(({ from, to }) => at >= from && at < to)
  const slice = slices[index]
  if (slice === undefined) return undefined
  const length = slice.to - slice.from
  const settlingMs = Math.min(Math.max(length / 10, SETTLING.leastMs), SETTLING.mostMs, length / 2)
  const isOpenAlready = warm || slices[index - 1]?.mode === slice.mode
  return isOpenAlready || at >= slice.from + settlingMs ? slice.mode : undefined
}
