import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError } from '../core/errors.ts'
import type { Store } from '../core/ports.ts'
import type { Theme } from '../ui/theme.ts'
import { themeFor } from '../ui/theme.ts'
import { noticeWords } from '../ui/words.ts'
import type { CliDeps } from './deps.ts'
import type { SharedOptions } from './options.ts'
import { projectSettingsCandidates } from './paths.ts'
import type { Parse, SettingSource, SettingsFile, SettingsSources } from './settings.ts'
import { lookUp, parseKeep, parseKeepSize, parseSettings } from './settings.ts'

/** What a store keeps before the oldest go. Whoever only reads, or adds to what a listener keeps, lets nothing go. */
export interface Limits {
  readonly keep: number
  readonly keepBytes: number
}
export const KEEP_ALL: Limits = { keep: 0, keepBytes: 0 }
/** Where nobody said otherwise. Ten thousand requests alone, with the longest bodies taken, would be 250 GB. */
export const LISTENER_LIMITS: Limits = { keep: 10_000, keepBytes: 1024 ** 3 }

/** One run of one command: its flags, its settings, its streams' looks. */
export interface Session {
  readonly out: Theme
  readonly err: Theme
  /** The value of a setting: flag, else environment, else project, else user, else the default given. */
  setting<Value>(key: string, flag: string | undefined, parse: Parse<Value>, otherwise: Value): Value
  settingOf(key: string): { readonly value: unknown; readonly source: SettingSource } | undefined
  readonly sources: SettingsSources
  storeLocation(): string
  /** What flags and settings say of how much is kept; `otherwise` where they say nothing. */
  limits(flags: { readonly keep?: string; readonly keepSize?: string }, otherwise: Limits): Limits
  /** @param limits all is kept unless they are given: a store that is opened with limits lets the oldest go at once */
  openStore(limits?: Limits): Promise<Store>
}

const asText: Parse<string> = (text) => text

export async function openSession(flags: SharedOptions, deps: CliDeps): Promise<Session> {
  const { io, paths } = deps
  const sources = await readSettings(flags, deps)
  const err = themeFor(io.stderr, io, flags)
  const session: Session = {
    out: themeFor(io.stdout, io, flags),
    err,
    sources,
    settingOf: (key) => lookUp(key, sources),
    setting(key, flag, parse, otherwise) {
      const option = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
      if (flag !== undefined) return parse(flag, option)
      const found = lookUp(key, sources)
      return found === undefined
        ? otherwise
        : parse(String(found.value), `${option} (from ${whereFrom(found.source, sources)})`)
    },
    storeLocation() {
      const location = session.setting('store', flags.store, asText, paths.store)
      return location === ':memory:' ? location : resolve(io.cwd, location)
    },
    limits: ({ keep, keepSize }, otherwise) => ({
      keep: session.setting('keep', keep, parseKeep, otherwise.keep),
      keepBytes: session.setting('keepSize', keepSize, parseKeepSize, otherwise.keepBytes),
    }),
    openStore: (limits = KEEP_ALL) =>
      deps.openStore({
        location: session.storeLocation(),
        ...limits,
        onNotice: (notice) => io.stderr.write(`${err.warn('note:')} ${noticeWords(notice)}\n`),
      }),
  }
  return session
}

function whereFrom(source: SettingSource, sources: SettingsSources): string {
  if (source === 'project') return sources.project?.path ?? source
  if (source === 'user') return sources.user?.path ?? source
  return source
}

/** The settings files that are there. A file named by the user must be; the others may be absent. */
export async function readSettings(flags: SharedOptions, { io, paths }: CliDeps): Promise<SettingsSources> {
  const user = await readIfThere(paths.userSettings)
  if (flags.config !== undefined) {
    const path = resolve(io.cwd, flags.config)
    const project = await readIfThere(path)
    if (project === undefined) {
      throw new AppError('file-unreadable', { option: '--config', path, reason: 'no such file' })
    }
    return { env: io.env, project, ...(user && { user }) }
  }
  for (const candidate of projectSettingsCandidates(io.cwd)) {
    const project = await readIfThere(candidate)
    if (project !== undefined) return { env: io.env, project, ...(user && { user }) }
  }
  return { env: io.env, ...(user && { user }) }
}

async function readIfThere(path: string): Promise<SettingsFile | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return undefined
    throw new AppError(
      'bad-config',
      { path, problem: `cannot be read (${systemCode(error)})` },
      { cause: error },
    )
  }
  return parseSettings(text, path)
}

/** The file that a flag names. @throws AppError `file-unreadable` */
export async function readFileOf(option: string, path: string, cwd: string): Promise<Buffer> {
  const full = resolve(cwd, path)
  try {
    return await readFile(full)
  } catch (error) {
    throw new AppError('file-unreadable', { option, path: full, reason: systemCode(error) }, { cause: error })
  }
}

/** `ENOENT` and its kin; the message where an error has no code. */
export function systemCode(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return error instanceof Error ? error.message : String(error)
}
