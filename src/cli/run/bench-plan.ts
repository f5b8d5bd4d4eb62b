import type { Arm, BenchPlan, Trigger, WebhookPlan } from '../../app/bench/plan.ts'
import { isPush } from '../../app/bench/plan.ts'
import { makeTimeline } from '../../app/bench/schedule.ts'
import type { Selector } from '../../app/bench/selector.ts'
import { placesOf } from '../../app/bench/template.ts'
import type { BenchDesign } from '../../core/bench/result.ts'
import { AppError } from '../../core/errors.ts'
import type { RawHeaders } from '../../core/request.ts'
import { parseSize } from '../../core/units.ts'
import type { BenchFlags } from '../commands/bench.ts'
import type { CliDeps } from '../deps.ts'
import { readFileOf } from '../session.ts'
import { parseCount, parseMs, parsePort, parseStatus } from '../settings.ts'
import { isThisMachine, parseTarget } from '../target.ts'
import type { Defaults, Places } from './bench-arms.ts'
import { armsOf } from './bench-arms.ts'
import type { BenchInput } from './bench-flags.ts'
import { parseHeaders, parseIdSelector, parseRequest, parseSince } from './bench-requests.ts'

/** How long and how dense a run is. Milliseconds. */
interface Size {
  readonly poll: string
  readonly conditional: string
  readonly gapMs: number
  readonly events: number
  readonly warmupGapMs: number
  readonly probes: number
  readonly costOperations: number
}

const SIZES = {
  quick: {
    poll: '100ms,500ms,1s',
    conditional: '500ms',
    gapMs: 70,
    events: 64,
    warmupGapMs: 35,
    probes: 12,
    costOperations: 60,
  },
  usual: {
    poll: '100ms,500ms,2s',
    conditional: '500ms',
    gapMs: 100,
    events: 200,
    warmupGapMs: 100,
    probes: 30,
    costOperations: 200,
  },
  thorough: {
    poll: '100ms,500ms,2s',
    conditional: '500ms',
    gapMs: 70,
    events: 1600,
    warmupGapMs: 100,
    probes: 60,
    costOperations: 300,
  },
  remote: {
    poll: '1s,5s',
    conditional: '5s',
    gapMs: 1000,
    events: 40,
    warmupGapMs: 1000,
    probes: 5,
    costOperations: 0,
  },
} as const satisfies Record<string, Size>

const WARMUP_PER_MODE = 5
const REMOTE_WARMUP_PER_MODE = 2
/** Beyond the longest interval: what a slow timer and a slow answer may take. */
const DRAIN_MS = 300
/** A sender of webhooks may gather, sign and queue: so long the last one is waited for. */
const PUSH_DRAIN_MS = 2000
const DEFAULT_PAYLOAD = 256
const DEFAULT_MAX_REQUESTS = 500
const SHORTEST_REMOTE_MS = 1000
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

/** Everything a run needs of its target, from flags or of our own service. */
export interface Target {
  readonly places: Places
  readonly trigger?: Trigger
  readonly webhook?: WebhookPlan
  readonly selectors: readonly Selector[]
  readonly semantics: 'history' | 'latest'
  readonly url?: string
}

