import type { Arm, BenchPlan, Trigger } from '../../app/bench/plan.ts'
import { isPush } from '../../app/bench/plan.ts'
import type { Timeline } from '../../app/bench/schedule.ts'
import { makeTimeline } from '../../app/bench/schedule.ts'
import type { BenchDesign } from '../../core/bench/result.ts'
import { redactText } from '../../core/credentials.ts'
import { AppError } from '../../core/errors.ts'
import { parseSize } from '../../core/units.ts'
import type { BenchFlags } from '../commands/bench.ts'
import type { CliDeps } from '../deps.ts'
import { readFileOf } from '../session.ts'
import { parseCount, parseTimeout } from '../settings.ts'
import { armsOf } from './bench-arms.ts'
import { assertedArms, refuseUnanswerable } from './bench-asserted.ts'
import type { BenchInput } from './bench-flags.ts'
import { checkRemote, remoteHosts } from './bench-remote.ts'
import type { Size } from './bench-size.ts'
import { sizeOf } from './bench-size.ts'
import type { Target } from './bench-target.ts'
import { checkTrigger } from './bench-target.ts'

const WARMUP_PER_MODE = 5
const REMOTE_WARMUP_PER_MODE = 2
const SHORTEST_WARMUP_GAP_MS = 20
/** Beyond the longest interval: what a slow timer and a slow answer may take. */
const DRAIN_MS = 300
/** A sender of webhooks may gather, sign and queue: so long the last one is waited for. */
const PUSH_DRAIN_MS = 2000
const DEFAULT_PAYLOAD = 256
const DEFAULT_MAX_REQUESTS = 500
const LEAST_REMOTE_GAP_MS = 1000
const MOST_EVENTS = 100_000
const MOST_SUBSCRIBERS = 200
const MOST_PAYLOAD = 262_144

export interface PlannedRun {
  readonly plan: BenchPlan
  /** Hosts that are other machines. */
  readonly remote: readonly string[]
  /** Requests in all, as far as the plan tells. */
  readonly requests: number
  readonly durationMs: number
}

/** All flags checked and all files read: nothing has been sent yet. @throws AppError of usage */
export async function planBench(input: BenchInput, target: Target, deps: CliDeps): Promise<PlannedRun> {
  const { flags } = input
  const isOwn = target.url === undefined
  const remote = remoteHosts(flags, target)
  const size = sizeOf(flags, remote.length > 0)
  const arms = armsOf(flags, target.places, { ...size, push: isOwn })
  if (arms.length === 0)
    throw new AppError('usage', {
      message: 'no way to learn of events is named',
      next: ['webhook-cli bench https://example.com/events --poll 1s …'],
    })
  const asserted = assertedArms(flags, arms)
  checkRemote(flags, remote, arms)
  checkTrigger(flags, target)
  const seed = flags.seed ?? Buffer.from(deps.random(2)).toString('hex')
  const { design, timeline } = await scheduleOf(input, {
    arms,
    size,
    seed,
    isOwn,
    isRemote: remote.length > 0,
  })
  refuseUnanswerable(asserted, { design, timeline })
  const { trigger, webhook } = target
  const maxRequests = mostRequests(flags, remote.length > 0)
  const plan: BenchPlan = {
    seed,
    run: `b${Buffer.from(deps.random(4)).toString('hex')}`,
    target: {
      kind: isOwn ? 'builtin' : 'url',
      ...(target.url !== undefined && { url: redactText(target.url) }),
      semantics: target.semantics,
      ...(trigger !== undefined && !isOwn && { trigger: redactText(triggerText(trigger)) }),
      allowRemote: flags.allowRemote === true,
    },
    design,
    timeline,
    arms,
    subscribers: subscribersOf(flags),
    drainMs: drainOf(arms, isOwn),
    selectors: target.selectors,
    ...(trigger !== undefined && { trigger }),
    ...(webhook !== undefined && { webhook }),
    probes: size.probes,
    leastGapMs: remote.length > 0 ? LEAST_REMOTE_GAP_MS : 0,
    costOperations: isOwn ? size.costOperations : 0,
    ...(maxRequests !== undefined && { maxRequests }),
  }
  const durationMs = timeline.windowTo + plan.drainMs
  const requests = requestsOf(plan, durationMs)
  if (maxRequests !== undefined && requests > maxRequests)
    throw new AppError('bench-remote', {
      target: `this would take about ${requests} requests, and at most ${maxRequests} are allowed`,
      problem: 'fewer --events or longer intervals need less; --max-requests allows more',
      next: `webhook-cli bench … --max-requests ${requests}`,
    })
  // Another machine is probed as slowly as it is polled.
  return { plan, remote, requests, durationMs: durationMs + (plan.probes + 1) * plan.leastGapMs }
}

