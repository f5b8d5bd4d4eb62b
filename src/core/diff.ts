import { asBuffer, validUtf8 } from './content/charset.ts'
import { contentCodings, decodeContent } from './content/coding.ts'
import type { Delivery, DeliveryOutcome } from './delivery.ts'
import { outcomeName, wasAccepted } from './delivery.ts'
import { comparableHeaders } from './diff-headers.ts'
import { isBelow, jsonLeaves } from './diff-json.ts'
import type { Attempt } from './ports.ts'
import type { RawHeaders } from './request.ts'

/** `new`: there is no earlier answer to compare with. */
export const DIFF_VERDICTS = ['same', 'changed', 'fixed', 'regressed', 'new'] as const
export type DiffVerdict = (typeof DIFF_VERDICTS)[number]

/** One thing that is not as it was. Absent `before` or `after`: it was not, or is no longer, there. */
export interface Difference {
  readonly where: 'status' | 'header' | 'body'
  /** A header in lower case, a JSON Pointer, `line 3`, `byte 17`; absent for the status and the whole body. */
  readonly name?: string
  readonly before?: string
  readonly after?: string
}

export interface AnswerDiff {
  readonly verdict: DiffVerdict
  readonly differences: readonly Difference[]
  /** Milliseconds that the recorded answer took. Told, and never a difference: it is another each time. */
  readonly beforeMs?: number
}

export interface DiffIgnore {
  /** Names in lower case. */
  readonly headers: ReadonlySet<string>
  /** JSON Pointers as steps; `*` is any one step, and what lies below is ignored too. */
  readonly pointers: readonly (readonly string[])[]
}

/** More is not read by anybody, and a body may have a million leaves. */
const MOST_DIFFERENCES = 1000
const MAX_BODY_BYTES = 32 * 1024 * 1024
const EXCERPT_CHARS = 200

/** The answer that a replay is compared with: what the request itself got, or else what its last replay got. */
export function recordedAnswer(deliveries: readonly Delivery[]): Delivery | undefined {
  const sent = deliveries.filter(({ outcome }) => outcome.kind !== 'exit')
  return (
    sent.findLast(({ cause, outcome }) => cause !== 'replay' && outcome.kind === 'response') ?? sent.at(-1)
  )
}

/** How an answer differs from the recorded one. */
export function diffAnswers(before: Delivery | undefined, after: Attempt, ignore: DiffIgnore): AnswerDiff {
  if (before === undefined || before.outcome.kind === 'exit') return { verdict: 'new', differences: [] }
  const differences = [...differencesOf(before.outcome, after.outcome, ignore)]
  const accepted = wasAccepted(after.outcome)
  const verdict =
    wasAccepted(before.outcome) === accepted
      ? differences.length === 0
        ? 'same'
        : 'changed'
      : accepted
        ? 'fixed'
        : 'regressed'
  return { verdict, differences, beforeMs: before.durationMs }
}

function* differencesOf(
  before: DeliveryOutcome,
  after: DeliveryOutcome,
  ignore: DiffIgnore,
): Generator<Difference> {
  const [was, is] = [outcomeName(before), outcomeName(after)]
  if (was !== is) yield { where: 'status', before: was, after: is }
  if (before.kind !== 'response' || after.kind !== 'response') return
  const sameBytes = before.bodySize === after.bodySize && asBuffer(before.body).equals(after.body)
  yield* headerDifferences(before.headers, after.headers, ignore, sameBytes)
  if (sameBytes) return
  let left = MOST_DIFFERENCES
  for (const difference of bodyDifferences(before, after, ignore)) {
    if (left-- <= 0) return
    yield difference
  }
}

function* headerDifferences(
  before: RawHeaders,
  after: RawHeaders,
  { headers: ignored }: DiffIgnore,
  isSameBody: boolean,
): Generator<Difference> {
  const [was, is] = [comparableHeaders(before, isSameBody), comparableHeaders(after, isSameBody)]
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    if (ignored.has(name)) continue
    const difference = compare(was.get(name), is.get(name))
    if (difference !== undefined) yield { where: 'header', name, ...difference }
  }
}

type Response = Extract<DeliveryOutcome, { kind: 'response' }>

function* bodyDifferences(
  before: Response,
  after: Response,
  { pointers }: DiffIgnore,
): Generator<Difference> {
  const [was, is] = [textOf(before), textOf(after)]
  const [wasJson, isJson] = [was && jsonLeaves(was), is && jsonLeaves(is)]
  if (wasJson && isJson) return yield* jsonDifferences(wasJson, isJson, pointers)
  if (was !== undefined && is !== undefined && was !== is) return yield textDifference(was, is)
  if (was === is && was !== undefined) return
  yield bytesDifference(before, after)
}

/** The text of a body, its content-coding taken off; undefined where it is not UTF-8, or only its start is there. */
function textOf({ headers, body, bodySize }: Response): string | undefined {
  if (bodySize > body.byteLength) return undefined
  const decoded = decodeContent(body, contentCodings(headers), { maxBytes: MAX_BODY_BYTES, maxLayers: 4 })
  return validUtf8(decoded.ok ? decoded.bytes : body)
}

/** The order of keys means nothing; that of a list's items does. */
function* jsonDifferences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  ignored: DiffIgnore['pointers'],
): Generator<Difference> {
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const difference = compare(before.get(name), after.get(name))
    if (difference === undefined || ignored.some((steps) => isBelow(name, steps))) continue
    yield { where: 'body', ...(name !== '' && { name }), ...difference }
  }
}

function compare(
  before: string | undefined,
  after: string | undefined,
): Pick<Difference, 'before' | 'after'> | undefined {
  if (before === after) return undefined
  return {
    ...(before !== undefined && { before: excerpt(before) }),
    ...(after !== undefined && { after: excerpt(after) }),
  }
}

function excerpt(text: string): string {
  return text.length > EXCERPT_CHARS ? `${text.slice(0, EXCERPT_CHARS)}…` : text
}

/** The first line that is another one. */
function textDifference(before: string, after: string): Difference {
  const [was, is] = [before.split('\n'), after.split('\n')]
  const at = was.findIndex((line, index) => line !== is[index])
  const line = at === -1 ? was.length : at
  return { where: 'body', name: `line ${line + 1}`, ...compare(was[line], is[line]) }
}

function bytesDifference(before: Response, after: Response): Difference {
  const [was, is] = [asBuffer(before.body), asBuffer(after.body)]
  const length = Math.min(was.length, is.length)
  let at = 0
  while (at < length && was[at] === is[at]) at++
  return {
    where: 'body',
    name: `byte ${at + 1}`,
    before: `${before.bodySize} bytes`,
    after: `${after.bodySize} bytes`,
  }
}
