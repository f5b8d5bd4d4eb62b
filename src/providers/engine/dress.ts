import { headerValue } from '../../core/headers.ts'
import type { FillSource } from '../samples/placeholders.ts'
import { placeholderFiller } from '../samples/placeholders.ts'
import { bytesOf } from '../fields.ts'
import { RequestReader } from '../reader.ts'
import type { Provider } from '../types.ts'
import type { Draft } from './place.ts'
import { placed, withHeader } from './place.ts'
import { targetOf } from './url.ts'

/**
 * Adds what the provider's requests carry beside the signature: user agent, content type, its own headers, and
 * the fields of its envelope. What the draft has already stays.
 */
export function dress(draft: Draft, provider: Provider, event: string, source: FillSource): Draft {
  const facts = provider.send
  if (facts === undefined) return draft
  const fill = placeholderFiller(source)
  const headers: Record<string, string> = {
    ...(facts.userAgent === undefined ? {} : { 'User-Agent': facts.userAgent }),
    ...(facts.contentType === undefined || draft.body.byteLength === 0
      ? {}
      : { 'Content-Type': facts.contentType }),
    ...facts.headers,
  }
  let dressed = draft
  for (const [name, template] of Object.entries(headers)) {
    if (headerValue(dressed.headers, name) !== undefined) continue
    dressed = withHeader(dressed, name, fill(template.replaceAll('{event}', () => headerSafe(event))))
  }
  return withEnvelope(dressed, facts.json ?? {}, fill)
}

function withEnvelope(
  draft: Draft,
  fields: Readonly<Record<string, string>>,
  fill: (text: string) => string,
): Draft {
  const request = {
    method: draft.method,
    target: targetOf(draft.url),
    headers: draft.headers,
    body: draft.body,
  }
  const reader = new RequestReader(request)
  let dressed = draft
  for (const [path, template] of Object.entries(fields)) {
    const place = `json:${path}` as const
    if (reader.exists(place)) continue
    dressed = placed(dressed, place, fill(template)) ?? dressed
  }
  return dressed
}

/** The event comes from the user's command line: as bytes of a header, and never a second line. */
function headerSafe(event: string): string {
  return bytesOf(event.replace(/\p{Cc}/gu, ' '))
}
