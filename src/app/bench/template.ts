import type { Outgoing } from '../../core/ports.ts'
import type { RawHeaders } from '../../core/request.ts'

/** A request with places to fill: `{id}`, `{seq}`, `{payload}`, `{webhookUrl}` and others. */
export interface RequestTemplate {
  readonly method: string
  readonly url: string
  readonly headers: RawHeaders
  readonly body: string
}

export type Places = Readonly<Record<string, string>>

/** A name, or a JSON Pointer into an earlier answer. */
const PLACE = /\{([A-Za-z]+|\/[^{}"\s]*)\}/g

/** Fills what is known in one pass: a value cannot bring a place of its own. What is unknown stays as it is. */
export function fill(text: string, places: Places): string {
  return text.replaceAll(PLACE, (whole, name: string) =>
    Object.hasOwn(places, name) ? (places[name] ?? '') : whole,
  )
}

export function fillRequest({ method, url, headers, body }: RequestTemplate, places: Places): Outgoing {
  return {
    method,
    url: fill(url, places),
    headers: headers.map(([name, value]) => [name, fill(value, places)] as const),
    body: Buffer.from(fill(body, places)),
  }
}

/** The names of the places in a request. */
export function placesOf({ url, headers, body }: RequestTemplate): ReadonlySet<string> {
  const texts = [url, body, ...headers.map(([, value]) => value)]
  return new Set(texts.flatMap((text) => Array.from(text.matchAll(PLACE), ([, name = '']) => name)))
}
