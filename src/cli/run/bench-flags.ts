import { dirname, resolve } from 'node:path'
import { redactText } from '../../core/credentials.ts'
import type { BenchFlags } from '../commands/bench.ts'
import type { CliDeps } from '../deps.ts'
import { readFileOf } from '../session.ts'
import { configEntries, refuseConfig } from '../settings.ts'

/** The flags of a run, wherever they were written. */
export interface BenchInput {
  readonly url: string | undefined
  readonly flags: BenchFlags
  /** Where the files that the flags name are looked for. */
  readonly folder: string
  /** The same as a command line; no secret in it. */
  readonly argv: readonly string[]
}

/** What a file of flags may say, and how. */
const KINDS: Readonly<Record<string, 'text' | 'texts' | 'switch' | 'either'>> = {
  ...kind(
    'text',
    'url,poll,conditional,wsSend,pollMode,jitter,backoff,subscribers,events,gap,arrivals,payload',
  ),
  ...kind('text', 'seed,trigger,triggerCmd,sinceParam,webhookListen,webhookUrl,webhookAnswer,subscribe'),
  ...kind('text', 'unsubscribe,maxRequests,html,out,compare'),
  ...kind('texts', 'triggerHeader,id,header,assert'),
  ...kind('switch', 'webhook,quick,thorough,observeOnly,drain,history,latest,strict'),
  ...kind('either', 'longPoll,sse,ws'),
}

function kind<Kind extends string>(what: Kind, names: string): Record<string, Kind> {
  return Object.fromEntries(names.split(',').map((name) => [name, what]))
}

/**
 * The target and its flags; those on the command line win over those of a file that is named as the target.
 * @throws AppError `file-unreadable` or `bad-config`
 */
export async function readBenchInput(
  target: string | undefined,
  flags: BenchFlags,
  deps: CliDeps,
): Promise<BenchInput> {
  const { cwd } = deps.io
  if (target === undefined || !target.endsWith('.json') || target.includes('://'))
    return { url: target, flags, folder: cwd, argv: argvOf(target, flags) }
  const path = resolve(cwd, target)
  const bytes = await readFileOf('bench', target, cwd)
  const { url, ...written } = flagsOf(bytes.toString('utf8'), path)
  const merged: BenchFlags = { ...written, ...flags }
  return { url, flags: merged, folder: dirname(path), argv: argvOf(target, flags) }
}

function flagsOf(text: string, path: string): BenchFlags & { readonly url?: string } {
  const refuse = refuseConfig(path)
  const entries = configEntries(text, refuse).map(([key, value]): [string, unknown] => {
    const what = Object.hasOwn(KINDS, key) ? KINDS[key] : undefined
    if (what === undefined)
      return refuse(`unknown key "${key}"; it takes the flags of bench, as in "pollMode"`)
    return [key, valueOf(what, value) ?? refuse(`"${key}" must be ${EXPECTED[what]}`)]
  })
  return Object.fromEntries(entries)
}

const EXPECTED = {
  text: 'a text or a number',
  texts: 'a list of texts',
  switch: 'true or false',
  either: 'true or a URL',
} as const

function valueOf(
  what: keyof typeof EXPECTED,
  value: unknown,
): string | boolean | readonly string[] | undefined {
  const texts: unknown[] = Array.isArray(value) ? value : [value]
  const isText = texts.every((text) => typeof text === 'string' || typeof text === 'number')
  if (what === 'texts') return isText ? texts.map(String) : undefined
  // A list of intervals may be written as one.
  if (what !== 'switch' && isText) return texts.join(',')
  return what !== 'text' && typeof value === 'boolean' ? value : undefined
}

/** Of these values only where they come from is told. */
const HEADERS: ReadonlySet<string> = new Set(['header', 'triggerHeader'])
/** URLs, requests, messages and commands: a credential may be in them. */
const TEXTS: ReadonlySet<string> = new Set(
  'longPoll,sse,ws,wsSend,trigger,triggerCmd,webhookUrl,subscribe,unsubscribe'.split(','),
)
/** They say nothing of what was measured. */
const NOT_TOLD: ReadonlySet<string> = new Set(['color', 'debug', 'quiet', 'store', 'config', 'yes'])

function argvOf(target: string | undefined, flags: BenchFlags): string[] {
  const argv = ['bench', ...(target === undefined ? [] : [redactText(target)])]
  for (const [key, value] of Object.entries(flags)) {
    if (NOT_TOLD.has(key)) continue
    const flag = `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    const values: unknown[] = Array.isArray(value) ? value : [value]
    for (const one of values) {
      if (one === true) argv.push(flag)
      else if (typeof one === 'string') argv.push(flag, told(key, one))
    }
  }
  return argv
}

const FROM_ELSEWHERE = /^[^:]*:\s*(?:(?:basic|bearer|digest|token) )?(?:env|file):\S+\s*$/i

function told(key: string, value: string): string {
  if (HEADERS.has(key)) return FROM_ELSEWHERE.test(value) ? value : value.replace(/:.*$/s, ': …')
  return TEXTS.has(key) ? redactText(value) : value
}
