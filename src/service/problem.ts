import { STATUS_CODES } from 'node:http'

/** An error answer of RFC 9457, thrown by whoever finds it and written in one place. */
export class Problem extends Error {
  readonly status: number
  readonly detail: string
  readonly headers: Readonly<Record<string, string>>
  /** What is wrong with which member of a body, by JSON Pointer (RFC 6901). */
  readonly errors: readonly FieldError[]

  constructor(
    status: number,
    detail: string,
    more: {
      readonly headers?: Readonly<Record<string, string>>
      readonly errors?: readonly FieldError[]
    } = {},
  ) {
    super(detail)
    this.name = 'Problem'
    this.status = status
    this.detail = detail
    this.headers = more.headers ?? {}
    this.errors = more.errors ?? []
  }

  /** The body, `application/problem+json`. The status says it all: there is no type of problem beyond it. */
  toJson(): string {
    const { status, detail, errors } = this
    const title = STATUS_CODES[status] ?? 'Error'
    return JSON.stringify({ title, status, detail, ...(errors.length > 0 && { errors }) })
  }
}

export interface FieldError {
  readonly pointer: string
  readonly detail: string
}

export const PROBLEM_TYPE = 'application/problem+json'
