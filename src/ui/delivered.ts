import type { CommandOutcome, Delivery } from '../core/delivery.ts'
import { outcomeName, wasAccepted, wasRefusedByUs } from '../core/delivery.ts'
import type { AttemptNotice, RunningNotice } from '../core/events.ts'
import { pathOf } from '../core/request.ts'
import { formatDuration } from '../core/units.ts'
import { gistOf } from './gist.ts'
import { shortId } from './lines.ts'
import { sanitizeLine } from './sanitize.ts'
import { cut, displayWidth, padEnd } from './text.ts'
import type { Theme } from './theme.ts'
import { connectionWords, outcomeWords } from './words.ts'

/** Below the time of an arrival, where what belongs to it begins; on a narrow terminal words need the room. */
const INDENT = ' '.repeat(10)
const NARROW_INDENT = '  '
const NARROW = 72

/** Of a target's name so much is shown, or nothing. */
const SHORTEST_NAME = 8

export interface DeliveredOptions {
  readonly theme: Theme
  readonly columns: number
  /** The line before is this request's arrival: it need not be named again. */
  readonly isBelowArrival: boolean
  /** There is more than one place that requests go to. */
  readonly namesTarget: boolean
}

/**
 * True for an attempt that has a line of its own. Of requests that a filter hides only failures are told, as nobody
 * may miss those, and how they ended; with `quiet`, of all requests only failures.
 */
export function isTold({ delivery, isHidden }: AttemptNotice, quiet: boolean): boolean {
  if (!wasAccepted(delivery.outcome)) return true
  return !quiet && !(isHidden && (delivery.attempt ?? 1) === 1)
}

/** `→ 200  12 ms`, below the arrival of its request. Of a request that has none it says which it is. */
export function deliveredLine(attempt: AttemptNotice, options: DeliveredOptions): string {
  const { delivery, request, isHidden } = attempt
  const { theme, columns, isBelowArrival, namesTarget } = options
  const { arrow, ellipsis } = theme.symbols
  const start = `${columns < NARROW ? NARROW_INDENT : INDENT}${arrow}`
  const id = isBelowArrival ? [] : [theme.id(shortId(request.id))]
  const outcome = [outcomeWords(delivery, theme), ...consequence(attempt, theme)].join('  ')
  const nameRoom = columns - displayWidth([start, ...id, outcome].join('  ')) - 1
  const place = namesTarget ? targetName(delivery) : isHidden ? sanitizeLine(pathOf(request.target)) : ''
  const what = isHidden ? `${sanitizeLine(request.method)} ${place}` : place
  const name = what !== '' && nameRoom >= SHORTEST_NAME ? [cut(what, nameRoom, ellipsis)] : []
  const head = `${start} ${[...id, ...name, outcome].join('  ')}`
  const room = columns - displayWidth(head) - 3
  const body = wasAccepted(delivery.outcome) ? '' : gist(delivery)
  return body === '' || room < 16 ? `${head}\n` : `${head}   ${theme.dim(cut(body, room, ellipsis))}\n`
}

/** A command that takes its time: `→ k7m2  $ make build  running…`. @param columns absent where lines have no end */
export function runningWords(
  { request, command }: RunningNotice,
  theme: Theme,
  columns: number = Infinity,
): string {
  const { arrow, ellipsis } = theme.symbols
  const head = `${arrow} ${theme.id(shortId(request.id))}  `
  const state = `  running${ellipsis}`
  const name = `$ ${sanitizeLine(command.join(' '))}`
  return head + cut(name, columns - displayWidth(head + state), ellipsis) + theme.dim(state)
}

/** An attempt by itself: `→ k7m2   POST localhost:3000/hooks   200 12 ms`. */
export function standaloneLine(attempt: AttemptNotice, theme: Theme, columns: number): string {
  const { delivery, request } = attempt
  const { arrow, ellipsis } = theme.symbols
  const head = `${arrow} ${theme.id(shortId(request.id))}   `
  const tail = [outcomeWords(delivery, theme), ...consequence(attempt, theme)].join('  ')
  const what =
    delivery.cause === 'exec'
      ? targetName(delivery)
      : `${sanitizeLine(request.method)} ${targetName(delivery)}`
  const room = columns - displayWidth(head) - displayWidth(tail) - 3
  const name = room < SHORTEST_NAME ? '' : `${padEnd(cut(what, room, ellipsis), Math.min(room, 32))}   `
  const line = `${head}${name}${tail}\n`
  const body = wasAccepted(delivery.outcome) ? '' : gist(delivery)
  return body === ''
    ? line
    : `${line}         ${theme.dim(cut(body, Math.max(columns - 10, 20), ellipsis))}\n`
}