/** Which events there are, when, and who has them. */
async function scheduleOf(
  { flags, folder }: BenchInput,
  run: {
    readonly arms: readonly Arm[]
    readonly size: Size
    readonly seed: string
    readonly isOwn: boolean
    readonly isRemote: boolean
  },
): Promise<{ readonly design: BenchDesign; readonly timeline: Timeline }> {
  const { arms, size, seed, isOwn, isRemote } = run
  const trace = await traceOf(flags, folder)
  const count = trace?.length ?? (flags.events === undefined ? size.events : parseEvents(flags.events))
  const named = flags.gap === undefined ? size.gapMs : parseTimeout(flags.gap, '--gap')
  const gapMs = trace === undefined ? named : Math.max((trace.at(-1) ?? 0) / trace.length, 1)
  const pushModes = arms.filter(isPush).map(({ name }) => name)
  const isObserved = flags.observeOnly === true
  const assignment = isObserved || pushModes.length < 2 ? 'all' : isOwn ? 'rotate' : 'slices'
  const arrivals = arrivalsOf(flags)
  const timeline = makeTimeline({
    seed,
    arrivals,
    count,
    gapMs,
    ...(trace !== undefined && { trace }),
    longestMs: longestOf(arms),
    pushModes,
    assignment,
    warmupPerMode: isRemote ? REMOTE_WARMUP_PER_MODE : WARMUP_PER_MODE,
    warmupGapMs: Math.min(size.warmupGapMs, Math.max(gapMs, SHORTEST_WARMUP_GAP_MS)),
  })
  const design: BenchDesign = {
    arrivals: isObserved ? 'observed' : arrivals,
    meanGapMs: gapMs,
    windowMs: timeline.windowTo - timeline.windowFrom,
    warmupEvents: timeline.events.filter(({ warm }) => warm).length,
    ...(!isObserved && { plannedEvents: timeline.events.filter(({ warm }) => !warm).length }),
    pushAssignment: assignment,
    payloadBytes: payloadOf(flags),
  }
  return { design, timeline }
}

/** The longest that a poll may leave an event unseen, without the way there and back. */
function longestOf(arms: readonly Arm[]): number {
  const longest = arms.map((arm) =>
    'pace' in arm ? (arm.pace.backoff?.maxMs ?? arm.pace.intervalMs) * (1 + arm.pace.jitter) : 0,
  )
  return Math.max(0, ...longest)
}

function drainOf(arms: readonly Arm[], isOwn: boolean): number {
  return Math.max(longestOf(arms) + DRAIN_MS, arms.some(isPush) && !isOwn ? PUSH_DRAIN_MS : 0)
}

/** Only other machines are protected from us unless the user says so of this one. */
function mostRequests({ maxRequests }: BenchFlags, isRemote: boolean): number | undefined {
  if (maxRequests !== undefined) return parseCount(maxRequests, '--max-requests')
  return isRemote ? DEFAULT_MAX_REQUESTS : undefined
}

function arrivalsOf({ arrivals }: BenchFlags): 'poisson' | 'stratified' | 'periodic' | 'trace' {
  if (arrivals === undefined) return 'poisson'
  if (arrivals.startsWith('trace:')) return 'trace'
  if (arrivals === 'poisson' || arrivals === 'stratified' || arrivals === 'periodic') return arrivals
  throw new AppError('bad-value', {
    option: '--arrivals',
    value: arrivals,
    expected: 'poisson, stratified, periodic or trace:FILE',
  })
}

/** One instant a line, in seconds from the first: numbers, as `date +%s.%N` writes them. */
async function traceOf({ arrivals }: BenchFlags, folder: string): Promise<number[] | undefined> {
  if (arrivals?.startsWith('trace:') !== true) return undefined
  const path = arrivals.slice('trace:'.length)
  const lines = (await readFileOf('--arrivals', path, folder)).toString('utf8').split('\n')
  const seconds = lines.filter((line) => line.trim() !== '').map(Number)
  if (
    seconds.length === 0 ||
    seconds.length > MOST_EVENTS ||
    seconds.some((second) => !Number.isFinite(second))
  )
    throw new AppError('bad-value', {
      option: '--arrivals',
      value: path,
      expected: 'a file with one time in seconds a line',
    })
  const first = seconds.reduce((least, second) => Math.min(least, second))
  return seconds.map((second) => (second - first) * 1000).toSorted((a, b) => a - b)
}

function parseEvents(text: string): number {
  const count = parseCount(text, '--events')
  if (count <= MOST_EVENTS) return count
  throw new AppError('bad-value', {
    option: '--events',
    value: text,
    expected: `a number up to ${MOST_EVENTS}`,
  })
}

function subscribersOf({ subscribers, webhookUrl, webhookListen }: BenchFlags): number {
  if (subscribers === undefined) return 1
  const count = parseCount(subscribers, '--subscribers')
  if (count > MOST_SUBSCRIBERS)
    throw new AppError('bad-value', {
      option: '--subscribers',
      value: subscribers,
      expected: `a number up to ${MOST_SUBSCRIBERS}`,
    })
  if (count > 1 && (webhookUrl !== undefined || webhookListen !== undefined))
    throw new AppError('usage', {
      message: 'several --subscribers go without --webhook-url and --webhook-listen',
      hint: 'each of them is called at a port of its own',
    })
  return count
}

function payloadOf({ payload }: BenchFlags): number {
  const bytes = payload === undefined ? DEFAULT_PAYLOAD : parseSize(payload)
  if (bytes !== undefined && bytes <= MOST_PAYLOAD) return bytes
  throw new AppError('bad-value', {
    option: '--payload',
    value: payload ?? '',
    expected: 'a size up to 256kb',
  })
}

function triggerText(trigger: Trigger): string {
  return trigger.kind === 'command' ? trigger.command : `${trigger.template.method} ${trigger.template.url}`
}

/** What a plan comes to: probes, triggers, polls on their grids, an answer for each event of a push mode. */
function requestsOf({ arms, timeline, subscribers, probes, trigger }: BenchPlan, durationMs: number): number {
  let requests = probes + 1 + (trigger === undefined ? 0 : timeline.events.length)
  for (const arm of arms) {
    if ('pace' in arm) requests += subscribers * Math.ceil(durationMs / arm.pace.intervalMs)
    else if (arm.kind === 'longpoll') requests += subscribers * (timeline.events.length + 1)
    else requests += subscribers
  }
  return requests
}
