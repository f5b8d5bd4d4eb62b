import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Catalog } from '../app/catalog.ts'
import type { NamedSecret } from '../app/secrets.ts'
import { maskSecret } from '../app/secrets.ts'
import { AppError } from '../core/errors.ts'
import { sanitizeLine } from '../ui/sanitize.ts'
import type { CliDeps } from './deps.ts'
import type { Session } from './session.ts'
import { readFileOf } from './session.ts'

/** `stripe=env:NAME` in its parts; what stands before `=` is a provider only if it can be one. */
interface Spec {
  readonly provider?: string
  readonly form: string
}

/**
 * The secrets of a run: those of the flags, or else of `WEBHOOK_CLI_SECRET`, or else of the settings files.
 * @throws AppError `env-missing`, `file-unreadable`, `unknown-provider`, `usage` or `bad-config`
 */
export async function readSecrets(
  flags: readonly string[] | undefined,
  catalog: Catalog,
  session: Session,
  deps: CliDeps,
): Promise<NamedSecret[]> {
  const reader = new SecretReader(catalog, session, deps)
  if (flags !== undefined) return reader.readAll(flags, '--secret', deps.io.cwd, 'flag')
  const { specs, option, folder, from } = configured(session, deps)
  return reader.readAll(specs, option, folder, from)
}

/**
 * Those of the settings that can be read, to look for where they must not be seen. Nothing is told of the others:
 * nobody asked for them.
 */
export async function readableSecrets(
  catalog: Catalog,
  session: Session,
  deps: CliDeps,
): Promise<readonly string[]> {
  const { specs, option, folder, from } = configured(session, deps)
  const reader = new SecretReader(catalog, session, deps, { silent: true })
  const read = specs
    .filter((spec) => specOf(spec, catalog).form !== '-')
    .map((spec) => reader.readAll([spec], option, folder, from).catch(() => []))
  return (await Promise.all(read)).flat().map(({ value }) => value)
}

interface Configured {
  readonly specs: readonly string[]
  /** Where they are from, for errors. */
  readonly option: string
  readonly folder: string
  readonly from: 'environment' | 'file'
}

function configured(session: Session, { io }: CliDeps): Configured {
  const found = session.settingOf('secrets')
  const specs: readonly string[] = Array.isArray(found?.value) ? found.value : []
  if (found?.source === 'environment')
    return { specs, option: 'WEBHOOK_CLI_SECRET', folder: io.cwd, from: 'environment' }
  const path = (found?.source === 'project' ? session.sources.project : session.sources.user)?.path ?? ''
  return { specs, option: `secrets in ${path}`, folder: dirname(path), from: 'file' }
}

/** @param what is read from stdin: no secret can be, then. @throws AppError `usage` */
export function refuseSecretFromStdin(secrets: readonly string[] | undefined, what: string): void {
  if (secrets?.some((secret) => /(?:^|=)-$/.test(secret)) === true)
    throw new AppError('usage', { message: `the ${what} and the secret cannot both come from stdin` })
}

/** A secret that a flag of its own names: `env:NAME`, `file:PATH`, `-`, or itself. @throws AppError as `readSecrets` */
export function readSecret(
  form: string,
  option: string,
  catalog: Catalog,
  session: Session,
  deps: CliDeps,
): Promise<NamedSecret> {
  return new SecretReader(catalog, session, deps).readOne(form, option)
}

class SecretReader {
  readonly #catalog: Catalog
  readonly #session: Session
  readonly #deps: CliDeps
  readonly #silent: boolean
  readonly #told = new Set<string>()

  constructor(catalog: Catalog, session: Session, deps: CliDeps, { silent = false } = {}) {
    this.#silent = silent
    this.#catalog = catalog
    this.#session = session
    this.#deps = deps
  }