/** All flags checked and all files read: nothing has been sent yet. @throws AppError of usage */
export async function planBench(
  { flags, folder }: BenchInput,
  target: Target,
  deps: CliDeps,
): Promise<PlannedRun> {
  const isOwn = target.url === undefined
  const remote = remoteHosts(flags, target)
  const size = sizeOf(flags, remote.length > 0)
  const arms = armsOf(flags, target.places, { ...size, push: isOwn } satisfies Defaults)
  if (arms.length === 0) throw new AppError('usage', { message: 'no way to learn of events is left' })
  checkRemote(flags, remote, arms)
  checkTrigger(flags, target)
  const trace = await traceOf(flags, folder)
  const count = trace?.length ?? (flags.events === undefined ? size.events : parseEvents(flags.events))
  const gapMs =
    trace === undefined
      ? flags.gap === undefined
        ? size.gapMs
        : parseMs(flags.gap, '--gap')
      : Math.max((trace.at(-1) ?? 0) / trace.length, 1)
  const pushModes = arms.filter(isPush).map(({ name }) => name)
  const seed = flags.seed ?? Buffer.from(deps.random(2)).toString('hex')
  const longestMs = arms.reduce(
    (most, arm) =>
      'pace' in arm
        ? Math.max(most, arm.pace.backoff?.maxMs ?? arm.pace.intervalMs * (1 + arm.pace.jitter))
        : most,
    0,
  )
  const assignment = flags.observeOnly === true || pushModes.length < 2 ? 'all' : isOwn ? 'rotate' : 'slices'
  const warmupPerMode = remote.length > 0 ? REMOTE_WARMUP_PER_MODE : WARMUP_PER_MODE
  const arrivals = arrivalsOf(flags)
  const timeline = makeTimeline({
    seed,
    arrivals,
    count,
    gapMs,
    longestMs,
    pushModes,
    assignment,
    warmupPerMode,
    ...(trace !== undefined && { trace }),
    warmupGapMs: Math.min(size.warmupGapMs, Math.max(gapMs, 20)),
  })
  const subscribers = subscribersOf(flags)
  const design: BenchDesign = {
    arrivals: flags.observeOnly === true ? 'observed' : arrivals,
    meanGapMs: gapMs,
    windowMs: timeline.windowTo - timeline.windowFrom,
    warmupEvents: timeline.events.filter(({ warm }) => warm).length,
    pushAssignment: assignment,
    payloadBytes: payloadOf(flags),
  }
  const drainMs = Math.max(longestMs + DRAIN_MS, pushModes.length > 0 && !isOwn ? PUSH_DRAIN_MS : 0)
  const maxRequests =
    remote.length === 0 && flags.maxRequests === undefined
      ? undefined
      : parseCount(flags.maxRequests ?? String(DEFAULT_MAX_REQUESTS), '--max-requests')
  const plan: BenchPlan = {
    seed,
    run: `b${Buffer.from(deps.random(4)).toString('hex')}`,
    target: {
      kind: isOwn ? 'builtin' : 'url',
      ...(target.url !== undefined && { url: target.url }),
      semantics: target.semantics,
      ...(target.trigger !== undefined && !isOwn && { trigger: triggerText(target.trigger) }),
      allowRemote: flags.allowRemote === true,
    },
    design,
    timeline,
    arms,
    subscribers,
    drainMs,
    selectors: target.selectors,
    ...(target.trigger !== undefined && { trigger: target.trigger }),
    ...(target.webhook !== undefined && { webhook: target.webhook }),
    probes: size.probes,
    costOperations: isOwn ? size.costOperations : 0,
    ...(maxRequests !== undefined && { maxRequests }),
  }
  const durationMs = timeline.windowTo + drainMs
  const requests = requestsOf(plan, durationMs)
  if (maxRequests !== undefined && requests > maxRequests)
    throw new AppError('bench-remote', {
      target: `this would take about ${requests} requests, and at most ${maxRequests} are allowed`,
      problem: 'fewer --events or longer intervals need less; --max-requests allows more',
    })
  return { plan, remote, requests, durationMs }
}

/** The user's own endpoint. */
export async function ownTarget(input: BenchInput, deps: CliDeps): Promise<Target> {
  const { flags, folder, url } = input
  const headers = await parseHeaders(flags.header, '--header', folder, deps)
  const poll = url === undefined ? undefined : parseTarget(url, 'bench')
  const trigger = await triggerOf(flags, headers, folder, deps)
  const ids = (flags.id ?? []).map((text) => parseIdSelector(text, '--id'))
  const webhook = await webhookOf(flags, headers, folder)
  const since = flags.sinceParam === undefined ? undefined : parseSince(flags.sinceParam)
  return {
    places: { headers, webhook: flags.webhook === true, ...(poll && { poll }), ...(since && { since }) },
    ...(trigger && { trigger }),
    ...(webhook && { webhook }),
    selectors: ids,
    semantics: semanticsOf(flags),
    url: poll ?? String(flags.longPoll ?? flags.sse ?? flags.ws ?? 'webhook'),
  }
}

/** Without a word, a resource of which one id is read shows its latest state, and a list its history. */
function semanticsOf({ history, latest, id }: BenchFlags): Target['semantics'] {
  if (history === true && latest === true)
    throw new AppError('usage', { message: '--history and --latest contradict each other' })
  if (history === true || latest === true) return latest === true ? 'latest' : 'history'
  const [first] = id ?? []
  return first === undefined || first.includes('*') || first.startsWith('regex:') ? 'history' : 'latest'
}

async function triggerOf(
  flags: BenchFlags,
  headers: RawHeaders,
  folder: string,
  deps: CliDeps,
): Promise<Trigger | undefined> {
  const { trigger, triggerCmd, triggerHeader, observeOnly } = flags
  if ([trigger, triggerCmd, observeOnly].filter((flag) => flag !== undefined).length !== 1)
    throw new AppError('usage', {
      message: 'what makes an event? One of --trigger, --trigger-cmd or --observe-only',
      next: ['webhook-cli bench URL --trigger \'POST URL {"ref":"{id}"}\''],
    })
  if (triggerCmd !== undefined) return { kind: 'command', command: triggerCmd }
  if (trigger === undefined) return undefined
  const own = await parseHeaders(triggerHeader, '--trigger-header', folder, deps)
  return { kind: 'request', template: await parseRequest(trigger, '--trigger', [...headers, ...own], folder) }
}

