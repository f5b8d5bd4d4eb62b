import { describeContent } from '../core/content/describe.ts'
import type { Delivery } from '../core/delivery.ts'
import { commandIn } from '../core/outbox.ts'
import type { StoredRequest } from '../core/query.ts'
import type { CapturedRequest, RawHeaders } from '../core/request.ts'
import { formatAge, formatBytes, formatCount, formatDuration, formatSkew } from '../core/units.ts'
import type { Verdict } from '../core/verdict.ts'
import { renderBody } from './body.ts'
import { clockTime } from './lines.ts'
import { sanitizeLine } from './sanitize.ts'
import { besideOrBelow, cut, displayWidth, packed, padEnd, wrapped } from './text.ts'
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
    signature(stored, options),
    section('Headers', String(request.headers.length), headerLines(request.headers, options), theme),
    request.trailers.length === 0
      ? []
      : section('Trailers', String(request.trailers.length), headerLines(request.trailers, options), theme),
    bodySection(request, options),
    attempts(stored, options),
    debts(stored, options),
  ]
  const text = blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join('\n'))
    .join('\n\n')
  return `${text}${options.columns === undefined ? '' : `\n\n${nextSteps(options)}`}\n`
}

function nextSteps({ theme, columns, id }: DetailOptions): string {
  const first = `${theme.dim('Next')}   ${theme.id(`webhook-cli show ${id} --curl`)}`
  return besideOrBelow(first, theme.id('… --raw > body.bin'), { columns, gap: 5, indent: 7 })
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
  const width = columns ?? Number.POSITIVE_INFINITY
  return [
    theme.strong(requestLine(request)),
    ...packed([theme.id(request.id), theme.dim(when), ...from, size], GAP, width),
    ...packed(known, GAP, width),
  ]
}

const GAP = '   '
/** Of the titles of sections. */
const TITLE_COLUMNS = 12

function signature({ verdict }: StoredRequest, { theme, columns }: DetailOptions): string[] {
  if (verdict.status === 'unsigned') return []
  const words = wrapped(
    `${verdictMark(verdict, theme)}${signatureWords(verdict)}`,
    (columns ?? Number.POSITIVE_INFINITY) - TITLE_COLUMNS,
  )
  return words.map((line, index) => `${(index === 0 ? 'Signature' : '').padEnd(TITLE_COLUMNS)}${line}`)
}

function signatureWords(verdict: Exclude<Verdict, { status: 'unsigned' }>): string {
  switch (verdict.status) {
    case 'unchecked':
      return ': no secret was given to check it with'
    case 'valid':
      return ''
    case 'stale':
      return `: right, but ${formatSkew(verdict.skewMs)}`
    case 'invalid':
      return `: ${failureWords(verdict.reason)}`
  }
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
    ...facts(
      [
        delivery.cause.padEnd(8),
        clockTime(delivery.startedAt),
        sanitizeLine(delivery.target),
        outcomeWords(delivery, theme),
      ],
      options,
    ),
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
  if (hidden > 0) shown.push(theme.dim(`  (${formatCount(hidden, 'more line')}: --all)`))
  const lost = size - body.byteLength
  if (lost > 0) shown.push(theme.dim(`  (${formatBytes(lost)} more were not kept)`))
  return shown
}

/** Where it is still to go. */
function debts({ owed = [] }: StoredRequest, options: DetailOptions): string[] {
  if (owed.length === 0) return []
  const { theme, now } = options
  const lines = owed.flatMap(({ destination, attempts: made, state, dueAt }) => {
    const wait = dueAt - now
    const when = wait > 0 ? `due in ${formatDuration(wait)}` : 'due now'
    const what = state === 'given-up' ? theme.bad(`given up after ${formatCount(made, 'attempt')}`) : when
    const command = commandIn(destination)
    const name = command === undefined ? destination : `$ ${command}`
    return facts([sanitizeLine(name), what], options)
  })
  return section('Owed to', String(owed.length), lines, theme)
}

/** A row of a section: on a narrow terminal its facts go on, indented, on the next line. */
function facts(texts: readonly string[], { columns }: DetailOptions): string[] {
  const [first = '', ...rest] = packed(texts, '  ', (columns ?? Number.POSITIVE_INFINITY) - 4)
  return [first, ...rest.map((line) => `  ${line}`)]
}
