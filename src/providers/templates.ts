import { createHmac } from 'node:crypto'
import { optionOf } from './engine/content-input.ts'
import { sharedKey } from './engine/keys.ts'
import type { RequestReader } from './reader.ts'
import { isSource } from './reader.ts'
import type { Provider, Source } from './types.ts'

/** What the templates of an answer can draw on. */
export interface TemplateInput {
  readonly reader: RequestReader
  readonly provider: Provider
  readonly secrets: readonly string[]
  readonly options: Readonly<Record<string, string>>
}

/** The text of a template, or undefined where something it names was not sent or not given. */
export function fillAnswer(template: string, input: TemplateInput): string | undefined {
  let text = ''
  for (const [index, piece] of template.split(/\{([^{}]*)\}/).entries()) {
    // `split` with a group puts the placeholders at the odd places.
    const value = index % 2 === 0 ? piece : valueOf(piece, input)
    if (value === undefined) return undefined
    text += value
  }
  return text
}

function valueOf(name: string, input: TemplateInput): string | undefined {
  if (name.startsWith('option:')) return optionOf(input.options, name.slice('option:'.length))
  const hmac = /^hmac-(sha1|sha256)-(hex|base64):(.+)$/.exec(name)
  if (hmac === null) return isSource(name) ? input.reader.text(name) : undefined
  const [, digest = '', encoding, source = ''] = hmac
  if (!isSource(source)) return undefined
  return hmacOf(input, digest, encoding === 'hex' ? 'hex' : 'base64', source)
}

/** Keyed as the provider's first scheme is, with the first secret that fits it. */
function hmacOf(
  { reader, provider, secrets }: TemplateInput,
  digest: string,
  encoding: 'hex' | 'base64',
  source: Source,
): string | undefined {
  const [scheme] = provider.schemes
  const text = reader.bytes(source)
  if (scheme === undefined || text === undefined) return undefined
  for (const secret of secrets) {
    const key = sharedKey(secret, scheme)
    if (key !== undefined) return createHmac(digest, key).update(text).digest(encoding)
  }
  return undefined
}
