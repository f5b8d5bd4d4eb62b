import { outcomeName, wasAccepted } from '../core/delivery.ts'
import type { ServiceActivity } from '../core/service.ts'
import { formatDuration } from '../core/units.ts'
import { clockTime } from './lines.ts'
import { sanitizeLine } from './sanitize.ts'
import { cut, displayWidth, padEnd } from './text.ts'
import type { Theme } from './theme.ts'
import { connectionWords } from './words.ts'

type Shown = Exclude<ServiceActivity, { readonly type: 'bug' }>

const NAME_WIDTH = 6
/** Narrower terminals are told no durations. */
const WIDE_COLUMNS = 80

interface LineParts {
  readonly name: string
  /** Of strangers, in part: sanitised and cut where it does not fit. */
  readonly what: string
  readonly result: string
  readonly durationMs?: number
  readonly note?: string
}

/** `14:02:11  GET    /orders?since=4   200   0.4 ms`: a request, an event or a delivery on one line. */
export function activityLine(activity: Shown, theme: Theme, columns: number): string {
  const { name, what, result, durationMs, note } = partsOf(activity, theme)
  const isWide = columns >= WIDE_COLUMNS
  const duration = durationMs === undefined || !isWide ? '' : theme.dim(shortMs(durationMs))
  const tail = [result, duration, theme.dim(note ?? '')].filter((part) => part !== '').join('   ')
  const head = `${theme.dim(clockTime(activity.at))}  ${padEnd(name, NAME_WIDTH)} `
  const room = Math.max(columns - displayWidth(head) - displayWidth(tail) - 3, 12)
  const label = cut(sanitizeLine(what), room, theme.symbols.ellipsis)
  return `${head}${padEnd(label, Math.min(room, isWide ? 44 : 32))}   ${tail}`
}

function partsOf(activity: Shown, theme: Theme): LineParts {
  const { arrow, point, bad } = theme.symbols
  switch (activity.type) {
    case 'request': {
      const { method, target, status, durationMs } = activity
      return { name: sanitizeLine(method), what: target, result: statusMark(status, theme), durationMs }
    }
    case 'event':
      return { name: theme.ok(point), what: activity.event, result: theme.id(`#${activity.seq}`) }
    case 'disabled': {
      const result = theme.warn('410 Gone: gets nothing more')
      return { name: theme.warn(bad), what: withoutScheme(activity.url), result }
    }
    case 'delivery': {
      const { event, url, attempt, outcome, durationMs, retryInMs } = activity
      const again = retryInMs === undefined ? [] : [`again in ${formatDuration(retryInMs)}`]
      const result =
        outcome.kind === 'response'
          ? statusMark(outcome.status, theme)
          : theme.bad(connectionWords(outcome.code))
      return {
        name: theme.dim(arrow),
        what: `${event} ${withoutScheme(url)}`,
        result,
        durationMs,
        note: [...(attempt === 1 ? [] : [`attempt ${attempt}`]), ...again].join(', '),
      }
    }
  }
}

function withoutScheme(url: string): string {
  return url.replace(/^http:\/\//, '')
}

/** The same facts for a pipe, tab-separated: kind, ISO time, and what belongs to the kind. */
export function activityRow(activity: Shown): string {
  const time = new Date(activity.at).toISOString()
  switch (activity.type) {
    case 'request': {
      const { method, target, status, durationMs } = activity
      return [
        'request',
        time,
        sanitizeLine(method),
        sanitizeLine(target),
        status,
        durationMs.toFixed(1),
      ].join('\t')
    }
    case 'event':
      return ['event', time, activity.seq, activity.id, sanitizeLine(activity.event)].join('\t')
    case 'disabled':
      return ['disabled', time, sanitizeLine(activity.url)].join('\t')
    case 'delivery': {
      const { id, event, url, attempt, outcome, durationMs } = activity
      const words = sanitizeLine(outcomeName(outcome))
      const facts = [id, sanitizeLine(event), sanitizeLine(url), attempt, words, durationMs.toFixed(1)]
      return ['delivery', time, ...facts].join('\t')
    }
  }
}

/** The form for programs. */
export function activityToJson(activity: Shown): Readonly<Record<string, unknown>> {
  const time = new Date(activity.at).toISOString()
  const { at: _at, ...rest } = activity
  if (rest.type !== 'delivery') return { v: 1, time, ...rest }
  const { outcome, ...delivery } = rest
  return {
    v: 1,
    time,
    ...delivery,
    ...(outcome.kind === 'response' ? { status: outcome.status } : { error: outcome.code }),
  }
}

/** What is shown with --quiet. */
export function isFailure(activity: ServiceActivity): boolean {
  if (activity.type === 'delivery') return !wasAccepted(activity.outcome)
  if (activity.type === 'request') return activity.status >= 500
  return activity.type !== 'event'
}

function statusMark(status: number, theme: Theme): string {
  if (status < 400) return theme.ok(String(status))
  return status < 500 ? theme.warn(String(status)) : theme.bad(String(status))
}

function shortMs(ms: number): string {
  return ms < 10 ? `${ms.toFixed(1)} ms` : formatDuration(ms)
}
