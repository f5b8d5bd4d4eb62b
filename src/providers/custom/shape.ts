/** A value that is not as it should be: where, and what is wrong. Becomes an `AppError` at the edge. */
export class ShapeError extends Error {
  constructor(path: string, problem: string) {
    super(path === '' ? problem : `${path}: ${problem}`)
    this.name = 'ShapeError'
  }
}

/** Reads a value out of unknown JSON, or throws a `ShapeError`. */
export type Shape<T> = (value: unknown, path: string) => T

type ShapeRecord = Readonly<Record<string, Shape<unknown>>>

type Values<Shapes extends ShapeRecord> = { readonly [Key in keyof Shapes]: ReturnType<Shapes[Key]> }

const MAX_TEXT = 2000
const MAX_ITEMS = 100

export function text(pattern?: RegExp, expected?: string): Shape<string> {
  return (value, path) => {
    if (typeof value !== 'string') throw new ShapeError(path, 'expected a text')
    if (value.length > MAX_TEXT) throw new ShapeError(path, `longer than ${MAX_TEXT} characters`)
    if (pattern !== undefined && !pattern.test(value))
      throw new ShapeError(path, `expected ${expected ?? 'another text'}`)
    return value
  }
}

export function oneOf<const T extends string>(allowed: readonly T[]): Shape<T> {
  return (value, path) => {
    const found = allowed.find((one) => one === value)
    if (found === undefined) throw new ShapeError(path, `expected one of ${allowed.join(', ')}`)
    return found
  }
}

export const positive: Shape<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new ShapeError(path, 'expected a number that is not negative')
  }
  return value
}

export const yes: Shape<true> = (value, path) => {
  if (value !== true) throw new ShapeError(path, 'expected true')
  return value
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new ShapeError(path, 'expected a list')
    if (value.length > MAX_ITEMS) throw new ShapeError(path, `more than ${MAX_ITEMS} items`)
    return value.map((one: unknown, index) => item(one, `${path}[${index}]`))
  }
}

/** Keys and values of one kind each; names that lead out of the data are refused. */
export function dictionary<T>(key: Shape<string>, item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, path) => {
    const record: Record<string, T> = {}
    for (const [name, one] of entriesOf(value, path)) {
      const at = `${path}.${name}`
      if (UNSAFE_KEY.test(name)) throw new ShapeError(at, 'is not a name that can be used')
      record[key(name, at)] = item(one, at)
    }
    return record
  }
}

/** An object with these keys and no others. Absent optional keys stay absent. */
export function object<Required extends ShapeRecord, Optional extends ShapeRecord>(
  required: Required,
  optional: Optional,
): Shape<Values<Required> & Partial<Values<Optional>>> {
  return (value, path) => {
    const given = new Map(entriesOf(value, path))
    const read: Record<string, unknown> = {}
    for (const [name, shape] of Object.entries({ ...required, ...optional })) {
      const at = path === '' ? name : `${path}.${name}`
      if (given.has(name)) read[name] = shape(given.get(name), at)
      else if (Object.hasOwn(required, name)) throw new ShapeError(at, 'is missing')
      given.delete(name)
    }
    const [unknown] = given.keys()
    if (unknown !== undefined)
      throw new ShapeError(path, `unknown key ${JSON.stringify(unknown.slice(0, 60))}`)
    // Every key was read by its own shape just above; the compiler cannot follow that.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- every key was read by its own shape above
    return read as Values<Required> & Partial<Values<Optional>>
  }
}

export function either<A, B>(
  first: Shape<A>,
  second: Shape<B>,
  isFirst: (value: unknown) => boolean,
): Shape<A | B> {
  return (value, path) => (isFirst(value) ? first(value, path) : second(value, path))
}

function entriesOf(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ShapeError(path, 'expected an object')
  }
  return Object.entries(value)
}

/** Names through which a path leads out of the data. */
export const UNSAFE_KEY: RegExp = /(?:^|[.:])(?:__proto__|constructor|prototype)(?:$|[.])/
