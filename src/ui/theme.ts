import { Chalk } from 'chalk'
import type { Output } from './io.ts'

type Paint = (text: string) => string

/** Colours by meaning, and the symbols that carry the meaning where there is no colour. */
export interface Theme {
  readonly ok: Paint
  readonly warn: Paint
  readonly bad: Paint
  /** Ids, and things that can be typed. */
  readonly id: Paint
  readonly dim: Paint
  readonly strong: Paint
  readonly symbols: Symbols
}

export interface Symbols {
  readonly ok: string
  readonly bad: string
  readonly none: string
  readonly arrow: string
  readonly point: string
  readonly ellipsis: string
  readonly dot: string
  /** The key that ends a line. */
  readonly enter: string
  /** What stands around a word of ours within a stranger's text. */
  readonly quotes: readonly [string, string]
  /** What plots are drawn with. */
  readonly line: string
  readonly bar: string
  readonly block: string
}

const UNICODE: Symbols = {
  ok: '✓',
  bad: '✗',
  none: '–',
  arrow: '→',
  point: '➜',
  ellipsis: '…',
  dot: '·',
  enter: '⏎',
  quotes: ['‹', '›'],
  line: '─',
  bar: '│',
  block: '█',
}
const ASCII: Symbols = {
  ok: 'ok',
  bad: 'x',
  none: '-',
  arrow: '->',
  point: '>',
  ellipsis: '...',
  dot: '-',
  enter: 'Enter',
  quotes: ['<', '>'],
  line: '-',
  bar: '|',
  block: '=',
}

export interface ColourFlags {
  /** `--color` is true, `--no-color` false. */
  readonly color?: boolean
}

type Env = Readonly<Record<string, string | undefined>>

/** Colour or not, per stream; the first rule that applies wins. Chalk itself ignores `NO_COLOR`. */
export function wantsColour(output: Output, env: Env, flags: ColourFlags): boolean {
  if (flags.color !== undefined) return flags.color
  if (env['NO_COLOR'] !== undefined && env['NO_COLOR'] !== '') return false
  const force = env['FORCE_COLOR']
  if (force !== undefined) return force !== '0' && force !== 'false'
  if (env['TERM'] === 'dumb') return false
  return output.isTTY
}

/** Windows consoles of old and terminals without UTF-8 get ASCII symbols. */
export function wantsUnicode(env: Env, platform: string): boolean {
  if (platform === 'win32') return env['WT_SESSION'] !== undefined || env['TERM_PROGRAM'] === 'vscode'
  if (env['TERM'] === 'linux') return false
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return locale === '' || /utf-?8/i.test(locale)
}

export function createTheme(options: { colour: boolean; unicode: boolean }): Theme {
  const chalk = new Chalk({ level: options.colour ? 1 : 0 })
  return {
    ok: (text) => chalk.green(text),
    warn: (text) => chalk.yellow(text),
    bad: (text) => chalk.red(text),
    id: (text) => chalk.cyan(text),
    dim: (text) => chalk.dim(text),
    strong: (text) => chalk.bold(text),
    symbols: options.unicode ? UNICODE : ASCII,
  }
}

export function themeFor(
  output: Output,
  io: { readonly env: Env; readonly platform: string },
  flags: ColourFlags,
): Theme {
  return createTheme({
    colour: wantsColour(output, io.env, flags),
    unicode: wantsUnicode(io.env, io.platform),
  })
}
