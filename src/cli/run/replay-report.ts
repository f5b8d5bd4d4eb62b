import type { Replayed, ReplayEntry } from '../../app/replay.ts'
import type { ReplayDoubt } from '../../app/replay-parcel.ts'
import type { Tally } from '../../app/tally.ts'
import { deliveryToJson } from '../../core/content/jsonv1.ts'
import { wasAccepted } from '../../core/delivery.ts'
import type { DiffVerdict } from '../../core/diff.ts'
import { diffCell, diffLines, diffTotals, diffWord, isGoodDiff } from '../../ui/diff.ts'
import { shortId } from '../../ui/lines.ts'
import type { Spinner } from '../../ui/progress.ts'
import { startSpinner } from '../../ui/progress.ts'
import { doubtWords, progressWords, resignWords } from '../../ui/replay-words.ts'
import { toJsonLine } from '../../ui/sanitize.ts'
import type { SentView } from '../../ui/sent.ts'
import { runSummary, sentLines, sentRow } from '../../ui/sent.ts'
import { connectionWords } from '../../ui/words.ts'
import type { ReplayFlags } from '../commands/replay.ts'
import type { CliDeps } from '../deps.ts'
import type { Session } from '../session.ts'

/** More lines than this are no news on a terminal: only what went wrong is shown, and how far it is. */
const MOST_LINES = 20
/** How long a run may take before it says how far it is, in milliseconds. */
const QUIET_MS = 1000
/** A line that changes more often cannot be read. */
const REDRAW_MS = 200

const NOTHING_RECORDED =
  'answers are recorded in the store, or by --json > answers.ndjson: give that file too'

export interface ReplayTotals {
  readonly wanted: number
  /** When the last one is due, in milliseconds after the beginning; absent where none is. */
  readonly lastDueMs?: number
}

/** Tells what is sent, what comes back, and how it differs. */
export class ReplayReport {
  readonly #totals: ReplayTotals
  readonly #tally: Tally
  readonly #flags: ReplayFlags
  readonly #session: Session
  readonly #deps: CliDeps
  readonly #brief: boolean
  readonly #diffs = new Map<DiffVerdict, number>()
  readonly #begun: number
  readonly #cancelTimer: () => void
  #drawnAt = 0
  #missing = 0
  #spinner: Spinner | undefined
  #running = true
  #unreachable: { readonly host: string; readonly code: string } | undefined

  constructor(totals: ReplayTotals, tally: Tally, flags: ReplayFlags, session: Session, deps: CliDeps) {
    const { stdout, clock } = deps.io
    this.#totals = totals
    this.#tally = tally
    this.#flags = flags
    this.#session = session
    this.#deps = deps
    this.#brief = stdout.isTTY && totals.wanted > MOST_LINES
    this.#begun = clock.monotonic()
    this.#cancelTimer = clock.after(QUIET_MS, () => void this.#animate())
  }

