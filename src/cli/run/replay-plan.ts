import type { ReplayEdits } from '../../app/replay-parcel.ts'
import type { OriginalTiming } from '../../app/replay-timing.ts'
import type { ResignOptions } from '../../app/resign.ts'
import { parseAssignment } from '../../app/set.ts'
import type { DiffIgnore } from '../../core/diff.ts'
import { VOLATILE_HEADERS } from '../../core/diff-headers.ts'
import { pointerSteps } from '../../core/diff-json.ts'
import { AppError } from '../../core/errors.ts'
import type { Query } from '../../core/query.ts'
import { parseDuration } from '../../core/units.ts'
import type { ReplayFlags } from '../commands/replay.ts'
import type { CliDeps } from '../deps.ts'
import { queryOf } from '../filter.ts'
import type { Session } from '../session.ts'
import { readFileOf } from '../session.ts'
import { DEFAULT_TIMEOUT_MS, parseCount, parseHeader, parseTimeout } from '../settings.ts'
import type { Signing } from '../signing.ts'
import { providerOf, readSigning } from '../signing.ts'
import { parseTarget } from '../target.ts'
import { parseConcurrency, parseRate } from './send-plan.ts'

/** As for `send --rate`: enough that a slow answer does not keep the next one from its place. */
const TIMED_CONCURRENCY = 16

export type ReplayOrder = 'original' | 'reverse' | { readonly seed: string }

export interface ReplayPlan {
  readonly query: Query
  /** Where the user said that it goes. */
  readonly to?: string
  readonly allowRemote: boolean
  readonly timing: 'asap' | OriginalTiming | { readonly perSecond: number }
  readonly order: ReplayOrder
  readonly repeat: number
  readonly concurrency: number
  readonly timeoutMs: number
  readonly edits: ReplayEdits
  readonly resign?: ResignOptions
  readonly signing: Signing
  readonly diff?: DiffIgnore
}

/** All flags checked and all files read, before anything is sent. */
export async function planReplay(flags: ReplayFlags, session: Session, deps: CliDeps): Promise<ReplayPlan> {
  const { io } = deps
  const signing = await signingOf(flags, session, deps)
  const timing = timingOf(flags)
  const resign = resignOf(flags, signing, deps)
  const diff = diffOf(flags)
  return {
    query: await queryOf(withMethod(flags), io.clock.now()),
    ...(flags.to !== undefined && { to: parseTarget(flags.to, '--to') }),
    allowRemote: flags.allowRemote === true,
    timing,
    order: parseOrder(flags.order ?? 'original'),
    repeat: flags.repeat === undefined ? 1 : parseCount(flags.repeat, '--repeat'),
    concurrency:
      flags.concurrency !== undefined
        ? parseConcurrency(flags.concurrency)
        : timing === 'asap'
          ? 1
          : TIMED_CONCURRENCY,
    timeoutMs: flags.timeout === undefined ? DEFAULT_TIMEOUT_MS : parseTimeout(flags.timeout, '--timeout'),
    edits: await editsOf(flags, deps),
    ...(resign !== undefined && { resign }),
    signing,
    ...(diff !== undefined && { diff }),
  }
}

/** `--provider` chooses requests here; `--resign-as` may name a file that defines whose signature it is. */
function signingOf(flags: ReplayFlags, session: Session, deps: CliDeps): Promise<Signing> {
  const { secret, option, publicUrl, resignAs } = flags
  const given = {
    ...(secret !== undefined && { secret }),
    ...(option !== undefined && { option }),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(resignAs !== undefined && { provider: resignAs }),
  }
  return readSigning(given, session, deps)
}

function withMethod(flags: ReplayFlags): ReplayFlags {
  const { method } = flags
  if (method === undefined || /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(method)) return flags
  throw new AppError('bad-value', { option: '--method', value: method, expected: 'an HTTP method' })
}

async function editsOf({ set, header, body, edit }: ReplayFlags, { io }: CliDeps): Promise<ReplayEdits> {
  if (edit === true && body === '-')
    throw new AppError('usage', { message: '--edit needs the terminal that --body - reads from' })
  return {
    sets: (set ?? []).map((text) => parseAssignment(text)),
    headers: (header ?? []).map((text) => parseHeader(text, '--header')),
    ...(body !== undefined && {
      body:
        body === '-'
          ? await io.stdin.readAll()
          : body.startsWith('@')
            ? await readFileOf('--body', body.slice(1), io.cwd)
            : Buffer.from(body),
    }),
  }
}

