import { Assessor } from '../../app/assess.ts'
import type { TimeSpan } from '../../app/earlier-imports.ts'
import { EarlierImports } from '../../app/earlier-imports.ts'
import { IMPORT_FORMATS } from '../../app/import.ts'
import type { ImportEntry } from '../../app/import.ts'
import { summaryToJson } from '../../core/content/jsonv1.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import type { Store } from '../../core/ports.ts'
import type { RequestSummary } from '../../core/query.ts'
import { summaryOf } from '../../core/query.ts'
import type { NewRequest } from '../../core/request.ts'
import { named } from '../../core/request.ts'
import { plainRow } from '../../ui/lines.ts'
import { renderListing } from '../../ui/listing.ts'
import { toJsonLine } from '../../ui/sanitize.ts'
import { importProblem, importSummary } from '../../ui/transfer.ts'
import type { ImportFlags } from '../commands/import.ts'
import type { CliDeps } from '../deps.ts'
import { refuseSecretFromStdin } from '../secrets.ts'
import type { ImportSource } from '../import-source.ts'
import { importSources } from '../import-source.ts'
import { KEEP_ALL, LISTENER_LIMITS, openSession } from '../session.ts'
import type { Session } from '../session.ts'
import { DEFAULT_MAX_BODY, parseBytes, parseWord } from '../settings.ts'
import { readSigning } from '../signing.ts'
import { showProgress } from './transfer-progress.ts'

const SHOWN_PROBLEMS = 10
/** So many requests, or bytes of them, are on their way to the disk at once. */
const BATCH = { requests: 256, bytes: 8_388_608 }
/** On a terminal the newest are shown; `list` has the others. */
const SHOWN_ROWS = 20

export async function runImport(
  files: readonly string[],
  flags: ImportFlags,
  deps: CliDeps,
): Promise<number> {
  if (files.includes('-')) refuseSecretFromStdin(flags.secret, 'requests')
  const format = parseWord(IMPORT_FORMATS)(flags.format ?? 'auto', '--format')
  const session = await openSession(flags, deps)
  const maxBodyBytes = session.setting('maxBody', flags.maxBody, parseBytes, DEFAULT_MAX_BODY)
  const signing = await readSigning(flags, session, deps)
  const assessor = new Assessor({ ...signing, handshakes: false })
  const sources = await importSources(
    files,
    { format, maxBodyBytes, readFiles: flags.readFiles === true },
    deps,
  )
  const checked = await check(sources)
  if (checked.problems.length > 0) refuseOrTell(checked, flags, session, deps)
  refuseOverflow(checked.valid, session)
  const { keep } = session.limits({}, KEEP_ALL)
  const store = await session.openStore(flags.dryRun === true ? KEEP_ALL : { ...KEEP_ALL, keep })
  try {
    const earlier =
      flags.again === true || checked.span === undefined
        ? new EarlierImports()
        : await EarlierImports.within(checked.span, store)
    return await importAll(sources, checked, { store, assessor, earlier, flags, session, deps })
  } finally {
    await store.close()
  }
}

interface ImportTools {
  readonly store: Store
  readonly assessor: Assessor
  readonly earlier: EarlierImports
  readonly flags: ImportFlags
  readonly session: Session
  readonly deps: CliDeps
}

async function importAll(
  sources: readonly ImportSource[],
  checked: Checked,
  tools: ImportTools,
): Promise<number> {
  const interruption = tools.deps.interruption()
  const importer = new Importer(tools)
  try {
    for (const source of sources) {
      for (const entry of await source.entries()) {
        if (interruption.stop.aborted) break
        if ('request' in entry) await importer.add(entry.request)
      }
    }
    await importer.flush()
  } finally {
    importer.end(checked)
  }
  if (interruption.bySigint()) return EXIT.interrupted
  // There is no rest to take: a script must not go on as if there were.
  return checked.valid === 0 && checked.count > 0 ? EXIT.failed : EXIT.ok
}

interface Checked {
  readonly problems: readonly { readonly place: string; readonly problem: string }[]
  /** Of all problems, also those that are not told. */
  readonly count: number
  readonly valid: number
  /** When the valid ones came; undefined where there is none. */
  readonly span?: TimeSpan
}

/** Reads everything once before anything is kept. */
async function check(sources: readonly ImportSource[]): Promise<Checked> {
  const problems: Checked['problems'][number][] = []
  let count = 0
  let valid = 0
  let from = Number.POSITIVE_INFINITY
  let to = Number.NEGATIVE_INFINITY
  for (const source of sources) {
    for (const entry of await source.entries()) {
      if ('request' in entry) {
        valid += 1
        from = Math.min(from, entry.request.receivedAt)
        to = Math.max(to, entry.request.receivedAt)
      } else if (++count <= SHOWN_PROBLEMS)
        problems.push({ place: placeOf(source, entry), problem: entry.problem })
    }
  }
  return { problems, count, valid, ...(valid > 0 && { span: { from, to } }) }
}

