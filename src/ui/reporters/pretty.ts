import { wasTurnedDown } from '../../core/delivery.ts'
import type { AppEvent, AttemptNotice, HandshakeNotice, Summary } from '../../core/events.ts'
import type { Clock, Reporter } from '../../core/ports.ts'
import { hasFailed, summaryOf } from '../../core/query.ts'
import type { RequestSummary } from '../../core/query.ts'
import type { ProviderId } from '../../core/verdict.ts'
import { formatCount, formatDuration, formatSkew } from '../../core/units.ts'
import { deliveredLine, deliveredRow, isTold, originOf, runningWords, unreachedWords } from '../delivered.ts'
import { arrivalLine, plainRow, shortId } from '../lines.ts'
import type { PrintQueue } from '../print-queue.ts'
import { createPrintQueue } from '../print-queue.ts'
import { sanitizeLine } from '../sanitize.ts'
import { besideOrBelow, wrapped } from '../text.ts'
import type { Theme } from '../theme.ts'
import { failureWords, finishingWords, handshakeWords, refusalWords, troubleWords } from '../words.ts'
import { printBanner } from './banner.ts'
import type { BannerOptions } from './banner-rows.ts'

export interface PrettyOptions extends BannerOptions {
  readonly clock: Clock
  /** Only failures. */
  readonly quiet: boolean
  /** What `verify` needs beside a ref to look at a signature of this provider as we do: ` --secret env:NAME`. */
  readonly verifyFlags?: (provider: ProviderId) => string
}

/** How often the same complaint is repeated, in milliseconds. */
const REPEAT_MS = 60_000

/** For people, and for `grep`: a line per request on stdout, everything else on stderr. */
export function createPrettyReporter(options: PrettyOptions): Reporter {
  const { stdout, theme, talk, clock, quiet, verifyFlags } = options
  const queue: PrintQueue = createPrintQueue(stdout, clock)
  const complaints = new Map<string, { at: number; more: number }>()

  const hinted = new Set<string>()
  /** Targets that did not answer last time. */
  const silent = new Set<string>()
  let goodbye: string | undefined
  let targets = 0
  let isKept = true
  /** The arrival printed last, as long as nothing stands below it that is another request's. */
  let above: RequestSummary | undefined

  function print(render: () => string): void {
    const gone = talk.stopWaiting()
    // On a terminal stopped with Ctrl-S the two streams go on in any order: the line once stood behind the spinner.
    if (gone !== undefined) queue.wait(gone)
    queue.add({ bytes: 256, render })
  }

  /** How to look closer: only what is kept can be looked at. */
  function verifyHint({ verdict, request }: RequestSummary): string[] {
    if (!('provider' in verdict) || !isKept) return []
    const command = `webhook-cli verify ${shortId(request.id)}${verifyFlags?.(verdict.provider) ?? ''}`
    return [`${theme.dim('$')} ${theme.id(sanitizeLine(command))}`]
  }

  /** Once for each provider: whoever has no secret at hand need not be told again. */
  function secretHint({ verdict }: RequestSummary, columns: number): string[] {
    if (verdict.status !== 'unchecked' || hinted.has(verdict.provider)) return []
    hinted.add(verdict.provider)
    const name = sanitizeLine(verdict.provider)
    const what = `${theme.symbols.none} signed by ${name}, but no secret given`
    const how = `(--secret ${name}=env:NAME)`
    return [
      theme.dim(
        besideOrBelow(what, how, { columns: columns - INDENT.length, gap: 1, indent: INDENT.length }),
      ),
    ]
  }

  /** Once for each target: ours says that the signature is right, and the app turns the request down. */
  function turnedDownHint(arrival: RequestSummary, { delivery }: AttemptNotice, columns: number): string[] {
    const origin = originOf(delivery.target)
    if (arrival.verdict.status !== 'valid' || !wasTurnedDown(delivery.outcome) || hinted.has(origin))
      return []
    hinted.add(origin)
    const question = 'does the app verify the raw body, with this secret?'
    const words = `${theme.symbols.none} the signature is right as it came: ${question}`
    const lines = wrapped(words, columns - INDENT.length).map((text) => theme.dim(text))
    return [lines.join(`\n${INDENT}  `), ...verifyHint(arrival)]
  }

  function line(summary: RequestSummary): string {
    const columns = stdout.columns()
    above = summary
    if (columns === undefined) return `${plainRow(summary)}\n`
    const isWrong = summary.verdict.status === 'invalid'
    const why = [
      ...reasonLines(summary, theme),
      ...(isWrong ? verifyHint(summary) : []),
      ...secretHint(summary, columns),
    ]
    return `${arrivalLine(summary, theme, columns)}\n${indented(why)}`
  }

  function tellHandshake(notice: HandshakeNotice): void {
    const words = handshakeWords(notice)
    // A secret that is used from now on is never told as "and one more".
    if (notice.learnt !== undefined) talk.line(`${theme.ok(theme.symbols.ok)} ${words}`)
    else complain(`${notice.provider} ${notice.name} ${notice.accepted}`, words, notice.accepted)
  }

  function deliveryLine(attempt: AttemptNotice): string {
    const columns = stdout.columns()
    if (columns === undefined) return deliveredRow(attempt)
    const arrival = above?.request.id === attempt.request.id ? above : undefined
    above = arrival
    const isBelowArrival = arrival !== undefined
    const line = deliveredLine(attempt, { theme, columns, isBelowArrival, namesTarget: targets > 1 })
    return arrival === undefined ? line : `${line}${indented(turnedDownHint(arrival, attempt, columns))}`
  }

  function tellDelivery(attempt: AttemptNotice): void {
    const { delivery } = attempt
    const origin = originOf(delivery.target)
    const unreached = unreachedWords(attempt)
    if (unreached === undefined) {
      if (delivery.cause !== 'exec' && silent.delete(origin)) {
        complaints.delete(`target ${origin}`)
        talk.line(`${theme.ok(theme.symbols.ok)} ${origin} answers again`)
      }
    } else {
      silent.add(origin)
      complain(`target ${origin}`, unreached)
    }
    if (isTold(attempt, quiet)) print(() => deliveryLine(attempt))
  }

  /** The first of a kind at once, then at most one a minute that counts the rest. */
  function complain(kind: string, words: string, isGood = false): void {
    const now = clock.monotonic()
    const last = complaints.get(kind)
    if (last !== undefined && now - last.at < REPEAT_MS) {
      last.more++
      return
    }
    const more = last === undefined || last.more === 0 ? '' : theme.dim(` (and ${last.more} more)`)
    complaints.set(kind, { at: now, more: 0 })
    const mark = isGood ? theme.ok(theme.symbols.ok) : theme.bad(theme.symbols.bad)
    talk.line(wrapped(`${mark} ${words}${more}`, stdout.columns() ?? Infinity).join('\n  '))
  }

  return {
    report(event: AppEvent) {
      switch (event.type) {
        case 'ready':
          targets = event.ready.targets?.length ?? 0
          isKept = event.ready.store !== undefined
          if (!quiet) printBanner(event.ready, options)
          break
        case 'request': {
          const summary = summaryOf({
            request: event.request,
            identity: event.assessment.identity,
            verdict: event.assessment.verdict,
            deliveries: [],
          })
          if (quiet && !hasFailed(summary)) return
          print(() => line(summary))
          break
        }
        case 'delivery':
          tellDelivery(event.attempt)
          break
        case 'running': {
          if (quiet) break
          const columns = stdout.columns()
          const indent = columns === undefined ? '' : INDENT
          talk.line(indent + runningWords(event.run, theme, columns && columns - indent.length))
          break
        }
        case 'trouble':
          complain('trouble', troubleWords(event.detail))
          break
        case 'handshake':
          tellHandshake(event.handshake)
          break
        case 'refused':
          complain(event.refusal.reason, refusalWords(event.refusal))
          break
        case 'recovered':
          complaints.delete('store-failed')
          talk.line(
            `${theme.ok(theme.symbols.ok)} the store takes requests again; ${event.refused} got 503 meanwhile`,
          )
          break
        case 'draining':
          talk.line(finishingWords(event.inFlight, event.wasTold, theme))
          break
        case 'stopped':
          void talk.stopWaiting()
          if (!quiet) goodbye = farewell(event.summary, isKept, options)
          break
      }
    },
    async close(patienceMs) {
      await queue.close(patienceMs)
      // What was still to be printed stands above it.
      if (goodbye !== undefined) talk.line(goodbye)
    },
  }
}