async function webhookOf(
  flags: BenchFlags,
  headers: RawHeaders,
  folder: string,
): Promise<WebhookPlan | undefined> {
  if (flags.webhook !== true) return undefined
  const [, host = '127.0.0.1', port = '0'] = /^(?:(.+):)?(\d+)$/.exec(flags.webhookListen ?? '0') ?? []
  const { subscribe, unsubscribe, webhookUrl } = flags
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: parsePort(flags.webhookListen === undefined ? '0' : port, '--webhook-listen'),
    status: flags.webhookAnswer === undefined ? 200 : parseStatus(flags.webhookAnswer, '--webhook-answer'),
    ...(webhookUrl !== undefined && { publicUrl: parseTarget(webhookUrl, '--webhook-url') }),
    ...(subscribe !== undefined && {
      subscribe: await parseRequest(subscribe, '--subscribe', headers, folder),
    }),
    ...(unsubscribe !== undefined && {
      unsubscribe: await parseRequest(unsubscribe, '--unsubscribe', headers, folder),
    }),
  }
}

function sizeOf({ quick, thorough }: BenchFlags, isRemote: boolean): Size {
  if (quick === true && thorough === true)
    throw new AppError('usage', { message: '--quick and --thorough contradict each other' })
  if (isRemote) return SIZES.remote
  return quick === true ? SIZES.quick : thorough === true ? SIZES.thorough : SIZES.usual
}

function remoteHosts(flags: BenchFlags, { places, trigger, webhook }: Target): string[] {
  const streams = [flags.longPoll, flags.sse, flags.ws].flatMap((flag) =>
    typeof flag === 'string' ? [flag] : [],
  )
  const urls = [
    places.poll,
    trigger?.kind === 'request' ? trigger.template.url : undefined,
    webhook?.subscribe?.url,
    ...streams.map((text) => parseTarget(text.replace(/^ws/i, 'http'), '--sse')),
  ].flatMap((url) => (url === undefined ? [] : [url]))
  return [...new Set(urls.filter((url) => !isThisMachine(url)).map((url) => new URL(url).host))]
}

function checkRemote(flags: BenchFlags, remote: readonly string[], arms: readonly Arm[]): void {
  const [host] = remote
  if (host === undefined) return
  if (flags.allowRemote !== true)
    throw new AppError('bench-remote', {
      target: `${host} is another machine`,
      problem: 'a benchmark asks a lot of it: with --allow-remote, if it is yours to ask',
    })
  if (arms.some((arm) => 'pace' in arm && arm.pace.intervalMs * (1 - arm.pace.jitter) < SHORTEST_REMOTE_MS))
    throw new AppError('bench-remote', {
      target: `${host} is another machine`,
      problem: 'it is not polled more often than once a second',
    })
}

/** Events must be told apart: by an id of ours that the trigger carries, or by one that the target gives. */
function checkTrigger(flags: BenchFlags, { trigger, selectors }: Target): void {
  const isMarked =
    trigger !== undefined && (trigger.kind === 'command' || placesOf(trigger.template).has('id'))
  if (isMarked || selectors.length > 0) return
  throw new AppError('usage', {
    message:
      flags.observeOnly === true
        ? '--observe-only needs --id: where is the id of an event?'
        : 'events cannot be told apart',
    hint: 'put {id} into the trigger, where the target will show it, or say with --id where its own id is',
  })
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
  throw new AppError('bad-value', { option: '--events', value: text, expected: `at most ${MOST_EVENTS}` })
}

function subscribersOf({ subscribers, webhookUrl, webhookListen }: BenchFlags): number {
  if (subscribers === undefined) return 1
  const count = parseCount(subscribers, '--subscribers')
  if (count > MOST_SUBSCRIBERS)
    throw new AppError('bad-value', {
      option: '--subscribers',
      value: subscribers,
      expected: `at most ${MOST_SUBSCRIBERS}`,
    })
  if (count > 1 && (webhookUrl !== undefined || webhookListen !== undefined))
    throw new AppError('usage', {
      message: 'several --subscribers have several webhook ports: without --webhook-url and --webhook-listen',
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
  let requests = probes + (trigger === undefined ? 0 : timeline.events.length)
  for (const arm of arms) {
    if ('pace' in arm) requests += subscribers * Math.ceil(durationMs / arm.pace.intervalMs)
    else if (arm.kind === 'longpoll') requests += subscribers * (timeline.events.length + 1)
    else requests += subscribers
  }
  return requests
}
