import { sanitizeLine, toJsonLine } from './sanitize.ts'
import { wrapped } from './text.ts'
import type { Theme } from './theme.ts'

/** An error in words: what happened, what we saw, what to type. */
export interface Message {
  readonly text: string
  readonly why?: string
  readonly next: readonly { readonly command: string; readonly note?: string }[]
}

/** For people, on stderr: broken between words where the terminal is too narrow. */
export function renderMessage(message: Message, theme: Theme, columns: number | undefined): string {
  const room = (columns ?? Number.POSITIVE_INFINITY) - 2
  const indented = (text: string): string[] =>
    text.split('\n').flatMap((line) => wrapped(line, room).map((part) => `  ${part}`))
  const [first = '', ...rest] = wrapped(`${theme.bad('error:')} ${message.text}`, room)
  const lines = [
    first,
    ...rest.map((line) => `  ${line}`),
    ...(message.why === undefined ? [] : indented(message.why)),
  ]
  const width = Math.max(0, ...message.next.map(({ command }) => command.length))
  for (const { command, note } of message.next) {
    const padded = note === undefined ? command : command.padEnd(width + 3)
    lines.push(`  ${theme.dim('$')} ${theme.id(padded)}${note === undefined ? '' : theme.dim(note)}`)
  }
  return `${lines.join('\n')}\n`
}

/** The `--json` form: one object on stderr. */
export function messageToJson(code: string, message: Message): string {
  const { text, why, next } = message
  const commands = next.map(({ command }) => command)
  return toJsonLine({
    error: { code, message: text, ...(why !== undefined && { hint: why }), next: commands },
  })
}

/** A bug in us, announced as one, with what a report needs. */
export function renderBug(error: unknown, versions: string, debug: boolean, theme: Theme): string {
  const summary = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  const trace =
    debug && error instanceof Error && error.stack !== undefined ? error.stack.split('\n').slice(1) : []
  return [
    `${theme.bad('error:')} this is a bug in webhook-cli, sorry`,
    `  ${sanitizeLine(summary)}`,
    ...trace.map((line) => `  ${sanitizeLine(line)}`),
    ...(debug ? [] : [`  the same with --debug shows the full trace`]),
    `  please report it with this line: ${versions}`,
    '',
  ].join('\n')
}
