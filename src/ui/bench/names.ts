import type { BenchResult, ModeKind, ModeResult } from '../../core/bench/result.ts'

const WORDS: Readonly<Record<ModeKind, string>> = {
  poll: 'poll',
  conditional: 'conditional',
  longpoll: 'long poll',
  webhook: 'webhook',
  sse: 'SSE',
  ws: 'WebSocket',
}

export interface NamedMode {
  /** As the result calls it. */
  readonly key: string
  /** For people, and ours: nothing of the target's is in it. */
  readonly label: string
  readonly mode: ModeResult
}

/** The modes in their order, each under a label that no other has. */
export function namedModes(result: BenchResult): NamedMode[] {
  const modes = Object.entries(result.modes).map(([key, mode]) => ({ key, label: labelOf(key, mode), mode }))
  return modes.map((named, index) => {
    const before = modes.slice(0, index).filter(({ label }) => label === named.label).length
    return before === 0 ? named : { ...named, label: `${named.label} (${before + 1})` }
  })
}

function labelOf(key: string, { kind, intervalMs, pollMode, jitter }: ModeResult): string {
  if (key.endsWith('.backoff')) return `${WORDS[kind]} backoff`
  const every = intervalMs === undefined ? '' : ` ${interval(intervalMs)}`
  const how = pollMode === 'sleep' ? ' sleep' : ''
  const varied = jitter === undefined || jitter === 0 ? '' : ` ±${Math.round(jitter * 100)}%`
  return `${WORDS[kind]}${every}${how}${varied}`
}

/** `500 ms`, `2 s`, `1 min`: exactly, as it was asked for. */
export function interval(ms: number): string {
  const [unit, factor] = ms % 60_000 === 0 ? ['min', 60_000] : ms % 1000 === 0 ? ['s', 1000] : ['ms', 1]
  return `${Number((ms / factor).toFixed(3))} ${unit}`
}

/** Events of the run; a long one does not list them, but whoever polls was offered all of them. */
export function eventCount({ events, modes }: BenchResult): number {
  return Object.values(modes).reduce((most, { offered }) => Math.max(most, offered), events.length)
}

export function isPoll(mode: ModeResult): boolean {
  return mode.kind === 'poll' || mode.kind === 'conditional'
}

/** The push mode that polling is compared with: the webhook, or the quickest of the others. */
export function comparedPush(modes: readonly NamedMode[]): NamedMode | undefined {
  const pushes = modes
    .filter(({ mode }) => !isPoll(mode) && mode.delayMs.p50.ci95 !== undefined)
    .toSorted((a, b) => a.mode.delayMs.p50.value - b.mode.delayMs.p50.value)
  return pushes.find(({ mode }) => mode.kind === 'webhook') ?? pushes[0]
}

/** The poll that comes closest to a push in requests per event: at equal cost the delays can be compared. */
export function fairestPoll(modes: readonly NamedMode[], push: NamedMode): NamedMode | undefined {
  const wanted = push.mode.requestsPerEvent > 0 ? push.mode.requestsPerEvent : 1
  const distance = ({ mode }: NamedMode): number => Math.abs(Math.log(mode.requestsPerEvent / wanted))
  return modes
    .filter(({ mode }) => isPoll(mode) && mode.delayMs.p50.ci95 !== undefined && mode.requestsPerEvent > 0)
    .toSorted((a, b) => distance(a) - distance(b))[0]
}

export function upperFirst(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
