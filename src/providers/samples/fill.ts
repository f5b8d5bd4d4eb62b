import type { RawHeaders } from '../../core/request.ts'
import { placeholderFiller } from './placeholders.ts'
import type { Fill, FillSource } from './placeholders.ts'
import type { JsonStyle, Sample, SampleBody, Template } from './types.ts'

/** A sample that is ready to be dressed with the headers of its provider, signed and sent. */
export interface FilledSample {
  readonly method: 'POST'
  readonly headers: RawHeaders
  readonly body: Uint8Array
}

/** Fills every placeholder. The same random bytes and clock give the same event. */
export function fillSample(sample: Sample, source: FillSource): FilledSample {
  const fill = placeholderFiller(source)
  return {
    method: 'POST',
    headers: Object.entries(sample.headers ?? {}).map(([name, value]) => [name, fill(value)] as const),
    body: new TextEncoder().encode(serialise(sample.body, fill)),
  }
}

const NUMBER = /^\{#[^{}]+\}$/

function serialise(body: SampleBody, fill: Fill): string {
  if ('text' in body) return fill(body.text)
  if ('json' in body) return toJson(fillTemplate(body.json, fill), body.style ?? 'compact') + (body.end ?? '')
  const fields = Object.entries(body.form).map(([name, value]): [string, string] => [
    name,
    typeof value === 'string' ? fill(value) : `${Buffer.from(fill(value.base64)).toString('base64')}\n`,
  ])
  return new URLSearchParams(fields).toString()
}

function fillTemplate(template: Template, fill: Fill): Template {
  if (typeof template === 'string') {
    const text = fill(template)
    return NUMBER.test(template) ? Number(text) : text
  }
  if (typeof template !== 'object' || template === null) return template
  if (isList(template)) return template.map((item) => fillTemplate(item, fill))
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [key, fillTemplate(value, fill)]))
}

/** `Array.isArray` does not know a readonly array. */
function isList(template: Template): template is readonly Template[] {
  return Array.isArray(template)
}

function toJson(value: Template, style: JsonStyle): string {
  if (style === 'pretty') return JSON.stringify(value, null, 2)
  const compact = JSON.stringify(value)
  if (style === 'compact') return compact
  // Both stand only inside strings, so that the text may be changed as a whole.
  return compact
    .replaceAll('/', String.raw`\/`)
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
