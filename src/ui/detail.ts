import { describeContent } from '../core/content/describe.ts'
import type { Delivery } from '../core/delivery.ts'
import { commandIn } from '../core/outbox.ts'
import type { StoredRequest } from '../core/query.ts'
import type { CapturedRequest, RawHeaders } from '../core/request.ts'
import { formatAge, formatBytes, formatDuration } from '../core/units.ts'
import { renderBody } from './body.ts'
import { clockTime } from './lines.ts'
import { sanitizeLine } from './sanitize.ts'
import { cut, displayWidth, padEnd } from './text.ts'
import type { Theme } from './theme.ts'
import { failureWords, outcomeWords, verdictMark } from './words.ts'

export interface DetailOptions {
  readonly theme: Theme
  /** Undefined in a pipe: nothing is cut, times are ISO. */
  readonly columns: number | undefined
  readonly now: number
  /** The short form of the id. */
  readonly id: string
  /** The whole body, not only its start. */
  readonly whole: boolean
}

const PREVIEW_BYTES = 4096
/** Of each answer; the reason of a failure is in its first lines. */
const ANSWER_LINES = 8

/** One request in full. Everything in it that a stranger wrote is sanitised here. */
export function renderDetail(stored: StoredRequest, options: DetailOptions): string {
  const { theme } = options
  const { request } = stored
  const blocks = [
    head(stored, options),
    signature(stored, theme),
    section('Headers', String(request.headers.length), headerLines(request.headers, options), theme),
    request.trailers.length === 0
      ? []
      : section('Trailers', String(request.trailers.length), headerLines(request.trailers, options), theme),
    bodySection(request, options),
    attempts(stored, options),
    debts(stored, theme, options.now),
  ]
  const text = blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
  const next =
    options.columns === undefined
      ? ''
      : `\n\n${theme.dim('Next')}   ${theme.id(`webhook-cli show ${options.id} --curl`)}     ${theme.id('… --raw > body.bin')}`
  return `${text}${next}\n`
}

/** Request line and headers as they came, one header a line. */
export function renderHeaders(request: CapturedRequest, theme: Theme): string {
  const lines = [requestLine(request)]
  for (const [name, value] of [...request.headers, ...request.trailers]) {
    lines.push(`${theme.id(sanitizeLine(name))}: ${sanitizeLine(value)}`)
  }
  return `${lines.join('\n')}\n`
}

function requestLine({ method, target, httpVersion }: CapturedRequest): string {
  return `${sanitizeLine(method)} ${sanitizeLine(target)} HTTP/${sanitizeLine(httpVersion)}`
}

function exactBytes({ byteLength }: Uint8Array): string {
  return byteLength === 1 ? '1 byte' : `${byteLength.toLocaleString('en-US')} bytes`
}

function head({ request, identity }: StoredRequest, { theme, columns, now }: DetailOptions): string[] {
  const size = exactBytes(request.body)
  const from = request.remoteAddress === undefined ? [] : [`from ${request.remoteAddress}`]
  const when =
    columns === undefined
      ? new Date(request.receivedAt).toISOString()
      : `${clockTime(request.receivedAt)}, ${formatAge(now - request.receivedAt)}`
  const known = [
    ...(identity.event === undefined ? [] : [`event ${sanitizeLine(identity.event)}`]),
    ...(identity.deliveryId === undefined ? [] : [`delivery ${sanitizeLine(identity.deliveryId)}`]),
  ]
  return [
    theme.strong(requestLine(request)),
    [theme.id(request.id), theme.dim(when), ...from, size].join('   '),
    ...(known.length === 0 ? [] : [known.join('   ')]),
  ]
}

function signature({ verdict }: StoredRequest, theme: Theme): string[] {
  const mark = verdictMark(verdict, theme)
  switch (verdict.status) {
    case 'unsigned':
      return []
    case 'unchecked':
      return [`Signature   ${mark}: no secret was given to check it with`]
    case 'valid':
      return [`Signature   ${mark}`]
    case 'stale': {
      const ago = formatSkew(verdict.skewMs)
      return [`Signature   ${mark}: right, but ${ago}`]
    }
    case 'invalid':
      return [`Signature   ${mark}: ${failureWords(verdict.reason)}`]
  }
}