  /** Answers that are worse than the recorded ones, other ones, or that there is nothing to compare with. */
  get differing(): number {
    const good = (this.#diffs.get('same') ?? 0) + (this.#diffs.get('fixed') ?? 0)
    return [...this.#diffs.values()].reduce((sum, count) => sum + count, 0) - good
  }

  doubt(doubt: ReplayDoubt, { id }: ReplayEntry): void {
    if (this.#flags.quiet === true) return
    const { stderr } = this.#deps.io
    const ref = id === '' ? 'the one from the file' : shortId(id)
    this.#apart(() => stderr.write(`${this.#session.err.warn('note:')} ${doubtWords(doubt, ref)}\n`))
  }

  /** One was removed from the store since it was chosen. */
  gone(): void {
    this.#missing++
  }

  replayed(replayed: Replayed): void {
    const { attempt, diff, parcel } = replayed
    const { outcome } = attempt
    this.#tally.add(attempt)
    if (diff !== undefined) this.#diffs.set(diff.verdict, (this.#diffs.get(diff.verdict) ?? 0) + 1)
    if (outcome.kind !== 'response')
      this.#unreachable = { host: new URL(parcel.outgoing.url).host, code: outcome.code }
    const isGood = diff === undefined ? wasAccepted(outcome) : isGoodDiff(diff)
    this.#print(replayed, isGood)
    this.#redraw()
  }

  stopProgress(): void {
    this.#running = false
    this.#cancelTimer()
    this.#spinner?.stop()
  }

  end(durationMs: number): void {
    const { err } = this.#session
    const { stderr } = this.#deps.io
    if (this.#flags.json === true) return
    const { wanted } = this.#totals
    const summary = this.#tally.summary()
    if (this.#flags.quiet !== true && (wanted > 1 || summary.sent < wanted))
      stderr.write(`${runSummary({ ...summary, durationMs, wanted: wanted - this.#missing }, err)}\n`)
    if (this.#diffs.size > 0 && this.#flags.quiet !== true) stderr.write(`${diffTotals(this.#diffs, err)}\n`)
    if (this.#diffs.has('new') && this.#flags.quiet !== true) stderr.write(`  ${err.dim(NOTHING_RECORDED)}\n`)
    if (this.#missing > 0) stderr.write(`${this.#missing} removed meanwhile, and not sent\n`)
    if (this.#unreachable === undefined) return
    const { host, code } = this.#unreachable
    const question = code === 'ECONNREFUSED' ? '. Is the app running?' : ''
    stderr.write(`${err.bad(err.symbols.bad)} ${host}: ${connectionWords(code)}${question}\n`)
  }

  #print(replayed: Replayed, isGood: boolean): void {
    const { stdout } = this.#deps.io
    const { out } = this.#session
    if (this.#flags.quiet === true && isGood) return
    if (this.#flags.json === true) return void stdout.write(this.#jsonLine(replayed))
    const view = this.#viewOf(replayed, isGood)
    if (!stdout.isTTY) return void stdout.write(sentRow(view))
    if (this.#brief && isGood) return
    const columns = stdout.columns() ?? 80
    const below =
      replayed.diff === undefined ? '' : diffLines(replayed.diff, replayed.attempt.durationMs, out, columns)
    this.#apart(() => stdout.write(sentLines(view, out, columns) + below))
  }

  #viewOf({ entry, parcel, attempt, diff }: Replayed, isGood: boolean): SentView {
    const { isTTY } = this.#deps.io.stdout
    const { method, url } = parcel.outgoing
    const { id } = entry
    const { out } = this.#session
    return {
      id: isTTY ? shortId(id) : id,
      method,
      url,
      attempt,
      ...(parcel.resigned !== undefined && { note: resignWords(parcel.resigned) }),
      ...(diff !== undefined && {
        judgement: { isGood, words: isTTY ? diffWord(diff) : diffCell(diff, out) },
      }),
    }
  }

  #jsonLine({ entry, parcel, attempt, replay, diff, lateMs }: Replayed): string {
    const { url: target } = parcel.outgoing
    const json = deliveryToJson({ requestId: entry.id, cause: 'replay', target, ...attempt })
    const { resigned } = parcel
    return toJsonLine({
      ...json,
      replay,
      ...(this.#totals.lastDueMs !== undefined && { lateMs }),
      ...(resigned !== undefined &&
        ('draft' in resigned ? { resigned: resigned.provider } : { notResigned: resigned.skipped })),
      ...(diff !== undefined && { diff }),
    })
  }

  async #animate(): Promise<void> {
    if (this.#flags.quiet === true || this.#flags.json === true || this.#deps.io.env['CI'] !== undefined)
      return
    this.#spinner = await startSpinner(this.#deps.io.stderr, this.#progress(), () => this.#running)
  }

  #redraw(): void {
    if (this.#spinner === undefined) return
    const now = this.#deps.io.clock.monotonic()
    if (now - this.#drawnAt < REDRAW_MS) return
    this.#drawnAt = now
    this.#spinner.text(this.#progress())
  }

  #progress(): string {
    const { wanted, lastDueMs } = this.#totals
    const { sent } = this.#tally
    const elapsed = this.#deps.io.clock.monotonic() - this.#begun
    const left = lastDueMs === undefined ? (elapsed / sent) * (wanted - sent) : lastDueMs - elapsed
    return progressWords(sent, wanted, elapsed, Math.max(left, 0))
  }

  /** Writes without the spinner in the way. */
  #apart(write: () => void): void {
    this.#spinner?.pause()
    write()
    this.#spinner?.resume()
  }
}
