import type { BenchResult, ModeResult } from '../../core/bench/result.ts'
import type { BenchPlan } from './plan.ts'
import type { BenchRecord, EndedBy } from './record.ts'

type Warning = BenchResult['warnings'][number]

/** Beyond these a run says more of the machine than of the target. */
const NOISE = { otherCpuPct: 10, loopDelayMs: 20 }

/** Everything that makes the figures mean less than they seem to. */
export function warningsOf(
  plan: BenchPlan,
  record: BenchRecord,
  modes: Readonly<Record<string, ModeResult>>,
): Warning[] {
  return [
    ...endWarnings(record.endedBy),
    ...record.modes.flatMap(({ mode }) => modeWarnings(mode.arm.name, modes[mode.arm.name], mode.counts)),
    ...triggerWarnings(record),
    ...noiseWarnings(record),
    ...designWarnings(plan, record),
  ]
}

/** True where another run on a quieter machine would be worth more than this one. */
export function isNoisy({ env }: Pick<BenchResult, 'env'>): boolean {
  return (env.otherCpuPct ?? 0) > NOISE.otherCpuPct || env.loopDelayP99Ms > NOISE.loopDelayMs
}

function endWarnings(endedBy: EndedBy | undefined): Warning[] {
  // That it was stopped, the user knows, and the result says.
  if (endedBy === undefined || endedBy === 'user') return []
  if (endedBy === 'request-cap')
    return [
      {
        code: 'request-cap',
        text: 'the cap on requests was reached before the end; --max-requests raises it',
      },
    ]
  return [
    {
      code: 'target-died',
      text: `the target stopped taking triggers (${endedBy.dead}): see whether it still runs, and its log`,
    },
  ]
}

function modeWarnings(
  name: string,
  result: ModeResult | undefined,
  met: { readonly lastStatus: number | undefined; readonly lastTrouble: string | undefined },
): Warning[] {
  if (result === undefined || result.offered === 0) return []
  const warnings: Warning[] = []
  const { offered, detected, missed } = result
  if (detected === 0)
    warnings.push({
      code: 'nothing-seen',
      text: `${name} saw none of ${offered} events: ${whyNothing(result, met)}`,
    })
  else if (missed > 0)
    warnings.push({
      code: 'missed',
      text: `${name} missed ${missed} of ${offered} events; its delays are of those it saw${met.lastTrouble === undefined ? '' : `; its last trouble was ${met.lastTrouble}`}`,
    })
  if (result.kind === 'conditional' && detected > 0 && result.notModified === 0 && result.empty200 > 0)
    warnings.push({
      code: 'never-304',
      text: `${name} was never answered 304: the validators change without a change, or there are none`,
    })
  if (result.kind === 'longpoll' && result.empty200 > 2 * offered)
    warnings.push({
      code: 'not-held',
      text: `${name}: the endpoint answers at once where it has nothing; does its URL say how long to wait?`,
    })
  const { effectiveN = detected } = result.model ?? {}
  if (effectiveN < detected / 2)
    warnings.push({
      code: 'few-gaps',
      text: `${name}: ${detected} events fell into so few gaps of varying length that they tell no more than ${Math.round(effectiveN)} would: its intervals allow for it; a longer run has narrower ones`,
    })
  if (result.staleSocket > 0)
    warnings.push({
      code: 'stale-socket',
      text: `${name} met ${result.staleSocket} connections that the server was closing; they were asked again`,
    })
  return warnings
}

/** What to look at where a mode saw nothing at all. */
function whyNothing(
  { kind, requests, errors }: ModeResult,
  {
    lastStatus,
    lastTrouble,
  }: { readonly lastStatus: number | undefined; readonly lastTrouble: string | undefined },
): string {
  if (kind === 'webhook') {
    return requests === 0
      ? 'no delivery came. Can the target reach us, and was it told our URL (--subscribe, --webhook-url)?'
      : 'deliveries came, but none named an event; --id says where the id is'
  }
  if (errors > 0 && lastTrouble !== undefined) return `its last trouble was ${lastTrouble}`
  if (lastStatus === 404) return 'every answer was 404; is the URL right?'
  return 'what came named no event; --id says where the id is'
}

function triggerWarnings({ failedTriggers, lateTriggers, events }: BenchRecord): Warning[] {
  const warnings: Warning[] = []
  const why = events.find((event) => !event.warm && event.failure !== undefined)?.failure ?? 'in the warm-up'
  if (failedTriggers > 0)
    warnings.push({
      code: 'failed-triggers',
      text:
        failedTriggers === 1
          ? `1 trigger failed (${why}); its event is left out`
          : `${failedTriggers} triggers failed (${why}); their events are left out`,
    })
  if (lateTriggers > 0)
    warnings.push({
      code: 'late-triggers',
      text:
        lateTriggers === 1
          ? '1 trigger was sent late; its delay counts from when it was due'
          : `${lateTriggers} triggers were sent late; their delays count from when they were due`,
    })
  return warnings
}

function noiseWarnings({ otherCpuPct = 0, loopDelayP99Ms }: BenchRecord): Warning[] {
  const warnings: Warning[] = []
  if (otherCpuPct > NOISE.otherCpuPct)
    warnings.push({
      code: 'noisy-machine',
      text: `other programs took ${otherCpuPct.toFixed(0)} % of the machine: delays of a few ms are not to be trusted`,
    })
  if (loopDelayP99Ms > NOISE.loopDelayMs)
    warnings.push({
      code: 'slow-loop',
      text: `the bench itself was up to ${loopDelayP99Ms.toFixed(0)} ms behind: fewer modes or events would help`,
    })
  return warnings
}

function designWarnings({ design, arms, subscribers }: BenchPlan, { governor }: BenchRecord): Warning[] {
  const warnings: Warning[] = []
  if (design.arrivals === 'periodic')
    warnings.push({
      code: 'periodic',
      text: 'events at fixed gaps lock into step with the polls: means and intervals are then worth nothing',
    })
  if (design.arrivals === 'stratified')
    warnings.push({
      code: 'stratified',
      text: 'stratified events: the true intervals are narrower than these',
    })
  if (design.arrivals === 'observed')
    warnings.push({
      code: 'observed',
      text: 'nobody knows when live events happened: delays count from the first mode that saw each',
    })
  if (design.pushAssignment === 'slices')
    warnings.push({
      code: 'slices',
      text: 'push modes were subscribed in turn, as the target tells all of them of every event',
    })
  if (
    design.pushAssignment === 'all' &&
    arms.filter(({ kind }) => kind !== 'poll' && kind !== 'conditional').length > 1
  )
    warnings.push({
      code: 'all-at-once',
      text: 'all push modes had the same events: they were in each other’s way',
    })
  if (subscribers > 1)
    warnings.push({
      code: 'subscribers',
      text: `${subscribers} clients for each mode; each event is timed at one of them`,
    })
  if (governor.wasSlowed)
    warnings.push({
      code: 'slowed',
      text: 'the target asked for a longer interval (X-Poll-Interval), and got it',
    })
  if (governor.wasPaused)
    warnings.push({
      code: 'rate-limited',
      text: 'the target answered 429 or 503, and was left alone as it asked',
    })
  return warnings
}