/** The same facts for a pipe, tab-separated; `->` stands where an arrival has its method. */
export function deliveredRow({ request, delivery, settlement }: AttemptNotice): string {
  return `${[
    request.id,
    new Date(delivery.startedAt).toISOString(),
    '->',
    sanitizeLine(delivery.target),
    sanitizeLine(outcomeName(delivery.outcome)),
    delivery.durationMs.toFixed(1),
    String(delivery.attempt ?? 1),
    settlement.kind,
  ].join('\t')}\n`
}

/** Why nothing came of an attempt to reach a target, as one sentence; undefined where the target answered. */
export function unreachedWords({ delivery, isMirrored }: AttemptNotice): string | undefined {
  const { outcome } = delivery
  if (outcome.kind === 'response' || outcome.kind === 'exit') return undefined
  const name = originOf(delivery.target)
  const told = isMirrored ? `, answered ${outcome.code === 'ETIMEDOUT' ? 504 : 502}` : ''
  if (outcome.kind === 'unknown') {
    const what = outcome.code === 'ETIMEDOUT' ? 'did not answer in time' : 'broke off before it answered'
    return `${name} ${what}${told}; it may have done its work`
  }
  if (outcome.code === 'ECONNREFUSED') return `${name} refused the connection${told}. Is the app running?`
  return `${name}: ${connectionWords(outcome.code)}${told}`
}

/** What became of requests whose targets stayed down, and what to do about it. @param origins of those targets */
export function leftWords(
  left: { readonly waiting: number; readonly givenUp: number },
  origins: readonly string[],
): string {
  const parts = [
    ...(left.givenUp > 0 ? [`${left.givenUp} given up`] : []),
    ...(left.waiting > 0 ? [`${left.waiting} left for another time`] : []),
  ]
  const names = origins.length === 0 ? 'the target' : origins.join(' and ')
  return `${parts.join(', ')}: ${names} stayed down. Once it runs, the same command tries them again.`
}

/** Whoever has corrected a command or a target learns that what was owed to the other is still there. */
export function elsewhereWords(count: number): string {
  return `${count} owed to ${count === 1 ? 'another destination' : 'other destinations'}`
}

/** Host and port of a target: what is told of it where the path does not matter. */
export function originOf(target: string): string {
  return sanitizeLine(/^https?:\/\/([^/?#]+)/i.exec(target)?.[1] ?? target)
}

function targetName({ cause, target }: Delivery): string {
  return cause === 'exec' ? `$ ${sanitizeLine(target)}` : sanitizeLine(target.replace(/^http:\/\//i, ''))
}

function consequence({ delivery, settlement, isMirrored }: AttemptNotice, theme: Theme): string[] {
  const attempt = delivery.attempt ?? 1
  if (settlement.kind === 'retry') return [theme.dim(`again in ${formatDuration(settlement.delayMs)}`)]
  // That it is final goes without saying where the sender has the answer, and where we refuse the address.
  const isSaid = isMirrored || wasRefusedByUs(delivery.outcome)
  if (settlement.kind === 'given-up' && !(isSaid && attempt === 1))
    return [theme.bad(attempt === 1 ? 'given up' : `given up (attempt ${attempt})`)]
  return attempt > 1 ? [theme.dim(`attempt ${attempt}`)] : []
}

/** What an answer says in short, or the last that a command had to say: why it gave up. */
function gist({ outcome }: Delivery): string {
  if (outcome.kind === 'exit') return lastLine(outcome)
  return outcome.kind === 'response' ? gistOf(outcome.body) : ''
}

/** So much of an output is looked at for its last line: what does not fit there is cut anyway. */
const LAST_BYTES = 4096

function lastLine({ output, outputSize }: CommandOutcome): string {
  // Of what was not kept nobody knows how it ended.
  if (outputSize > output.byteLength) return ''
  const lines = Buffer.from(output.subarray(-LAST_BYTES))
    .toString('utf8')
    .trim()
    .split(/[\r\n]+/)
  return sanitizeLine(lines.at(-1)?.trim() ?? '')
}
