import type { FieldError } from './problem.ts'

/** One member of a resource: checks a client's value, and describes it in the OpenAPI document. */
export interface Field {
  readonly type: 'string' | 'integer'
  readonly example: string | number
  readonly required?: true
  /** Taken where a client gives none. */
  readonly default?: string | number
  readonly enum?: readonly string[]
  readonly pattern?: string
  readonly maxLength?: number
  /** The collection that it names an item of. */
  readonly refersTo?: string
  /** No two items have the same. */
  readonly unique?: true
}

export type Fields = Readonly<Record<string, Field>>
export type Values = Readonly<Record<string, string | number>>

const MOST = 1_000_000_000

/**
 * A client's members, checked, defaults filled in. `null` takes a member away, as in a merge patch (RFC 7396).
 * @param current what a patch is applied to; a body that is no patch stands alone
 */
export function checkFields(
  fields: Fields,
  body: Readonly<Record<string, unknown>>,
  current: Values = {},
): { readonly values: Values; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = []
  const values: Record<string, string | number> = {}
  for (const [name, field] of Object.entries(fields)) {
    const given = Object.hasOwn(body, name) ? body[name] : current[name]
    const value = given ?? field.default
    if (value === undefined) {
      if (field.required) errors.push({ pointer: `/${name}`, detail: 'is required' })
      continue
    }
    const problem = problemOf(field, value)
    if (problem !== undefined) errors.push({ pointer: `/${name}`, detail: problem })
    else if (typeof value === 'string' || typeof value === 'number') values[name] = value
  }
  for (const name of Object.keys(body)) {
    if (!Object.hasOwn(fields, name) && !SET_BY_US.includes(name))
      errors.push({ pointer: `/${escapePointer(name)}`, detail: 'is not known here' })
  }
  return { values, errors }
}

/** Members that a client has from us, and may send back with the rest. */
const SET_BY_US: readonly string[] = ['id', 'created_at', 'updated_at']

function problemOf(field: Field, value: unknown): string | undefined {
  if (field.type === 'integer') {
    const isAmount = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MOST
    return isAmount ? undefined : `must be a whole number from 0 to ${MOST}`
  }
  if (typeof value !== 'string') return 'must be a string'
  if (field.enum !== undefined && !field.enum.includes(value)) return `must be ${field.enum.join(' or ')}`
  const most = field.maxLength ?? 200
  if (value.length === 0 || value.length > most) return `must have 1 to ${most} characters`
  if (field.pattern !== undefined && !new RegExp(field.pattern).test(value))
    return `must match ${field.pattern}`
  return undefined
}

function escapePointer(name: string): string {
  return name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1')
}

/** The JSON Schema of a body that a client sends. */
export function schemaOf(fields: Fields, isPatch: boolean): Readonly<Record<string, unknown>> {
  const required = Object.keys(fields).filter((name) => fields[name]?.required)
  return {
    type: 'object',
    ...(!isPatch && { required }),
    properties: Object.fromEntries(
      Object.entries(fields).map(([name, field]) => [name, memberSchema(field)]),
    ),
  }
}

function memberSchema(field: Field): Readonly<Record<string, unknown>> {
  const { type, example, pattern } = field
  return {
    type,
    examples: [example],
    ...(type === 'integer' && { minimum: 0, maximum: MOST }),
    ...(type === 'string' && { minLength: 1, maxLength: field.maxLength ?? 200 }),
    ...(field.default !== undefined && { default: field.default }),
    ...(field.enum !== undefined && { enum: field.enum }),
    ...(pattern !== undefined && { pattern }),
    ...(field.refersTo !== undefined && { description: `id of one of /${field.refersTo}` }),
  }
}