function resignOf(
  { resign, resignAs, timestamp, newId }: ReplayFlags,
  signing: Signing,
  { random }: CliDeps,
): ResignOptions | undefined {
  if (resign !== true && resignAs === undefined) {
    if (timestamp === undefined && newId !== true) return undefined
    const flag = timestamp === undefined ? '--new-id' : '--timestamp'
    throw new AppError('usage', { message: `${flag} goes with --resign: what it changes is signed` })
  }
  const as = resignAs === undefined ? undefined : providerOf(resignAs, signing)
  if (signing.secrets.isEmpty) {
    throw new AppError('usage', {
      message: '--resign needs the secret that your app checks with',
      next: ['webhook-cli replay last --resign --secret stripe=env:STRIPE_WEBHOOK_SECRET'],
    })
  }
  return {
    catalog: signing.catalog,
    secrets: signing.secrets,
    options: signing.options,
    ...(as !== undefined && { as }),
    ...(signing.publicUrl !== undefined && { publicUrl: signing.publicUrl }),
    timestamp: parseTimestamp(timestamp ?? 'now'),
    newId: newId === true,
    random,
  }
}

/** `keep`, or milliseconds from now. */
function parseTimestamp(text: string): 'keep' | number {
  if (text === 'keep') return text
  if (text === 'now') return 0
  const ms = /^[+-]/.test(text) ? parseDuration(text.slice(1)) : undefined
  if (ms !== undefined) return text.startsWith('-') ? -ms : ms
  throw new AppError('bad-value', { option: '--timestamp', value: text, expected: 'now, keep, -400s or +1h' })
}

function timingOf({ timing, rate }: ReplayFlags): ReplayPlan['timing'] {
  if (rate === undefined) return parseTiming(timing ?? 'asap')
  if (timing !== undefined)
    throw new AppError('usage', { message: '--rate and --timing say two things about the same' })
  return { perSecond: parseRate(rate) }
}

function parseTiming(text: string): 'asap' | OriginalTiming {
  if (text === 'asap') return text
  let speed = 1
  let maxGapMs: number | undefined
  for (const part of text.split(',').map((one) => one.trim())) {
    const faster = /^x(\d{1,6}(?:\.\d{1,3})?)$/.exec(part)?.[1]
    const gap = /^max-gap=(.+)$/.exec(part)?.[1]
    if (faster !== undefined) speed = Number(faster)
    else if (gap !== undefined) maxGapMs = parseDuration(gap) ?? Number.NaN
    else if (part !== 'original') speed = Number.NaN
  }
  if (speed > 0 && !Number.isNaN(maxGapMs)) return { speed, ...(maxGapMs !== undefined && { maxGapMs }) }
  throw new AppError('bad-value', {
    option: '--timing',
    value: text,
    expected: 'asap, original, x10, max-gap=2s or x10,max-gap=2s',
  })
}

function parseOrder(text: string): ReplayOrder {
  if (text === 'original' || text === 'reverse') return text
  const seed = /^shuffle:(.+)$/s.exec(text)?.[1]
  if (seed !== undefined) return { seed }
  throw new AppError('bad-value', {
    option: '--order',
    value: text,
    expected: 'original, reverse or shuffle:SEED',
  })
}

function diffOf({ diff, diffIgnore, failOnDiff }: ReplayFlags): DiffIgnore | undefined {
  if (diff !== true && diffIgnore === undefined && failOnDiff !== true) return undefined
  const headers = new Set(VOLATILE_HEADERS)
  const pointers: (readonly string[])[] = []
  for (const text of diffIgnore ?? []) {
    const header = /^header:([!#$%&'*+.^_`|~0-9A-Za-z-]+)$/.exec(text)?.[1]
    const steps = pointerSteps(text)
    if (header !== undefined) headers.add(header.toLowerCase())
    else if (steps !== undefined) pointers.push(steps)
    else {
      throw new AppError('bad-value', {
        option: '--diff-ignore',
        value: text,
        expected: "a JSON Pointer such as '/data/*/ts', or header:NAME",
      })
    }
  }
  return { headers, pointers }
}
