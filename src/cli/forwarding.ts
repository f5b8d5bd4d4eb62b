import type { Backoff } from '../app/forward/backoff.ts'
import { EXPONENTIAL, FIXED_MS } from '../app/forward/backoff.ts'
import type { CourierOptions } from '../app/forward/courier.ts'
import type { Destination, Route } from '../app/forward/destinations.ts'
import { nameOf, Router } from '../app/forward/destinations.ts'
import { splitCommand } from '../core/command.ts'
import { AppError } from '../core/errors.ts'
import type { Query, StoredRequest } from '../core/query.ts'
import { pathOf } from '../core/request.ts'
import { parseDuration } from '../core/units.ts'
import type { ForwardingFlags } from './commands/forwarding.ts'
import { parseCondition } from './condition.ts'
import type { Session } from './session.ts'
import type { SettingSource } from './settings.ts'
import { DEFAULT_TIMEOUT_MS, parseCount, parseHeader, parseTimeout, parseWord } from './settings.ts'
import { isThisMachine, parseTarget } from './target.ts'

const DEFAULT_CONCURRENCY = 16
const DEFAULT_RETRIES = 5
const MAX_EXEC_CONCURRENCY = 64
/** An answer that is passed on to the sender is held in memory whole. */
const MIRRORED_ANSWER_BYTES = 16 * 1024 * 1024
const STORED_ANSWER_BYTES = 1024 * 1024

/** What is passed on to whom, and how. */
export interface ForwardingPlan {
  readonly router: Router
  /** The sender gets the answer of the first target. */
  readonly isMirrored: boolean
  readonly options: Omit<CourierOptions, 'destinations' | 'untilDone'>
  /** Targets as people are told of them. */
  readonly targets: readonly {
    readonly name: string
    readonly when?: string
    readonly loopbackOnly: boolean
  }[]
}

export interface ForwardingContext {
  /** Our own answer was asked for: requests are answered at once and delivered from the queue. */
  readonly answersAtOnce: boolean
  /** Commands run on requests that pass it. */
  readonly filter: Query
}

/**
 * Reads target, flags and settings. Undefined where requests go nowhere.
 * @throws AppError `usage`, `bad-value` or `bad-filter`
 */
export async function readForwarding(
  target: string | undefined,
  flags: ForwardingFlags,
  session: Session,
  { answersAtOnce, filter }: ForwardingContext,
): Promise<ForwardingPlan | undefined> {
  const targets = readTargets(target, flags, session)
  const routes = await readRoutes(flags, session)
  const commands = readCommands(flags)
  if (targets.length + routes.length + commands.length === 0) return refuseLoneFlags(flags)
  const isMirrored = !answersAtOnce && targets.length + routes.length > 0
  const orderKey = await readOrder(session.setting('orderBy', flags.orderBy, asText, 'none'))
  const backoff = session.setting('backoff', flags.backoff, parseBackoff, EXPONENTIAL)
  const asked = session.setting<number | undefined>('retries', flags.retries, parseRetries, undefined)
  const listed = backoff.kind === 'list' ? backoff.ms.length : undefined
  const wanted = asked ?? listed
  if (isMirrored && orderKey !== undefined && wanted !== undefined && wanted > 0) {
    throw new AppError('usage', {
      message: '--order-by with --retries would leave senders waiting behind a request that is tried again',
      hint: 'answer at once, and deliver from the queue',
      next: ['webhook-cli listen 3000 --respond 202 --order-by path'],
    })
  }
  const answering = isMirrored
    ? [...routes.map(({ route }) => route.destination), ...targets.slice(0, 1)]
    : []
  const mirrored = new Set(answering.map(nameOf))
  return {
    router: new Router({
      routes: routes.map(({ route }) => route),
      targets,
      commands: commands.map((destination) => ({ condition: filter, destination })),
      ...(orderKey !== undefined && { orderKey }),
    }),
    isMirrored,
    options: {
      concurrency: session.setting('concurrency', flags.concurrency, parseCount, DEFAULT_CONCURRENCY),
      execConcurrency: execConcurrencyOf(flags),
      timeoutMs: session.setting('timeout', flags.timeout, parseTimeout, DEFAULT_TIMEOUT_MS),
      // A sender that was told of a failure tries again, and of any other than this target's it is not told.
      retriesOf: (destination) =>
        wanted ?? (destination.kind === 'exec' || mirrored.has(nameOf(destination)) ? 0 : DEFAULT_RETRIES),
      backoff,
      headers: (flags.header ?? []).map((header) => parseHeader(header, '--header')),
      hostHeader: session.setting('hostHeader', flags.hostHeader, parseWord(['target', 'keep']), 'target'),
      maxAnswerBytes: isMirrored ? MIRRORED_ANSWER_BYTES : STORED_ANSWER_BYTES,
    },
    targets: [
      ...routes.map(({ route, when }) => ({ ...toldOf(route.destination), when })),
      ...[...targets, ...commands].map(toldOf),
    ],
  }
}

