import type { RequestReader } from '../reader.ts'
import { parseSource, pick, scalarText } from '../reader.ts'
import type { Scheme, Source } from '../types.ts'
import type { SignatureSet } from './format.ts'
import { parseSignature } from './format.ts'

/** Something that must be signed: mostly the request, with Adyen and Graph every item of its body. */
export interface SignedUnit {
  readonly sets: readonly SignatureSet[]
  readonly item?: unknown
}

/** A body may carry thousands of items; each costs a signature. */
const MAX_UNITS = 1000

/**
 * The signatures of a scheme in a request, or undefined where it carries none.
 * A header that was sent twice counts as two: joining them would invent a third.
 */
export function findSignatures(
  reader: RequestReader,
  scheme: Scheme,
  keyId: string | undefined,
): readonly SignedUnit[] | undefined {
  const source = parseSource(scheme.signature)
  if (source.kind === 'json' && source.path.includes('*')) return itemUnits(reader, source.path, scheme)
  const values = valuesAt(reader, scheme.signature).filter((value) => value !== '')
  if (values.length === 0) return undefined
  return [{ sets: values.map((value) => parseSignature(value, scheme, keyId)) }]
}

function valuesAt(reader: RequestReader, source: Source): readonly string[] {
  const parsed = parseSource(source)
  if (parsed.kind !== 'header') {
    const value = reader.text(source)
    return value === undefined ? [] : [value]
  }
  if (parsed.name.endsWith('*')) return reader.numberedHeaders(parsed.name.slice(0, -1))
  return reader.headerValues(parsed.name)
}

/** One unit per item before and after the star; an item without a signature is a unit without one. */
function itemUnits(
  reader: RequestReader,
  path: readonly string[],
  scheme: Scheme,
): readonly SignedUnit[] | undefined {
  const items = pick(reader.json(), path.slice(0, path.indexOf('*') + 1))
  const rest = path.slice(path.indexOf('*') + 1)
  const units = items.slice(0, MAX_UNITS + 1).map((item): SignedUnit => {
    const value = scalarText(pick(item, rest)[0])
    const sets = value === undefined || value === '' ? [] : [parseSignature(value, scheme)]
    return { sets, item }
  })
  return units.some((unit) => unit.sets.length > 0) ? units : undefined
}

export function tooManyUnits(units: readonly SignedUnit[]): boolean {
  return units.length > MAX_UNITS
}
