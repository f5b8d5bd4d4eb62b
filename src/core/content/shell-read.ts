import { asBuffer } from './charset.ts'
import { Pieces } from './pieces.ts'
import { unescapeAnsi, unescapePrintf } from './shell-escapes.ts'

/*
 * Reads commands as a POSIX shell would split them, without running anything. A text is held as latin1 throughout:
 * one character is one byte, so that what a `$'\xff'` means is not lost.
 */

/** A simple command, and what it reads. */
export interface ShellCommand {
  /** The line that it, or what it reads from, begins on; from 1. */
  readonly line: number
  readonly words: readonly string[]
  /** The here-document that it is given. */
  readonly stdin?: string
  /** It reads what this one prints. */
  readonly from?: ShellCommand
}

/** A place from which only a shell could tell what is meant. */
export interface ShellFault {
  readonly line: number
  readonly problem: string
}

export interface ShellText {
  readonly commands: readonly ShellCommand[]
  readonly faults: readonly ShellFault[]
}

class Unreadable extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

export interface ShellOptions {
  /** Leaves `$name` and `${name}` as they stand, for scripts of which only other words matter. */
  readonly keepVariables?: boolean
}

const OPERATOR = /\|\|?|&&|[;&\n]/y
const SPACE = /[ \t\r]+|\\\r?\n/y
const COMMENT = /#[^\n]*/y
const BARE = /[^ \t\r\n\\'"$`|&;<>()]+/y
const PLAIN_IN_DOUBLE = /[^"$`\\]+/y
const PLAIN_IN_ANSI = /[^'\\]+/y
const HERE = /<<(-?)[ \t]*(?:'([^'\n]*)'|"([^"\n]*)"|([A-Za-z0-9_]+))/y
const VARIABLE = /\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[^}\n]*\}|[0-9@*#?])/y
/** The one command that is answered for: our own commands are written with it. */
const PRINTF = /\$\(printf '([^']*)'\)/y

/** Words, pipes and here-documents of one command: more are no command, and each costs fifty times its byte. */
const MAX_PARTS = 65_536

/**
 * The commands of a text one after another, and what keeps others from being read; after a fault it goes on with the
 * next line. However long the text is, no more than one command of it is held, in a small multiple of its bytes.
 */
export function shellEntries(
  bytes: Uint8Array,
  options: ShellOptions = {},
): Generator<ShellCommand | ShellFault> {
  return new ShellReader(asBuffer(bytes).toString('latin1'), options).entries()
}

/** All of a text that is known to be short. */
export function readShell(bytes: Uint8Array, options: ShellOptions = {}): ShellText {
  const commands: ShellCommand[] = []
  const faults: ShellFault[] = []
  for (const entry of shellEntries(bytes, options))
    if ('problem' in entry) faults.push(entry)
    else commands.push(entry)
  return { commands, faults }
}

type Draft = { -readonly [Key in keyof ShellCommand]: ShellCommand[Key] } & { readonly words: string[] }

class ShellReader {
  readonly #text: string
  readonly #options: ShellOptions
  readonly #counted = { at: 0, line: 1 }
  #at = 0
  #current: Draft | undefined
  #parts = 0
  /** Commands whose here-documents begin on the next line. */
  #awaiting: { readonly command: Draft; readonly end: string }[] = []

  constructor(text: string, options: ShellOptions) {
    this.#text = text
    this.#options = options
  }

  *entries(): Generator<ShellCommand | ShellFault> {
    while (this.#at < this.#text.length) {
      try {
        const command = this.#step()
        if (command === undefined) continue
        this.#parts = 0
        yield command
      } catch (error) {
        if (!(error instanceof Unreadable)) throw error
        yield { line: error.line, problem: error.message }
        this.#parts = 0
        this.#current = undefined
        this.#awaiting = []
        this.#take(/[^\n]*\n?/y)
      }
    }
    if (this.#current !== undefined) yield this.#current
  }

  /** One part of the text; a command where it ends one. */
  #step(): ShellCommand | undefined {
    if (this.#take(SPACE) !== undefined || this.#take(COMMENT) !== undefined) return undefined
    const [operator] = this.#take(OPERATOR) ?? []
    if (operator === undefined) {
      this.#readPart()
      return undefined
    }
    const finished = this.#current
    if (operator === '|') this.#count()
    this.#current =
      operator === '|'
        ? {
            line: finished?.line ?? this.#line(),
            words: [],
            ...(finished !== undefined && { from: finished }),
          }
        : undefined
    // After a pipe the command may stand on the next line.
    if (operator === '\n' && finished?.words.length === 0) this.#current = finished
    if (operator === '\n') this.#readHere()
    return operator === '|' || this.#current === finished ? undefined : finished
  }

  /** A word, or the announcement of a here-document. */
  #readPart(): void {
    this.#count()
    this.#current ??= { line: this.#line(), words: [] }
    const here = this.#take(HERE)
    if (here === undefined) this.#current.words.push(this.#word())
    else this.#awaiting.push({ command: this.#current, end: here[2] ?? here[3] ?? here[4] ?? '' })
  }

