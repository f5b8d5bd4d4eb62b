import { relative, resolve } from 'node:path'
import type { Exporter, ExportFormat } from '../../app/export.ts'
import { EXPORT_FORMATS, exporterOf } from '../../app/export.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import type { StoredRequest } from '../../core/query.ts'
import { formatCount } from '../../core/units.ts'
import { redactionWords } from '../../ui/transfer.ts'
import {
  decodeUtf8Visible,
  sanitizeBlock,
  sanitizeJson,
  sanitizeLine,
  toJsonLine,
} from '../../ui/sanitize.ts'
import { chosenRequests } from '../choose.ts'
import type { ExportFlags } from '../commands/export.ts'
import type { CliDeps } from '../deps.ts'
import { queryOf } from '../filter.ts'
import { prepareOutFolder, writeOutFile } from '../out-folder.ts'
import { redactorFor } from '../redaction.ts'
import { openSession } from '../session.ts'
import { parseWord } from '../settings.ts'
import { readCatalog } from '../signing.ts'
import { parseTarget } from '../target.ts'
import { showProgress } from './transfer-progress.ts'

export async function runExport(refs: readonly string[], flags: ExportFlags, deps: CliDeps): Promise<number> {
  const { io } = deps
  const format = parseWord(EXPORT_FORMATS)(flags.format ?? 'ndjson', '--format')
  const to = flags.to === undefined ? undefined : parseTarget(flags.to, '--to')
  const query = await queryOf(flags, io.clock.now())
  const session = await openSession(flags, deps)
  const catalog = await readCatalog([], session, deps)
  const exporter = exporterOf(format, { version: deps.version, catalog, ...(to !== undefined && { to }) })
  const redactor = await redactorFor(flags, catalog, session, deps)
  const folder = flags.out === undefined ? undefined : resolve(io.cwd, flags.out)
  if (folder !== undefined) prepareOutFolder(folder)
  const hidden = new Set<string>()
  const store = await session.openStore()
  const progress = showProgress('exporting', flags, deps, folder === undefined && io.stdout.isTTY)
  let count = 0
  try {
    const sink =
      folder === undefined ? new Document(exporter, format, deps) : new Folder(folder, exporter, flags, deps)
    for await (const stored of chosenRequests(refs, query, store)) {
      const redacted = redactor?.redact(stored)
      for (const name of redacted?.hidden ?? []) hidden.add(name)
      await sink.add(redacted?.stored ?? stored)
      progress.count(++count)
      if (io.stdout.closed) break
    }
    await sink.end()
    progress.stop()
    if (count === 0) {
      const kept = await store.count()
      io.stderr.write(kept === 0 ? 'nothing captured yet\n' : `none of ${kept} captured requests matches\n`)
    } else if (folder !== undefined && flags.quiet !== true)
      io.stderr.write(`exported ${formatCount(count, 'request')} as ${format}\n`)
  } finally {
    progress.stop()
    await store.close()
  }
  if (hidden.size > 0) io.stderr.write(`${session.err.warn('note:')} ${redactionWords([...hidden])}\n`)
  return EXIT.ok
}

/** All requests in one document on stdout, written as they are read. */
class Document {
  readonly #exporter: Exporter
  readonly #format: ExportFormat
  readonly #deps: CliDeps
  #count = 0
  /** Of a format that is a file for each request: held until it is known to be the only one. */
  #only: string | Uint8Array = ''

  constructor(exporter: Exporter, format: ExportFormat, deps: CliDeps) {
    this.#exporter = exporter
    this.#format = format
    this.#deps = deps
  }

  async add(stored: StoredRequest): Promise<void> {
    const { begin, between, joins } = this.#exporter
    if (this.#count > 0 && !joins) {
      throw new AppError('usage', {
        message: `--format ${this.#format} makes a file for each request: say where with --out`,
        next: [
          `webhook-cli export last --format ${this.#format}`,
          `webhook-cli export --format ${this.#format} --out requests`,
        ],
      })
    }
    this.#count += 1
    if (joins) {
      await this.#write(this.#count === 1 ? begin : between)
      await this.#write(this.#exporter.write(stored))
    } else this.#only = this.#exporter.write(stored)
  }

  async end(): Promise<void> {
    const { begin, end } = this.#exporter
    if (this.#count === 0 && begin !== '') await this.#write(begin)
    if (this.#only !== '') await this.#write(this.#only)
    if (this.#count > 0 || begin !== '') await this.#write(end)
  }

  async #write(chunk: string | Uint8Array): Promise<void> {
    const { stdout } = this.#deps.io
    if (!stdout.write(stdout.isTTY ? harmless(chunk, this.#format) : chunk)) await stdout.drained()
  }
}

/** Commands and code are harmless as they are made; data is as it came, and must not act on a terminal. */
function harmless(chunk: string | Uint8Array, format: ExportFormat): string {
  const text = typeof chunk === 'string' ? chunk : decodeUtf8Visible(chunk)
  if (format === 'http') return sanitizeBlock(text, '')
  return text.split('\n').map(sanitizeJson).join('\n')
}

/** Each request in a file of its own, named by its id. */
class Folder {
  readonly #path: string
  readonly #exporter: Exporter
  readonly #flags: ExportFlags
  readonly #deps: CliDeps

  constructor(path: string, exporter: Exporter, flags: ExportFlags, deps: CliDeps) {
    this.#path = path
    this.#exporter = exporter
    this.#flags = flags
    this.#deps = deps
  }

  async add(stored: StoredRequest): Promise<void> {
    const { begin, end } = this.#exporter.alone ?? this.#exporter
    const { id } = stored.request
    const content = Buffer.concat([begin, this.#exporter.write(stored), end].map((part) => Buffer.from(part)))
    const path = writeOutFile(this.#path, id, this.#exporter.extension, content, {
      force: this.#flags.force === true,
    })
    const { stdout, cwd } = this.#deps.io
    const { json, quiet } = this.#flags
    const shown = relative(cwd, path)
    const line = json === true ? toJsonLine({ v: 1, type: 'exported', id, path }) : `${sanitizeLine(shown)}\n`
    if (quiet !== true && !stdout.write(line)) await stdout.drained()
  }

  end(): Promise<void> {
    return Promise.resolve()
  }
}