function formatSkew(skewMs: number): string {
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  return skewMs > 0 ? `its time is ${seconds} s in the past` : `its time is ${seconds} s in the future`
}

function section(title: string, note: string, lines: readonly string[], theme: Theme): string[] {
  return [`${title.padEnd(11)} ${theme.dim(note)}`, ...lines.map((line) => `  ${line}`)]
}

function headerLines(headers: RawHeaders, { theme, columns }: DetailOptions): string[] {
  const names = headers.map(([name]) => sanitizeLine(name))
  const width = Math.min(
    names.reduce((most, name) => Math.max(most, displayWidth(name)), 0),
    34,
  )
  return headers.map(([, value], index) => {
    const name = padEnd(names[index] ?? '', width)
    const room = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - width - 6, 20)
    return `${theme.id(name)}   ${cut(sanitizeLine(value), room, theme.symbols.ellipsis)}`
  })
}

function bodySection(request: CapturedRequest, { theme, whole, columns }: DetailOptions): string[] {
  const view = describeContent(request, whole ? { maxBytes: Number.POSITIVE_INFINITY } : {})
  const lines = renderBody(view, {
    previewBytes: whole ? Number.POSITIVE_INFINITY : PREVIEW_BYTES,
    toSeeAll: '--all',
    indent: '',
    ...(columns !== undefined && { columns: columns - 2 }),
    theme: { dim: theme.dim, key: theme.id },
  })
  const type = view.mediaType === undefined ? '' : `${sanitizeLine(view.mediaType)}, `
  return section('Body', `${type}${exactBytes(request.body)}`, lines, theme)
}

function attempts({ deliveries }: StoredRequest, options: DetailOptions): string[] {
  if (deliveries.length === 0) return []
  const { theme } = options
  const lines = deliveries.flatMap((delivery) => [
    [
      delivery.cause.padEnd(8),
      clockTime(delivery.startedAt),
      sanitizeLine(delivery.target),
      outcomeWords(delivery, theme),
    ].join('  '),
    ...answerLines(delivery, options),
  ])
  return section('Attempts', String(deliveries.length), lines, theme)
}

/** What the application answered or the command wrote, as far as it was kept. */
function answerLines({ outcome }: Delivery, { theme, columns, whole }: DetailOptions): string[] {
  if (outcome.kind !== 'response' && outcome.kind !== 'exit') return []
  const { headers, body, size } =
    outcome.kind === 'response'
      ? { headers: outcome.headers, body: outcome.body, size: outcome.bodySize }
      : { headers: [], body: outcome.output, size: outcome.outputSize }
  if (body.byteLength === 0) return []
  const view = describeContent({ headers, body }, whole ? { maxBytes: Number.POSITIVE_INFINITY } : {})
  const lines = renderBody(view, {
    previewBytes: Number.POSITIVE_INFINITY,
    indent: '  ',
    ...(columns !== undefined && { columns: columns - 2 }),
    theme: { dim: theme.dim, key: theme.id },
  })
  // The line break at the end begins no line of its own.
  if (lines.at(-1)?.trim() === '') lines.pop()
  const shown = whole ? lines : lines.slice(0, ANSWER_LINES)
  const hidden = lines.length - shown.length
  if (hidden > 0) shown.push(theme.dim(`  (${hidden} more ${hidden === 1 ? 'line' : 'lines'}: --all)`))
  const lost = size - body.byteLength
  if (lost > 0) shown.push(theme.dim(`  (${formatBytes(lost)} more were not kept)`))
  return shown
}

/** Where it is still to go. */
function debts({ owed = [] }: StoredRequest, theme: Theme, now: number): string[] {
  if (owed.length === 0) return []
  const lines = owed.map(({ destination, attempts: made, state, dueAt }) => {
    const wait = dueAt - now
    const when = wait > 0 ? `due in ${formatDuration(wait)}` : 'due now'
    const what =
      state === 'given-up' ? theme.bad(`given up after ${made} ${made === 1 ? 'attempt' : 'attempts'}`) : when
    const command = commandIn(destination)
    const name = command === undefined ? destination : `$ ${command}`
    return [sanitizeLine(name), what].join('  ')
  })
  return section('Owed to', String(owed.length), lines, theme)
}
