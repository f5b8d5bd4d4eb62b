import { readFileSync, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { ImportContext, ImportEntry, ImportFormat } from '../app/import.ts'
import { readGosmee, readImport } from '../app/import.ts'
import { AppError } from '../core/errors.ts'
import { readBounded, refuseOverLong } from './bounded-read.ts'
import type { CliDeps } from './deps.ts'
import { requestFilesIn } from './request-folder.ts'
import { systemCode } from './session.ts'

/** What a folder is searched for: what we export, and gosmee's scripts. */
const READ_FROM_FOLDERS = ['ndjson', 'jsonl', 'json', 'har', 'http', 'sh'] as const

/** Something to import; read again for each pass, so that only one file is held at a time. */
export interface ImportSource {
  /** For people. */
  readonly name: string
  entries(): Promise<Iterable<ImportEntry>>
}

export interface SourceOptions {
  readonly format: ImportFormat
  readonly maxBodyBytes: number
  /** Curl commands may name files, which are looked for in the folder of the file that holds the command. */
  readonly readFiles: boolean
}

/**
 * The sources that words of the command line name: a file, a folder of them, `-` for what is piped in.
 * @throws AppError `file-unreadable`; `usage` for a folder with nothing to read
 */
export async function importSources(
  paths: readonly string[],
  options: SourceOptions,
  deps: CliDeps,
): Promise<ImportSource[]> {
  const sources: ImportSource[] = []
  for (const path of paths) {
    if (path === '-') {
      const bytes = await deps.io.stdin.readAll()
      refuseOverLong('import', 'stdin', bytes.byteLength)
      sources.push({
        name: 'stdin',
        entries: () =>
          Promise.resolve(readImport(bytes, options.format, contextOf(deps.io.cwd, options, deps))),
      })
      continue
    }
    const full = resolve(deps.io.cwd, path)
    const isFolder = await stat(full).then(
      (found) => found.isDirectory(),
      (error: unknown) => {
        throw new AppError(
          'file-unreadable',
          { option: 'import', path: full, reason: systemCode(error) },
          { cause: error },
        )
      },
    )
    sources.push(
      ...(isFolder ? await folderSources(full, options, deps) : [fileSource(full, path, options, deps)]),
    )
  }
  return sources
}

function fileSource(path: string, name: string, options: SourceOptions, deps: CliDeps): ImportSource {
  return {
    name,
    entries: async () =>
      readImport(await readBounded('import', path), options.format, contextOf(dirname(path), options, deps)),
  }
}

async function folderSources(folder: string, options: SourceOptions, deps: CliDeps): Promise<ImportSource[]> {
  const names = await requestFilesIn(folder, READ_FROM_FOLDERS)
  const all = new Set(names)
  return names.flatMap((name): ImportSource[] => {
    const base = name.replace(/\.(?:sh|json)$/, '')
    const isPair = base !== name && all.has(`${base}.sh`) && all.has(`${base}.json`)
    if (!isPair) return [fileSource(join(folder, name), name, options, deps)]
    return name.endsWith('.sh') ? [gosmeeSource(folder, base, options, deps)] : []
  })
}

function gosmeeSource(folder: string, name: string, options: SourceOptions, deps: CliDeps): ImportSource {
  const path = join(folder, name)
  return {
    name: `${name}.sh`,
    async entries() {
      const script = await readBounded('import', `${path}.sh`)
      const body = await readBounded('import', `${path}.json`)
      return readGosmee({ name, script, body }, contextOf(folder, options, deps))
    },
  }
}

function contextOf(
  folder: string,
  { maxBodyBytes, readFiles }: SourceOptions,
  { io }: CliDeps,
): ImportContext {
  const readNamed = (path: string): Uint8Array | undefined => {
    const full = resolve(folder, path)
    try {
      const found = statSync(full)
      return found.isFile() && found.size <= maxBodyBytes ? readFileSync(full) : undefined
    } catch {
      return undefined
    }
  }
  return { now: io.clock.now(), maxBodyBytes, ...(readFiles && { readFile: readNamed }) }
}
