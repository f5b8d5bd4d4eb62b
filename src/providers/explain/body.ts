import { headerValue } from '../../core/headers.ts'
import { validUtf8 } from '../../core/content/charset.ts'
import { bufferOf } from '../reader.ts'
import type { Attempt, Subject } from './subject.ts'
import type { Cause } from './types.ts'

const LF = Buffer.from('\n')
const CRLF = Buffer.from('\r\n')
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** Above this a body is not rewritten as text; ends and byte order marks cost nothing and are tried at any size. */
export const MAX_REWRITTEN_BYTES: number = 8 * 1024 * 1024

export function changed({ request }: Subject, cause: Cause, body: Uint8Array): Attempt {
  return { cause, request: { ...request, body } }
}

/** A newline at the end that an editor, a shell or a template engine added or took away. */
export function* bodyEnds(subject: Subject): Generator<Attempt> {
  const body = bufferOf(subject.request.body)
  let end = body.length
  for (const newline of [CRLF, LF]) {
    const cut = body.length - newline.length
    if (cut < 0 || !body.subarray(cut).equals(newline)) continue
    end = Math.min(end, cut)
    const { length: bytes } = newline
    yield changed(subject, { code: 'body-newline-added', data: { bytes } }, body.subarray(0, cut))
  }
  while (end > 0 && isSpace(body[end - 1])) end--
  if (end < body.length - 1) {
    const bytes = body.length - end
    yield changed(subject, { code: 'body-newline-added', data: { bytes } }, body.subarray(0, end))
  }
  for (const [newline, bytes] of [
    ['lf', LF],
    ['crlf', CRLF],
  ] as const) {
    const cause: Cause = { code: 'body-newline-removed', data: { newline } }
    yield changed(subject, cause, Buffer.concat([body, bytes]))
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x0a || byte === 0x0d || byte === 0x20 || byte === 0x09
}

/** Ends of lines as on another system, and the byte order mark of some editors. */
export function* bodyLines(subject: Subject): Generator<Attempt> {
  const body = bufferOf(subject.request.body)
  const hasBom = body.subarray(0, BOM.length).equals(BOM)
  yield hasBom
    ? changed(subject, { code: 'body-bom', data: { change: 'added' } }, body.subarray(BOM.length))
    : changed(subject, { code: 'body-bom', data: { change: 'removed' } }, Buffer.concat([BOM, body]))
  if (body.length > MAX_REWRITTEN_BYTES) return
  const text = body.toString('latin1')
  for (const [signed, rewritten] of [
    ['lf', text.replaceAll('\r\n', '\n')],
    ['crlf', text.replaceAll(/\r?\n/g, '\r\n')],
  ] as const) {
    if (rewritten === text) continue
    yield changed(subject, { code: 'body-line-ends', data: { signed } }, Buffer.from(rewritten, 'latin1'))
  }
}

/** Text that was read in one charset and written in the other. */
export function* bodyCharset(subject: Subject): Generator<Attempt> {
  const body = bufferOf(subject.request.body)
  if (body.length > MAX_REWRITTEN_BYTES || !/[\u0080-\u00ff]/.test(body.toString('latin1'))) return
  const text = validUtf8(body)
  if (text !== undefined && !/[\u0100-\uffff]/.test(text)) {
    const cause: Cause = { code: 'body-charset', data: { change: 'latin1-to-utf8' } }
    yield changed(subject, cause, Buffer.from(text, 'latin1'))
  }
  const cause: Cause = { code: 'body-charset', data: { change: 'utf8-to-latin1' } }
  yield changed(subject, cause, Buffer.from(body.toString('latin1'), 'utf8'))
}

/** More bytes than `Content-Length` announced. */
export function* bodyAppended(subject: Subject): Generator<Attempt> {
  const { body } = subject.request
  const announced = announcedLength(subject)
  if (announced === undefined || announced >= body.byteLength) return
  const bytes = body.byteLength - announced
  yield changed(subject, { code: 'body-appended', data: { bytes } }, body.subarray(0, announced))
}

export function announcedLength({ request }: Pick<Subject, 'request'>): number | undefined {
  const text = headerValue(request.headers, 'content-length')
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}