function placeOf({ name }: ImportSource, { place }: ImportEntry): string {
  return place === '' ? name : `${name}, ${place}`
}

function refuseOrTell(
  checked: Checked,
  { skipInvalid }: ImportFlags,
  { err }: Session,
  { io }: CliDeps,
): void {
  const { problems, count, valid } = checked
  if (skipInvalid !== true) throw new AppError('not-importable', { problems, count, valid })
  for (const problem of problems) io.stderr.write(`${err.warn('skipped:')} ${importProblem(problem)}\n`)
  if (count > problems.length) io.stderr.write(`${err.warn('skipped:')} ${count - problems.length} more\n`)
}

/** A store that keeps fewer would let the first ones go while the last ones come in. */
function refuseOverflow(valid: number, session: Session): void {
  const { keep } = session.limits({}, LISTENER_LIMITS)
  if (keep === 0 || valid <= keep) return
  throw new AppError('usage', {
    message: `${valid} requests would come in, and the store keeps the newest ${keep}`,
    next: ['WEBHOOK_CLI_KEEP=0 webhook-cli import …'],
  })
}

/** Assesses requests as captures are, keeps them in batches and tells of each. */
class Importer {
  readonly #tools: ImportTools
  readonly #isDry: boolean
  readonly #progress: ReturnType<typeof showProgress>
  readonly #verdicts = new Map<RequestSummary['verdict']['status'], number>()
  readonly #rows: RequestSummary[] = []
  #batch: Promise<RequestSummary>[] = []
  #batchBytes = 0
  #count = 0
  #copies = 0

  constructor(tools: ImportTools) {
    this.#tools = tools
    this.#isDry = tools.flags.dryRun === true
    this.#progress = showProgress('importing', tools.flags, tools.deps, false)
  }

  async add(request: NewRequest): Promise<void> {
    if (this.#tools.earlier.match(request)) {
      this.#copies += 1
      return
    }
    const kept = this.#keep(request)
    // It may fail before the batch is waited for, and is told then.
    kept.catch(() => {})
    this.#batch.push(kept)
    this.#batchBytes += request.body.byteLength
    if (this.#batch.length >= BATCH.requests || this.#batchBytes >= BATCH.bytes) await this.flush()
  }

  async flush(): Promise<void> {
    const batch = this.#batch
    this.#batch = []
    this.#batchBytes = 0
    for (const summary of await Promise.all(batch)) {
      this.#count += 1
      const { status } = summary.verdict
      this.#verdicts.set(status, (this.#verdicts.get(status) ?? 0) + 1)
      await this.#tell(summary)
    }
    this.#progress.count(this.#count)
  }

  /** The table on a terminal, and how many there were. */
  end({ count, valid }: Checked): void {
    this.#progress.stop()
    const { flags, session, deps } = this.#tools
    const { io } = deps
    if (flags.quiet === true) return
    if (this.#rows.length > 0) {
      const view = { now: io.clock.now(), theme: session.out, columns: io.stdout.columns() ?? 80 }
      io.stdout.write(`${renderListing(this.#rows.toReversed(), view)}\n`)
    }
    const facts = { wanted: valid, skipped: count, copies: this.#copies, dry: this.#isDry }
    io.stderr.write(`${importSummary(this.#verdicts, facts, io.stderr.columns() ?? Infinity)}\n`)
  }

  async #keep(request: NewRequest): Promise<RequestSummary> {
    const { assessor, store } = this.#tools
    const { assessment } = assessor.examine(request)
    const captured = this.#isDry ? named(request, '', 0) : await store.capture(request, assessment)
    return summaryOf({ request: captured, ...assessment, deliveries: [] })
  }

  /** What was not kept has no name. */
  #asJson(summary: RequestSummary): object {
    if (!this.#isDry) return summaryToJson(summary)
    const { id: _id, seq: _seq, ...nameless } = summaryToJson(summary)
    return nameless
  }

  async #tell(summary: RequestSummary): Promise<void> {
    const { flags, deps } = this.#tools
    const { stdout } = deps.io
    const { json, quiet } = flags
    if (json !== true && stdout.isTTY) {
      this.#rows.push(summary)
      if (this.#rows.length > SHOWN_ROWS) this.#rows.shift()
      return
    }
    if (json !== true && quiet === true) return
    const line = json === true ? toJsonLine(this.#asJson(summary)) : `${plainRow(summary)}\n`
    if (!stdout.write(line)) await stdout.drained()
  }
}