/** @throws AppError `usage` where a target is the listener itself */
export function refuseOwnPort(plan: ForwardingPlan, host: string, port: number): void {
  for (const destination of plan.router.destinations.values()) {
    if (destination.kind !== 'http') continue
    const url = new URL(destination.target)
    const targetPort = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
    const own = ['0.0.0.0', '[::]', host, `[${host}]`]
    const isHere = isThisMachine(destination.target) || own.includes(url.hostname)
    if (targetPort !== port || !isHere) continue
    throw new AppError('usage', {
      message: `${destination.target} is this listener itself: every request would go in a circle`,
      hint: 'the target is where your app listens; --port is where webhook-cli does',
      next: ['webhook-cli listen 3000', 'webhook-cli listen 3000 --port 8585'],
    })
  }
}

const asText = (text: string): string => text

function toldOf(destination: Destination): Omit<ForwardingPlan['targets'][number], 'when'> {
  return destination.kind === 'http'
    ? { name: destination.target, loopbackOnly: destination.loopbackOnly }
    : { name: `$ ${destination.command.join(' ')}`, loopbackOnly: true }
}

/** What a file says may be another's word: it leads to other machines only where the user allows that. */
function httpDestination(
  text: string,
  option: string,
  source: SettingSource,
  flags: ForwardingFlags,
): Destination {
  const isOwnWord = source === 'flag' || source === 'environment'
  return {
    kind: 'http',
    target: parseTarget(text, option),
    loopbackOnly: !isOwnWord && flags.allowRemote !== true,
  }
}

function readTargets(
  target: string | undefined,
  flags: ForwardingFlags,
  session: Session,
): readonly Destination[] {
  const typed = [
    ...(target === undefined ? [] : [httpDestination(target, 'target', 'flag', flags)]),
    ...(flags.forward ?? []).map((text) => httpDestination(text, '--forward', 'flag', flags)),
  ]
  if (typed.length > 0) return typed
  return ['target', 'forward'].flatMap((key) => {
    const found = session.settingOf(key)
    if (found === undefined) return []
    const texts = Array.isArray(found.value) ? found.value.map(String) : [String(found.value)]
    return texts.map((text) => httpDestination(text, key, found.source, flags))
  })
}

async function readRoutes(
  flags: ForwardingFlags,
  session: Session,
): Promise<readonly { readonly route: Route; readonly when: string }[]> {
  const found = session.settingOf('route')
  const [texts, source]: [readonly string[], SettingSource] =
    flags.route !== undefined || found === undefined
      ? [flags.route ?? [], 'flag']
      : [Array.isArray(found.value) ? found.value.map(String) : [String(found.value)], found.source]
  return Promise.all(
    texts.map(async (text) => {
      const arrow = text.lastIndexOf('->')
      if (arrow === -1) {
        throw new AppError('bad-value', {
          option: '--route',
          value: text,
          expected: "a condition and a target: 'event:invoice.* -> 3000/billing'",
        })
      }
      const when = text.slice(0, arrow).trim()
      const condition = await parseCondition(when, '--route')
      const destination = httpDestination(text.slice(arrow + 2).trim(), '--route', source, flags)
      return { route: { condition, destination }, when }
    }),
  )
}

function readCommands(flags: ForwardingFlags): readonly Destination[] {
  return [
    ...(flags.exec ?? []).map((text): Destination => ({
      kind: 'exec',
      command: splitCommand(text),
      shell: false,
    })),
    ...(flags.execShell ?? []).map((text): Destination => ({ kind: 'exec', command: [text], shell: true })),
  ]
}

function execConcurrencyOf({ execConcurrency }: ForwardingFlags): number {
  if (execConcurrency === undefined) return 1
  const count = parseCount(execConcurrency, '--exec-concurrency')
  if (count <= MAX_EXEC_CONCURRENCY) return count
  const expected = `at most ${MAX_EXEC_CONCURRENCY}`
  throw new AppError('bad-value', { option: '--exec-concurrency', value: execConcurrency, expected })
}

async function readOrder(key: string): Promise<((stored: StoredRequest) => string) | undefined> {
  if (key === 'none') return undefined
  if (key === 'path') return ({ request }) => pathOf(request.target)
  const { compileKey } = await import('../app/where.ts')
  return compileKey(key, '--order-by')
}

function parseRetries(text: string, option: string): number {
  if (/^\d{1,4}$/.test(text)) return Number(text)
  throw new AppError('bad-value', { option, value: text, expected: 'a whole number; 0 tries once' })
}

function parseBackoff(text: string, option: string): Backoff {
  if (text === 'exponential') return EXPONENTIAL
  if (text === 'fixed') return { kind: 'fixed', ms: FIXED_MS }
  const [, fixed] = /^fixed:(.+)$/.exec(text) ?? []
  const ms = (fixed ?? text).split(',').map((part) => parseDuration(part.trim()))
  if (ms.every((wait) => wait !== undefined) && ms.length > 0)
    return fixed === undefined ? { kind: 'list', ms } : { kind: 'fixed', ms: ms[0] ?? FIXED_MS }
  const expected = 'exponential, fixed, fixed:2s or a list such as 1s,5s,30s'
  throw new AppError('bad-value', { option, value: text, expected })
}

/** Flags that say how, where nothing says to whom. */
function refuseLoneFlags(flags: ForwardingFlags): undefined {
  const { header, hostHeader, retries, backoff, orderBy, concurrency } = flags
  if ([header, hostHeader, retries, backoff, orderBy, concurrency].every((flag) => flag === undefined)) return
  throw new AppError('usage', {
    message: 'these flags are about passing requests on, and no target is given',
    next: ['webhook-cli listen 3000', 'webhook-cli help forwarding'],
  })
}
