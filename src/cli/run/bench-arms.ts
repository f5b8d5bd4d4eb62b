import type { Arm, Pace, Since } from '../../app/bench/plan.ts'
import { AppError } from '../../core/errors.ts'
import { parseDuration } from '../../core/units.ts'
import type { RawHeaders } from '../../core/request.ts'
import type { BenchFlags } from '../commands/bench.ts'
import { parseWord } from '../settings.ts'
import { parseTarget } from '../target.ts'
import { parseSocketUrl } from './bench-requests.ts'

/** Where the ways to learn of events lead. */
export interface Places {
  readonly headers: RawHeaders
  readonly since?: Since
  readonly poll?: string
  readonly longPoll?: string
  readonly sse?: string
  readonly ws?: string
  readonly wsHello?: string
  readonly webhook: boolean
}

export interface Defaults {
  readonly poll: string
  readonly conditional: string
  /** Push modes too. */
  readonly push: boolean
}

/** Below this a poll is a load test. */
const SHORTEST_MS = 10
const MOST_ARMS = 20

/** True where the flags say which modes are wanted; only those run then. */
export function namesArms({ poll, conditional, longPoll, webhook, sse, ws, backoff }: BenchFlags): boolean {
  return [poll, conditional, longPoll, webhook, sse, ws, backoff].some(
    (flag) => flag !== undefined && flag !== false,
  )
}

/** The modes of a run, each with a name of its own. @throws AppError `bad-value` or `usage` */
export function armsOf(flags: BenchFlags, places: Places, defaults: Defaults): Arm[] {
  const chosen = namesArms(flags)
    ? flags
    : {
        ...flags,
        poll: defaults.poll,
        conditional: defaults.conditional,
        ...(defaults.push && { longPoll: true, webhook: true, sse: true, ws: true }),
      }
  const arms = [...pollArms(chosen, places), ...pushArms(chosen, places)]
  if (arms.length > MOST_ARMS)
    throw new AppError('usage', {
      message: `${arms.length} ways to learn are too many for one run`,
      hint: `at most ${MOST_ARMS}: name fewer intervals`,
    })
  return named(arms)
}

interface NamedPace {
  readonly kind: 'poll' | 'conditional'
  readonly name: string
  readonly pace: Pace
}

/** All paces that the flags name. @throws AppError `bad-value` */
export function pacesOf(flags: BenchFlags): NamedPace[] {
  const each = (kind: NamedPace['kind'], text: string | undefined): NamedPace[] =>
    intervals(text, `--${kind}`).map((ms) => ({
      kind,
      name: `${kind}.${spell(ms)}`,
      pace: paceOf(ms, flags),
    }))
  const stretched = backoffOf(flags).map((pace) => ({ kind: 'poll' as const, name: 'poll.backoff', pace }))
  return [...each('poll', flags.poll), ...each('conditional', flags.conditional), ...stretched]
}

function pollArms(flags: BenchFlags, places: Places): Arm[] {
  const { headers, since, poll: url } = places
  const paces = pacesOf(flags)
  if (paces.length === 0) return []
  if (url === undefined)
    throw new AppError('usage', {
      message: 'there is no URL to poll',
      next: ['webhook-cli bench https://example.com/events --poll 1s …'],
    })
  const drain = flags.drain === true
  return paces.map((pace) => ({ ...pace, url, headers, drain, ...(since !== undefined && { since }) }))
}

function pushArms(flags: BenchFlags, places: Places): Arm[] {
  const { headers, since } = places
  const placeOf = (
    flag: string | boolean | undefined,
    place: string | undefined,
    option: string,
  ): string[] => {
    if (flag === undefined || flag === false) return []
    if (typeof flag === 'string') return [(option === '--ws' ? parseSocketUrl : parseTarget)(flag, option)]
    if (place === undefined)
      throw new AppError('usage', {
        message: `${option} has no URL`,
        hint: 'only of the sample service it is known',
        next: [`webhook-cli bench … ${option} ${option === '--ws' ? 'ws' : 'http'}://localhost:3000/events`],
      })
    return [place]
  }
  return [
    ...placeOf(flags.longPoll, places.longPoll, '--long-poll').map((url): Arm => ({
      kind: 'longpoll',
      name: 'longpoll',
      url,
      headers,
      ...(since !== undefined && { since }),
    })),
    ...(flags.webhook === true && places.webhook ? [{ kind: 'webhook', name: 'webhook' } as const] : []),
    ...placeOf(flags.sse, places.sse, '--sse').map((url): Arm => ({
      kind: 'sse',
      name: 'sse',
      target: { url, headers },
    })),
    ...placeOf(flags.ws, places.ws, '--ws').map((url): Arm => {
      const hello = flags.wsSend ?? places.wsHello
      return { kind: 'ws', name: 'ws', target: { url, headers, ...(hello !== undefined && { hello }) } }
    }),
  ]
}

/** The same interval twice, as for an A/A test, gets a number. */
function named(arms: readonly Arm[]): Arm[] {
  const counts = new Map<string, number>()
  return arms.map((arm) => {
    const count = (counts.get(arm.name) ?? 0) + 1
    counts.set(arm.name, count)
    return count === 1 ? arm : { ...arm, name: `${arm.name}#${count}` }
  })
}

function intervals(text: string | undefined, option: string): number[] {
  if (text === undefined) return []
  return text.split(',').map((part) => intervalOf(part, option))
}

function intervalOf(text: string, option: string): number {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= SHORTEST_MS) return ms
  throw new AppError('bad-value', {
    option,
    value: text,
    expected: `an interval of ${SHORTEST_MS}ms or more, such as 500ms`,
  })
}

function paceOf(intervalMs: number, flags: BenchFlags): Pace {
  return {
    intervalMs,
    mode: flags.pollMode === undefined ? 'grid' : parseWord(['grid', 'sleep'])(flags.pollMode, '--poll-mode'),
    jitter: flags.jitter === undefined ? 0 : jitterOf(flags.jitter),
  }
}

function jitterOf(text: string): number {
  const [, number, percent] = /^(\d{1,3}(?:\.\d{1,4})?)(%?)$/.exec(text) ?? []
  const share = Number(number) / (percent === '%' ? 100 : 1)
  if (number !== undefined && share <= 1) return share
  throw new AppError('bad-value', { option: '--jitter', value: text, expected: 'a share such as 10% or 0.1' })
}

function backoffOf(flags: BenchFlags): Pace[] {
  const { backoff } = flags
  if (backoff === undefined) return []
  const [first = '', factor = '', longest = ''] = backoff.split(',')
  const intervalMs = parseDuration(first)
  const maxMs = parseDuration(longest)
  const isGood =
    intervalMs !== undefined && intervalMs >= SHORTEST_MS && maxMs !== undefined && maxMs >= intervalMs
  if (!isGood || !/^\d{1,3}(?:\.\d{1,3})?$/.test(factor) || Number(factor) < 1)
    throw new AppError('bad-value', {
      option: '--backoff',
      value: backoff,
      expected: 'first,factor,longest: 100ms,2,10s',
    })
  return [{ ...paceOf(intervalMs, flags), backoff: { factor: Number(factor), maxMs } }]
}

/** `500ms`, `2s`, `1.5s`: as short as it can be typed. */
function spell(ms: number): string {
  return ms >= 1000 ? `${ms / 1000}s` : `${ms}ms`
}
