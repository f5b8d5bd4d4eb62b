import type { Clock } from '../core/ports.ts'
import { Problem } from './problem.ts'

/** What a representation is told apart by. */
export interface Version {
  /** Strong, with its quotes. */
  readonly etag: string
  /** Epoch milliseconds. */
  readonly modifiedAt: number
}

/** Reads a request's header by its name. */
export type HeaderReader = (name: string) => string | undefined

/** The validators that go with an answer. */
export function validators({ etag, modifiedAt }: Version, clock: Clock): Record<string, string> {
  const headers: Record<string, string> = { ETag: etag, 'Cache-Control': 'private, no-cache' }
  // A date has whole seconds. Given within the same second it would still be the date after another change, and
  // a client that asks If-Modified-Since would never hear of that (RFC 9110 §8.8.2.2).
  if (wholeSecond(modifiedAt) < wholeSecond(clock.now()))
    headers['Last-Modified'] = new Date(modifiedAt).toUTCString()
  return headers
}

/** True where the client has this version already (RFC 9110 §13.1.2, §13.1.3). */
export function isUnchanged({ etag, modifiedAt }: Version, header: HeaderReader): boolean {
  const noneMatch = header('if-none-match')
  // The date counts only where there is no tag.
  if (noneMatch !== undefined) return isListed(etag, noneMatch, true)
  const since = dateOf(header('if-modified-since'))
  return since !== undefined && wholeSecond(modifiedAt) <= wholeSecond(since)
}

/**
 * Refuses a change that was meant for another version (RFC 9110 §13.1.1, §13.1.4).
 * @throws Problem 412
 */
export function refuseOutdated({ etag, modifiedAt }: Version, header: HeaderReader): void {
  const match = header('if-match')
  const since = dateOf(header('if-unmodified-since'))
  const isOutdated =
    match === undefined
      ? since !== undefined && wholeSecond(modifiedAt) > wholeSecond(since)
      : !isListed(etag, match, false)
  const noneMatch = header('if-none-match')
  if (isOutdated || (noneMatch !== undefined && isListed(etag, noneMatch, true)))
    throw new Problem(412, 'it was changed since you read it; read it again')
}

function isListed(etag: string, list: string, weak: boolean): boolean {
  if (list.trim() === '*') return true
  return list.split(',').some((tag) => (weak ? tag.trim().replace(/^W\//, '') : tag.trim()) === etag)
}

function dateOf(text: string | undefined): number | undefined {
  const date = text === undefined ? Number.NaN : Date.parse(text)
  return Number.isNaN(date) ? undefined : date
}

function wholeSecond(epochMs: number): number {
  return Math.floor(epochMs / 1000)
}
