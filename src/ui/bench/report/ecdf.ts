import { pollModel } from '../../../core/bench/model.ts'
import type { BenchResult } from '../../../core/bench/result.ts'
import type { NamedMode } from '../names.ts'
import { namedModes } from '../names.ts'
import { duration } from '../numbers.ts'
import { logAxis } from '../strips.ts'
import { chart, colourOf, escapeHtml, frame, legend, logX, path, ticksY } from './svg.ts'

/** So many points are as good as all of them at this size. */
const MOST_POINTS = 100
const MODEL_POINTS = 40

/** Which share of the events a client knows after how long; the model dashed. */
export function ecdfChart(result: BenchResult): string {
  const modes = namedModes(result).filter(({ mode }) => (mode.samplesMs ?? []).length > 0)
  if (modes.length === 0) return ''
  const box = frame(380)
  const axis = logAxis(modes.flatMap(({ mode }) => [mode.delayMs.min, mode.delayMs.max]))
  const x = (delayMs: number): number => box.left + axis.at(delayMs) * (box.right - box.left)
  const y = (share: number): number => box.bottom - share * (box.bottom - box.top)
  const shares = [0, 0.25, 0.5, 0.75, 1].map((share) => [y(share), `${share * 100} %`] as const)
  const curves = modes.map((named) => {
    const css = colourOf(named, modes)
    const model = modelCurve(named, result).map(([delay, share]) => [x(delay), y(share)] as const)
    const measured = steps(named.mode.samplesMs ?? []).map(([delay, share]) => [x(delay), y(share)] as const)
    return path(measured, css) + (model.length === 0 ? '' : path(model, `model ${css}`))
  })
  const dashed = `<li><i class="dashed"></i>${escapeHtml('dashed: the model')}</li>`
  return (
    chart(box, 'Share of events known over time', [
      logX(box, axis, 'time since the event (logarithmic)', (ms) => duration(ms)),
      ticksY(box, 'events known', shares),
      ...curves,
    ]) + legend(modes, dashed)
  )
}

function steps(samples: readonly number[]): [delay: number, share: number][] {
  const sorted = Float64Array.from(samples).toSorted()
  const every = Math.max(1, Math.floor(sorted.length / MOST_POINTS))
  const points: [number, number][] = [[sorted[0] ?? 0, 0]]
  for (let i = every - 1; i < sorted.length; i += every)
    points.push([sorted[i] ?? 0, (i + 1) / sorted.length])
  points.push([sorted.at(-1) ?? 0, 1])
  return points
}

/**
 * A result has no distribution function, only its figures; the model is made again from the mode's setting, and
 * where that gives other figures (a backoff) the curve is drawn through those of the result.
 */
function modelCurve(
  { mode }: NamedMode,
  { design, target, env }: BenchResult,
): [delay: number, share: number][] {
  const { model, intervalMs, pollMode = 'grid', jitter = 0 } = mode
  if (model === undefined || intervalMs === undefined) return []
  const setting = { intervalMs, mode: pollMode, jitter, requestMs: env.requestMs?.p50 ?? 0 }
  const plain = { ...setting, eventsPerMs: 1 / design.meanGapMs, semantics: target.semantics, dMs: 0 }
  const dMs = Math.max(0, model.meanMs - pollModel(plain).meanMs)
  const again = pollModel({ ...plain, dMs })
  const isSame = Math.abs(again.p99Ms / model.p99Ms - 1) < 0.02
  if (!isSame) {
    return [
      [model.p50Ms / 50, 0.01],
      [model.p50Ms, 0.5],
      [model.p99Ms, 0.99],
      [model.maxMs, 1],
    ]
  }
  const first = Math.max(dMs, model.maxMs / 1000)
  return Array.from({ length: MODEL_POINTS }, (_, i) => {
    const delay = first * (model.maxMs / first) ** (i / (MODEL_POINTS - 1))
    return [delay, again.cdf(delay)]
  })
}
