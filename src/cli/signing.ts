import { dirname, resolve } from 'node:path'
import { createCatalog, readProvider } from '../app/catalog.ts'
import type { Catalog } from '../app/catalog.ts'
import { SecretBook } from '../app/secrets.ts'
import { shellWord } from '../core/content/shell.ts'
import { AppError } from '../core/errors.ts'
import type { ProviderId } from '../core/verdict.ts'
import type { CliDeps } from './deps.ts'
import type { SigningFlags } from './options.ts'
import { readSecrets } from './secrets.ts'
import type { Session } from './session.ts'
import { readFileOf } from './session.ts'
import { parseMs } from './settings.ts'

type Provider = Catalog['providers'][number]

/** The secrets of the flags that may be printed in a command to be copied: what was typed is not typed again by us. */
export function secretPlaces(secrets: readonly string[] = []): string[] {
  return secrets.filter((spec) => PLACE.test(spec))
}

const PLACE = /^(?:([\w-]+)=)?(?:env|file):/

/** The flags with which `verify` looks at a signature of this provider as a run with `flags` does. */
export function verifyFlags(
  flags: SigningFlags & { readonly store?: string | boolean },
  catalog: Catalog,
  provider: ProviderId,
): string {
  const { option = [], publicUrl, provider: chosen, store } = flags
  const isOurs = (place: string): boolean => {
    const owner = PLACE.exec(place)?.[1]
    return owner === undefined || catalog.find(owner)?.id === provider
  }
  const words = [
    ...secretPlaces(flags.secret)
      .filter(isOurs)
      .flatMap((place) => ['--secret', place]),
    ...option.filter((item) => /^\w+=(?:@|env:)/.test(item)).flatMap((item) => ['--option', item]),
    ...(publicUrl === undefined ? [] : ['--public-url', publicUrl]),
    ...(chosen === undefined || !isDefinition(chosen) ? [] : ['--provider', chosen]),
    ...(typeof store === 'string' ? ['--store', store] : []),
  ]
  return words.map((word) => ` ${shellWord(Buffer.from(word))}`).join('')
}

/** What is known of signatures in one run: who signs, with what. */
export interface Signing {
  readonly catalog: Catalog
  readonly secrets: SecretBook
  readonly options: Readonly<Record<string, string>>
  readonly publicUrl?: string
  readonly toleranceS?: number
}

export async function readSigning(flags: SigningFlags, session: Session, deps: CliDeps): Promise<Signing> {
  const catalog = await readCatalog(definitionsOf(flags.provider), session, deps)
  const publicUrl = session.setting<string | undefined>('publicUrl', flags.publicUrl, parseUrl, undefined)
  const tolerance = session.setting<number | undefined>('tolerance', flags.tolerance, parseMs, undefined)
  return {
    catalog,
    secrets: new SecretBook(await readSecrets(flags.secret, catalog, session, deps)),
    options: await readOptions(flags.option, session, deps),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(tolerance !== undefined && { toleranceS: tolerance / 1000 }),
  }
}

/** A value of `--provider` that ends in .json defines a provider; every other names one. */
export function isDefinition(provider: string): boolean {
  return provider.endsWith('.json')
}

/** The provider that a word of the user's names, or the one that the file it names defines. */
export function providerOf(word: string, { catalog }: Signing): Provider {
  const [first] = catalog.providers
  return isDefinition(word) && first !== undefined ? first : catalog.named(word)
}

function definitionsOf(provider: string | undefined): readonly string[] {
  return provider !== undefined && isDefinition(provider) ? [provider] : []
}

/** Ours, those that the settings name, and those of the flags. @throws AppError `bad-provider` or `file-unreadable` */
export async function readCatalog(
  definitions: readonly string[],
  session: Session,
  { io }: CliDeps,
): Promise<Catalog> {
  const found = session.settingOf('providers')
  const listed = found !== undefined && Array.isArray(found.value) ? found.value : []
  const folder = folderOf(found?.source, session) ?? io.cwd
  const files = [
    ...definitions.map((path) => resolve(io.cwd, path)),
    ...listed.map((path) => resolve(folder, path)),
  ]
  const own = await Promise.all(
    files.map(async (path) =>
      readProvider((await readFileOf('--provider', path, io.cwd)).toString('utf8'), path),
    ),
  )
  return createCatalog(own)
}

/** `name=value`, `name=@file`, `name=env:NAME`. */
async function readOptions(
  flags: readonly string[] | undefined,
  session: Session,
  deps: CliDeps,
): Promise<Readonly<Record<string, string>>> {
  const found = flags === undefined ? session.settingOf('options') : undefined
  const listed = flags ?? (found !== undefined && Array.isArray(found.value) ? found.value : [])
  const folder = folderOf(found?.source, session) ?? deps.io.cwd
  // Without inherited names, whatever an option is called.
  const options: Record<string, string> = Object.create(null)
  for (const item of listed) {
    const [, name, value] = /^(\w{1,40})=(.*)$/s.exec(item) ?? []
    if (name === undefined || value === undefined || name === '__proto__') {
      throw new AppError('bad-value', {
        option: '--option',
        value: item.split('=')[0] ?? '',
        expected: 'of the form name=value, name=@file or name=env:NAME',
      })
    }
    options[name] = await optionValue(name, value, folder, deps)
  }
  return options
}

async function optionValue(name: string, value: string, folder: string, { io }: CliDeps): Promise<string> {
  if (value.startsWith('@'))
    return (await readFileOf(`--option ${name}`, value.slice(1), folder)).toString('utf8')
  if (!value.startsWith('env:')) return value
  const variable = io.env[value.slice('env:'.length)]
  if (variable === undefined)
    throw new AppError('env-missing', { option: `--option ${name}=`, name: value.slice('env:'.length) })
  return variable
}

function folderOf(source: string | undefined, { sources }: Session): string | undefined {
  const file = source === 'project' ? sources.project : source === 'user' ? sources.user : undefined
  return file === undefined ? undefined : dirname(file.path)
}

function parseUrl(value: string, option: string): string {
  if (!/^https?:\/\/[\x21-\x7e]+$/i.test(value) || !URL.canParse(value)) {
    throw new AppError('bad-value', { option, value, expected: 'a URL such as https://example.com/hooks' })
  }
  return value
}
