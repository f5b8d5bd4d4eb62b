import { isSource } from '../reader.ts'
import type { Condition, Source } from '../types.ts'
import type { Shape } from './shape.ts'
import { dictionary, ShapeError, text, UNSAFE_KEY } from './shape.ts'

export const source: Shape<Source> = (value, path) => {
  const name = text()(value, path)
  if (!isSource(name)) throw new ShapeError(path, 'expected header:, json:, form:, query: or key: and a name')
  if (UNSAFE_KEY.test(name)) throw new ShapeError(path, 'is not a path that can be used')
  return name
}

export const headerName: Shape<string> = text(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a header')
export const headerText: Shape<string> = text(/^[\t\x20-\x7e]*$/, 'printable ASCII')

const wanted: Shape<string | number | true | null> = (value, path) => {
  if (value === null || value === true || typeof value === 'string' || typeof value === 'number') return value
  throw new ShapeError(path, 'expected a text, a number, true or null')
}
export const condition: Shape<Condition> = dictionary(source, wanted)

/** A status that may be answered. */
export const status: Shape<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 200 || value > 599) {
    throw new ShapeError(path, 'expected a status from 200 to 599')
  }
  return value
}