  async readAll(
    specs: readonly string[],
    option: string,
    folder: string,
    from: 'flag' | 'environment' | 'file',
  ): Promise<NamedSecret[]> {
    const secrets: NamedSecret[] = []
    if (specs.filter((spec) => specOf(spec, this.#catalog).form === '-').length > 1) {
      throw new AppError('usage', { message: 'only one --secret can come from stdin' })
    }
    for (const spec of specs) {
      const { provider, form } = specOf(spec, this.#catalog)
      const id = provider === undefined ? undefined : this.#catalog.named(provider).id
      if (from === 'file' && this.#isUnset(form)) continue
      const read = await this.#read(form, option, folder, from)
      if (read.value === '')
        throw new AppError('usage', { message: `${option}: the secret from ${read.origin} is empty` })
      secrets.push({ ...read, ...(id !== undefined && { provider: id }) })
    }
    return secrets
  }

  async readOne(form: string, option: string): Promise<NamedSecret> {
    const read = await this.#read(form, option, this.#deps.io.cwd, 'flag')
    if (read.value === '')
      throw new AppError('usage', { message: `${option}: the secret from ${read.origin} is empty` })
    return read
  }

  /** Settings are shared by people who do not all have every secret: what is not there is told, and goes. */
  #isUnset(form: string): boolean {
    if (!form.startsWith('env:')) return false
    const name = form.slice('env:'.length)
    if ((this.#deps.io.env[name] ?? '') !== '') return false
    this.#note(`the settings name the secret ${sanitizeLine(form)}, and that variable is not set`)
    return true
  }

  async #read(form: string, option: string, folder: string, from: string): Promise<NamedSecret> {
    const { io } = this.#deps
    if (form.startsWith('env:')) {
      const name = form.slice('env:'.length)
      const value = io.env[name]
      if (value === undefined || value === '') throw new AppError('env-missing', { option, name })
      return { value, origin: sanitizeLine(name) }
    }
    if (form.startsWith('file:')) return this.#readFile(form.slice('file:'.length), option, folder)
    if (from === 'file') {
      const path = option.replace(/^secrets in /, '')
      throw new AppError('bad-config', {
        path,
        problem: '"secrets" must be env:NAME or file:PATH, never the secrets themselves',
      })
    }
    if (form === '-') {
      if (io.stdin.isTTY)
        throw new AppError('usage', { message: `${option} -: pipe the secret in, a terminal would show it` })
      return {
        value: withoutLineEnd(Buffer.from(await io.stdin.readAll()).toString('utf8')),
        origin: 'stdin',
      }
    }
    if (from === 'environment') return { value: form, origin: 'WEBHOOK_CLI_SECRET' }
    this.#note(
      'a secret on the command line stays in the shell history, and other users can see it; use env:NAME or file:PATH',
    )
    return { value: form, origin: 'the command line' }
  }

  async #readFile(path: string, option: string, folder: string): Promise<NamedSecret> {
    const bytes = await readFileOf(option, path, folder)
    const { mode } = await stat(resolve(folder, path))
    if ((mode & 0o077) !== 0 && this.#deps.io.platform !== 'win32') {
      this.#note(
        `others can read ${sanitizeLine(path)} (mode ${(mode & 0o777).toString(8)}); chmod 600 keeps it yours`,
      )
    }
    return { value: withoutLineEnd(bytes.toString('utf8')), origin: sanitizeLine(path) }
  }

  /** The same note once, however many secrets it is about. */
  #note(words: string): void {
    if (this.#silent || this.#told.has(words)) return
    this.#told.add(words)
    this.#deps.io.stderr.write(`${this.#session.err.warn('note:')} ${words}\n`)
  }
}

function specOf(spec: string, catalog: Catalog): Spec {
  const match = /^([A-Za-z0-9][A-Za-z0-9-]{0,39})=(.+)$/s.exec(spec)
  const [, provider = '', form = ''] = match ?? []
  // A secret may itself have an equals sign, at its end if it is base64.
  const isMeant = match !== null && (catalog.find(provider) !== undefined || /^(?:env:|file:|-$)/.test(form))
  return isMeant ? { provider, form } : { form: spec }
}

/** Editors end a file with a line break that is no part of the secret; PEM keeps the others. */
function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '')
}

/** A secret's setting for people: the place where it is, or the secret masked. */
export function showSecretSetting(spec: string): string {
  const [, provider = '', form = spec] = /^([A-Za-z0-9-]{1,40}=)?((?:env:|file:).*)$/s.exec(spec) ?? []
  return form === spec && !/^(?:env:|file:)/.test(spec) ? maskSecret(spec) : `${provider}${form}`
}
