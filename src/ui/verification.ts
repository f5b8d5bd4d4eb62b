import type { Evidence, SignedPiece } from '../core/evidence.ts'
import type { NewRequest } from '../core/request.ts'
import { formatDuration, formatSkew } from '../core/units.ts'
import type { Verdict } from '../core/verdict.ts'
import { clockTime, dateOf } from './lines.ts'
import { sanitizeLine } from './sanitize.ts'
import { wrapped } from './text.ts'
import type { Theme } from './theme.ts'
import { failureWords } from './words.ts'

export interface VerificationView {
  readonly verdict: Verdict
  readonly request: Pick<NewRequest, 'receivedAt' | 'body'>
  readonly evidence?: Evidence
  readonly explanation?: {
    readonly text: string
    readonly fix: string
    readonly hints?: Readonly<Record<string, string>>
  }
}

/** Where the values of the rows begin. */
const VALUE_COLUMN = 14

/** A verdict and what it rests on, a line each; on a narrow terminal broken between words. */
export function renderVerification(
  { verdict, evidence, explanation }: VerificationView,
  theme: Theme,
  columns: number | undefined,
): string {
  const width = columns ?? Number.POSITIVE_INFINITY
  const rows = evidence === undefined ? [] : evidenceRows(evidence, verdict, theme)
  const lines = [
    ...wrapped(headline(verdict, theme), width).map((line, index) => (index === 0 ? line : `  ${line}`)),
    ...rows.flatMap(([name, text]) =>
      wrapped(text, width - VALUE_COLUMN).map((line, index) => {
        const label = (index === 0 ? name : '').padEnd(VALUE_COLUMN - 4)
        return `  ${theme.dim(label)}  ${line}`
      }),
    ),
    ...(explanation === undefined ? [] : explanationLines(explanation, theme, columns)),
  ]
  return `${lines.join('\n')}\n`
}

function explanationLines(
  { text, fix, hints }: NonNullable<VerificationView['explanation']>,
  theme: Theme,
  columns: number | undefined,
): string[] {
  const width = columns === undefined ? Number.POSITIVE_INFINITY : Math.max(columns - 4, 40)
  const lines = ['', ...wrapped(sanitizeLine(text), width).map((line) => `  ${theme.strong(line)}`)]
  if (fix !== '') lines.push(...wrapped(sanitizeLine(fix), width).map((line) => `  ${line}`))
  const names = Object.keys(hints ?? {})
  const longest = Math.max(0, ...names.map((name) => name.length))
  for (const [name, hint] of Object.entries(hints ?? {})) {
    const [first = '', ...rest] = wrapped(hint, width - longest - 4)
    lines.push(
      `    ${theme.dim(name.padEnd(longest))}  ${first}`,
      ...rest.map((line) => `    ${' '.repeat(longest)}  ${line}`),
    )
  }
  return lines
}

function headline(verdict: Verdict, theme: Theme): string {
  const { ok, bad, none } = theme.symbols
  switch (verdict.status) {
    case 'unsigned':
      return `${none} no signature that we know`
    case 'unchecked':
      return `${none} ${sanitizeLine(verdict.provider)}: signed, but no secret was given to check it with (--secret env:NAME)`
    case 'valid':
      return `${theme.ok(`${ok} ${sanitizeLine(verdict.provider)}`)}: the signature is right`
    case 'stale':
      return `${theme.warn(`${bad} ${sanitizeLine(verdict.provider)}`)}: the signature is right, but it is ${formatSkew(verdict.skewMs)}`
    case 'invalid':
      return `${theme.bad(`${bad} ${sanitizeLine(verdict.provider)}`)}: ${failureWords(verdict.reason)}`
  }
}

type Row = readonly [name: string, text: string]

function evidenceRows(evidence: Evidence, verdict: Verdict, theme: Theme): Row[] {
  const { place, signature, timestamp, signed, secrets } = evidence
  const rows: Row[] = []
  if (place !== undefined)
    rows.push([
      place.includes(':') ? 'found in' : 'header',
      `${sanitizeLine(place)}: ${sanitizeLine(signature ?? '')}`,
    ])
  if (timestamp !== undefined) rows.push(['timestamp', timestampText(timestamp, theme)])
  if (signed.length > 0) rows.push(['signed', signed.map((piece) => pieceWords(piece)).join(', then ')])
  const isRight = verdict.status === 'valid' || verdict.status === 'stale'
  for (const { origin, masked, fits } of secrets) {
    const mark = !isRight
      ? theme.bad(theme.symbols.bad)
      : fits
        ? theme.ok(theme.symbols.ok)
        : theme.dim(theme.symbols.none)
    rows.push(['secret', `${sanitizeLine(origin)} (${sanitizeLine(masked)})  ${mark}`])
  }
  return rows
}

const DAY_MS = 86_400_000

function timestampText({ at, skewMs, toleranceS }: NonNullable<Evidence['timestamp']>, theme: Theme): string {
  const when = skewMs >= 0 ? `${formatDuration(skewMs)} before` : `${formatDuration(-skewMs)} after`
  const time = Math.abs(skewMs) < DAY_MS ? clockTime(at) : `${dateOf(at)} ${clockTime(at)}`
  if (toleranceS === undefined) return `${time}, ${when} the check (no limit)`
  const isWithin = Math.abs(skewMs) <= toleranceS * 1000
  const mark = isWithin ? theme.ok(theme.symbols.ok) : theme.bad(theme.symbols.bad)
  return `${time}, ${when} the check (${formatDuration(toleranceS * 1000)} allowed)  ${mark}`
}

function pieceWords(piece: SignedPiece): string {
  switch (piece.kind) {
    case 'text':
      return JSON.stringify(sanitizeLine(piece.text))
    case 'body':
      return `the ${piece.bytes.toLocaleString('en-US')} bytes of the body`
    case 'secret':
      return 'the secret'
    case 'absent':
      return `what is missing (${sanitizeLine(piece.name)})`
    case 'canonical':
      return CANONICAL[piece.form] ?? sanitizeLine(piece.form)
  }
}

const CANONICAL: Readonly<Record<string, string>> = {
  twilio: 'the URL, then the fields of the form in order of their names',
  adyen: 'eight fields of each item, joined by colons',
  sns: 'the fields of the message, a line each for name and value',
  contentful: 'method, path, the signed headers, then the body',
  hook0: 'the time, the names and values of the signed headers, then the body',
  crc32: 'the CRC-32 of the body',
}