/** Below the time of an arrival. */
const INDENT = ' '.repeat(10)

function indented(lines: readonly string[]): string {
  return lines.map((text) => `${INDENT}${text}\n`).join('')
}

/** Why a signature is not right. */
function reasonLines({ verdict }: RequestSummary, theme: Theme): string[] {
  const { bad, dot } = theme.symbols
  if (verdict.status === 'stale') {
    return [theme.warn(`${bad} the signature is right ${dot} it is ${formatSkew(verdict.skewMs)}`)]
  }
  if (verdict.status !== 'invalid') return []
  return [theme.bad(`${bad} ${failureWords(verdict.reason)}`)]
}

function farewell(summary: Summary, isKept: boolean, { theme, stdout }: PrettyOptions): string {
  const parts = [`${summary.captured} captured`]
  if (summary.invalid > 0) parts.push(theme.bad(formatCount(summary.invalid, 'bad signature')))
  if (summary.refused > 0) parts.push(theme.warn(`${summary.refused} refused`))
  const undelivered = summary.undelivered ?? 0
  if (undelivered > 0) parts.push(theme.bad(`${undelivered} not delivered`))
  const list = undelivered > 0 ? '--undelivered' : summary.invalid > 0 ? '--failed' : undefined
  // Without a store there is nothing to look at afterwards.
  const next =
    list === undefined || !isKept ? '' : `${theme.dim('$')} ${theme.id(`webhook-cli list ${list}`)}`
  const columns = stdout.columns()
  const after = `  stopped after ${formatDuration(summary.durationMs)}`
  const counts = parts.join(` ${theme.symbols.dot} `)
  const line = besideOrBelow(after, counts, { columns, gap: 3, indent: 2 })
  return besideOrBelow(line, next, { columns, gap: 6, indent: 2 })
}
