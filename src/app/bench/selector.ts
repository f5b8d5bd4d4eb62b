import { headerValues } from '../../core/headers.ts'
import type { RawHeaders } from '../../core/request.ts'

/** Where an event's id stands in a representation of it: an answer, a delivery, a message. */
export type Selector =
  | { readonly kind: 'pointer'; readonly steps: readonly string[] }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'regex'; readonly regex: RegExp }

/** So much of a text is searched: a regex of the user's own shall not work on megabytes. */
const MAX_SEARCHED = 1_048_576

/**
 * Reads `/items/&#42;/id` (JSON Pointer, RFC 6901, in which a step `*` stands for every element), `header:X-Id` or
 * `regex:/"ref":"(.+?)"/i`; of a regex the first group counts. Undefined where it is none of them.
 */
export function parseSelector(text: string): Selector | undefined {
  if (text.startsWith('header:')) {
    const name = text.slice('header:'.length).trim()
    return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) ? { kind: 'header', name } : undefined
  }
  const [, source, flags = ''] = /^regex:\/(.+)\/([imsu]*)$/s.exec(text) ?? []
  if (source !== undefined) return regexSelector(source, flags)
  if (!text.startsWith('/') || /~(?![01])/.test(text)) return undefined
  const steps = text.slice(1).split('/')
  return {
    kind: 'pointer',
    steps: steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')),
  }
}

function regexSelector(source: string, flags: string): Selector | undefined {
  try {
    return { kind: 'regex', regex: new RegExp(source, `${flags}g`) }
  } catch {
    return undefined
  }
}

/** Every id that a selector finds, in the order of the representation. What cannot be read has none. */
export function select(selector: Selector, headers: RawHeaders, body: Uint8Array): string[] {
  switch (selector.kind) {
    case 'header':
      return headerValues(headers, selector.name)
    case 'regex':
      return Array.from(textOf(body).matchAll(selector.regex), (match) => match[1] ?? match[0])
    case 'pointer':
      return walk(jsonOf(body), selector.steps)
  }
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, MAX_SEARCHED)).toString('utf8')
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  } catch {
    return undefined
  }
}

function walk(value: unknown, steps: readonly string[]): string[] {
  const [step, ...rest] = steps
  if (step === undefined) return typeof value === 'string' || typeof value === 'number' ? [String(value)] : []
  if (typeof value !== 'object' || value === null) return []
  if (step === '*') return Object.values(value).flatMap((child) => walk(child, rest))
  const child: unknown = Object.hasOwn(value, step) ? Reflect.get(value, step) : undefined
  return walk(child, rest)
}
