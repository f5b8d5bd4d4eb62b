import type { VerifyFailure } from './verdict.ts'

/**
 * Every expected failure, with the data its message needs. The words live in `ui/messages.ts`;
 * the exit status in `exitStatusOf`.
 */
export interface ErrorData {
  /** A flag, argument or combination that makes no sense. */
  usage: { message: string; hint?: string; next?: readonly string[] }
  'bad-value': { option: string; value: string; expected: string }
  'bad-filter': { option: string; expression: string; problem: string }
  'bad-config': { path: string; problem: string }
  /** The file of an earlier benchmark run that another is compared with. */
  'bad-baseline': { path: string; problem: string }
  'file-unreadable': { option: string; path: string; reason: string }
  'file-unwritable': { path: string; reason: string }
  /** Entries of files that are no requests; the first of them, and how many there are. */
  'not-importable': { problems: readonly { place: string; problem: string }[]; count: number; valid: number }
  'env-missing': { option: string; name: string }
  'port-in-use': { host: string; port: number }
  'cannot-listen': { host: string; port: number; reason: string }
  /** No request of so many that are kept is meant. */
  'nothing-matches': { kept: number }
  'no-such-request': { ref: string; closest?: { ref: string; receivedAt: number }; storeIsEmpty?: true }
  'ambiguous-ref': { ref: string; matches: readonly string[] }
  'binary-to-terminal': { ref: string; size: number }
  'needs-confirmation': { count: number }
  'store-unsafe': { path: string; problem: 'symlink' | 'not-a-file' | 'other-owner' }
  'store-newer': { path: string; schema: number; known: number }
  'store-corrupt': { path: string; reason: string }
  'store-foreign': { path: string }
  'store-unavailable': { path: string; reason: string }
  /** The disk is full, or failed: nothing of the write was kept. */
  'store-write-failed': { path: string; reason: string; full: boolean }
  'store-busy': { path: string }
  'bad-provider': { source: string; problem: string }
  'cannot-sign': { provider: string; failure: VerifyFailure }
  'remote-target': { target: string; why: 'many' | 'tampered' | 'untyped' }
  /** A benchmark's target does not do what the run needs: `outcome` is a status or an error code. */
  'bench-refused': {
    step: 'poll' | 'trigger' | 'subscribe' | 'serve'
    url: string
    outcome: string
  }
  /** Another machine, without the user's word for it, or more than may be asked of one. */
  'bench-remote': { target: string; problem: string; next: string }
  'unknown-provider': { provider: string; known: readonly string[] }
}

export type ErrorCode = keyof ErrorData

/** Any of our errors, as a union over its codes, so that `code` narrows `data`. */
export type AnyAppError = { [Code in ErrorCode]: AppError<Code> }[ErrorCode]

/** An expected failure: a stable code and its data. */
export class AppError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code
  readonly data: ErrorData[Code]

  constructor(code: Code, data: ErrorData[Code], options?: ErrorOptions) {
    super(code, options)
    this.name = 'AppError'
    this.code = code
    this.data = data
  }
}

export function isAppError(error: unknown): error is AnyAppError {
  return error instanceof AppError
}

/** Exit statuses (`help exit-codes`). A code never changes its meaning. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  nothingSeen: 3,
  answered4xx: 4,
  answered5xx: 5,
  checkFailed: 6,
  tooNoisy: 7,
  bug: 70,
  interrupted: 130,
} as const

const USAGE_CODES: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'usage',
  'bad-value',
  'bad-filter',
  'bad-config',
  'bad-baseline',
  'bad-provider',
  'unknown-provider',
  'cannot-sign',
  'remote-target',
  'bench-remote',
  'env-missing',
  'needs-confirmation',
])

export function exitStatusOf(error: unknown): number {
  if (!isAppError(error)) return EXIT.bug
  return USAGE_CODES.has(error.code) ? EXIT.usage : EXIT.failed
}
