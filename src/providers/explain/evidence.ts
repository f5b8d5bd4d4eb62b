import { checkJson } from '../../core/content/json.ts'
import { validUtf8 } from '../../core/content/charset.ts'
import { bufferOf } from '../reader.ts'
import { announcedLength, MAX_REWRITTEN_BYTES } from './body.ts'
import { mismatchedCoding } from './body-coding.ts'
import type { Subject } from './subject.ts'
import type { Cause } from './types.ts'

/** What was lost cannot be put back and tried, but can be seen to be missing. */
export function lossSeen(subject: Subject): Cause | undefined {
  const coding = mismatchedCoding(subject)
  if (coding !== undefined) return { code: 'coding-mismatch', data: { coding } }
  const size = subject.request.body.byteLength
  const expected = announcedLength(subject)
  if (expected !== undefined && expected > size) return { code: 'truncated', data: { size, expected } }
  if (endsInsideJson(subject)) return { code: 'truncated', data: { size } }
  const count = replacements(bufferOf(subject.request.body))
  return count === 0 ? undefined : { code: 'characters-replaced', data: { count } }
}

function endsInsideJson({ request: { body } }: Subject): boolean {
  const first = body[0]
  if (body.byteLength > MAX_REWRITTEN_BYTES || (first !== 0x7b && first !== 0x5b)) return false
  const text = validUtf8(body)
  if (text === undefined) return false
  const end = checkJson(text, { cut: true })
  return !end.ok && end.code === 'cut'
}

const REPLACEMENT = Buffer.from('\uFFFD', 'utf8')
const MAX_COUNTED = 1000

function replacements(body: Buffer): number {
  let count = 0
  for (let at = body.indexOf(REPLACEMENT); at !== -1 && count < MAX_COUNTED; count++) {
    at = body.indexOf(REPLACEMENT, at + REPLACEMENT.length)
  }
  return count
}