  #count(): void {
    if (++this.#parts > MAX_PARTS) throw this.#fault(`a command of over ${MAX_PARTS} words`)
  }

  #readHere(): void {
    for (const { command, end } of this.#awaiting) {
      const start = this.#at
      for (;;) {
        if (this.#at >= this.#text.length)
          throw new Unreadable(command.line, `a here-document without its ${end}`)
        const found = this.#text.indexOf('\n', this.#at)
        const [from, stop] = [this.#at, found === -1 ? this.#text.length : found]
        this.#at = stop + 1
        if (stop - from > end.length + 1) continue
        if (this.#text.slice(from, stop).replace(/\r$/, '') !== end) continue
        command.stdin = this.#text.slice(start, from)
        break
      }
    }
    this.#awaiting = []
  }

  /** One word: any sequence of bare and quoted parts. */
  #word(): string {
    const word = new Pieces()
    const start = this.#at
    while (this.#at < this.#text.length) {
      const bare = this.#take(BARE)
      if (bare !== undefined) word.add(bare[0])
      else if (this.#text.startsWith("$'", this.#at)) word.add(this.#ansiQuoted())
      else if (this.#text[this.#at] === "'") word.add(this.#singleQuoted())
      else if (this.#text[this.#at] === '"') word.add(this.#doubleQuoted())
      else if (this.#text[this.#at] === '$' || this.#text[this.#at] === '`') word.add(this.#expansion())
      else if (this.#text[this.#at] === '\\' && !/^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))) {
        word.add(this.#text.charAt(this.#at + 1))
        this.#at += 2
      } else break
    }
    if (this.#at === start) throw this.#fault(`${this.#text.charAt(start)}, which redirects or groups`)
    return word.text()
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at + 1)
    if (end === -1) throw this.#fault("a ' without its other half")
    const quoted = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    return quoted
  }

  #doubleQuoted(): string {
    const start = this.#at++
    const quoted = new Pieces()
    for (;;) {
      const plain = this.#take(PLAIN_IN_DOUBLE)
      if (plain !== undefined) quoted.add(plain[0])
      const char = this.#text[this.#at]
      if (char === undefined) {
        this.#at = start
        throw this.#fault('a " without its other half')
      }
      if (char === '"') {
        this.#at += 1
        return quoted.text()
      }
      if (char === '\\') quoted.add(this.#escapeInDouble())
      else quoted.add(this.#expansion())
    }
  }

  #escapeInDouble(): string {
    const escaped = this.#text.charAt(this.#at + 1)
    const isEscape = /^[$`"\\\n]/.test(escaped)
    this.#at += isEscape ? 2 : 1
    return isEscape ? (escaped === '\n' ? '' : escaped) : '\\'
  }

  #ansiQuoted(): string {
    const start = this.#at + 2
    this.#at = start
    // Not one expression over escapes and others: on a long text that runs out of stack.
    for (;;) {
      this.#take(PLAIN_IN_ANSI)
      const char = this.#text[this.#at]
      if (char === undefined) {
        this.#at = start
        throw this.#fault("a $' without its other half")
      }
      this.#at += char === '\\' ? 2 : 1
      if (char === "'") return unescapeAnsi(this.#text.slice(start, this.#at - 1))
    }
  }

  /** Of all that a shell would fill in, only our own `$(printf '…')` is known without running anything. */
  #expansion(): string {
    const printf = this.#take(PRINTF)
    // A shell takes line breaks off the end of what a command prints.
    if (printf !== undefined) return withoutLineBreaks(unescapePrintf(printf[1] ?? ''))
    const variable = this.#take(VARIABLE)
    if (variable !== undefined && this.#options.keepVariables === true) return variable[0]
    if (variable !== undefined) this.#at -= variable[0].length
    if (variable === undefined && /^\$(?![({[])/.test(this.#text.slice(this.#at, this.#at + 2))) {
      this.#at += 1
      return '$'
    }
    throw this.#fault('a variable or command that only a shell could fill in')
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match === null) return undefined
    this.#at = pattern.lastIndex
    return match
  }

  /** Counted on from where it was last asked: files may have many lines. */
  #line(): number {
    for (let at = this.#counted.at; at < this.#at; at++)
      if (this.#text.charCodeAt(at) === 0x0a) this.#counted.line++
    this.#counted.at = Math.max(this.#counted.at, this.#at)
    return this.#counted.line
  }

  #fault(what: string): Unreadable {
    return new Unreadable(this.#line(), what)
  }
}

/** At its end; `/\n+$/` would look from each line break of the text whether it is one of the last. */
function withoutLineBreaks(text: string): string {
  let end = text.length
  while (text[end - 1] === '\n') end -= 1
  return text.slice(0, end)
}
