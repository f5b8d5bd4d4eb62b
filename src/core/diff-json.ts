import { jsonTokens } from './content/json.ts'
import type { JsonToken } from './content/json.ts'

interface Container {
  readonly pointer: string
  readonly isArray: boolean
  index: number
  key: string
  isEmpty: boolean
}

/**
 * The scalars of a JSON text, each under its JSON Pointer (RFC 6901); of an empty list or object `[]` or `{}`.
 * Numbers are the text that was sent: `1.0` is not `1`, and no digit of a long one is lost. Strings are compared
 * by what they say, however they are escaped. Undefined where the text is not JSON.
 */
export function jsonLeaves(text: string): ReadonlyMap<string, string> | undefined {
  const leaves = new Map<string, string>()
  const open: Container[] = []
  const add = (pointer: string, value: string): void => {
    const known = leaves.get(pointer)
    leaves.set(pointer, known === undefined ? value : `${known}, ${value}`)
  }
  const enter = (): string => {
    const within = open.at(-1)
    if (within === undefined) return ''
    within.isEmpty = false
    return `${within.pointer}/${within.isArray ? within.index : escapeStep(within.key)}`
  }
  const tokens = jsonTokens(text)
  for (;;) {
    const next = tokens.next()
    if (next.done === true) return next.value.ok ? leaves : undefined
    take(next.value)
  }

  function take({ kind, start, end }: JsonToken): void {
    const within = open.at(-1)
    switch (kind) {
      case 'open':
        open.push({ pointer: enter(), isArray: text[start] === '[', index: 0, key: '', isEmpty: true })
        break
      case 'close':
        if (within?.isEmpty === true) add(within.pointer, within.isArray ? '[]' : '{}')
        open.pop()
        break
      case 'key':
        if (within !== undefined) within.key = String(JSON.parse(text.slice(start, end)))
        break
      case 'comma':
        if (within !== undefined) within.index++
        break
      case 'colon':
        break
      case 'string':
        add(enter(), JSON.stringify(JSON.parse(text.slice(start, end))))
        break
      default:
        add(enter(), text.slice(start, end))
    }
  }
}

function escapeStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The steps of a JSON Pointer, still escaped; `*` stands for any one. Undefined where it is none. */
export function pointerSteps(text: string): readonly string[] | undefined {
  return /^(?:\/(?:[^~/]|~[01])*)+$/s.test(text) ? text.slice(1).split('/') : undefined
}

/** True where a pointer is what the steps name, or lies below it. */
export function isBelow(pointer: string, steps: readonly string[]): boolean {
  const actual = pointer.split('/').slice(1)
  return actual.length >= steps.length && steps.every((step, index) => step === '*' || step === actual[index])
}
