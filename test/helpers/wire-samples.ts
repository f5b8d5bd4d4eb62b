import * as fc from 'fast-check'
import type { CapturedRequest } from '../../src/core/request.ts'

export type WireSample = Pick<CapturedRequest, 'method' | 'target' | 'httpVersion' | 'headers' | 'body'>

export const sampleOf = (change: Partial<WireSample>): WireSample => ({
  method: 'POST',
  target: '/hook',
  httpVersion: '1.1',
  headers: [['Content-Type', 'application/json']],
  body: Buffer.from('{}'),
  ...change,
})

/** Texts that would act, were one of our quotings wrong; in an empty folder a file would be left. */
export const HOSTILE: readonly string[] = [
  "'; touch marker; '",
  '$(touch marker)',
  '`touch marker`',
  '"; touch marker; "',
  '\\"$(touch marker)\\"',
  "%s%n'\\''$(touch marker)",
  '!! !$ ~ * ? [a] {b} | & ; < > ( ) #',
  '-- -K marker -o marker',
  '@/etc/passwd',
  '@-',
]

/** What a header line can carry. */
const headerValueOf = fc
  .oneof(
    fc.string({
      unit: fc
        .integer({ min: 0x20, max: 0xff })
        .filter((code) => code < 0x7f || code > 0x9f)
        .map((code) => String.fromCharCode(code)),
      maxLength: 40,
    }),
    fc.string({
      unit: fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCharCode(code)),
      maxLength: 10,
    }),
    fc.constantFrom(...HOSTILE, ''),
  )
  .map((value) => value.trim())
const headerName = fc.oneof(
  fc
    .string({ unit: fc.constantFrom(...Array.from("abcXYZ09-_!#$%&'*+.^`|~")), minLength: 1, maxLength: 12 })
    .map((name) => `X${name}`),
  fc.constantFrom(
    'Content-Type',
    'User-Agent',
    'Accept',
    'Accept-Encoding',
    'Authorization',
    'Cookie',
    'content-type',
    'Referer',
    'Range',
  ),
  fc.constantFrom(
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'TE',
    'Expect',
    'Keep-Alive',
    'Trailer',
  ),
)
const body = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'binary', maxLength: 60 }).map((text) => Buffer.from(text)),
  fc.string({ unit: 'grapheme', maxLength: 60 }).map((text) => Buffer.from(text)),
  fc
    .constantFrom(...HOSTILE, '-n', 'a\n\n', '\n', '\r\n', '\t', '{"a": "it\'s"}\n')
    .map((text) => Buffer.from(text)),
  fc.constant(Buffer.alloc(0)),
)
/** Requests as they can come over the wire, and as nobody sends them. */
export const wireRequest: fc.Arbitrary<WireSample> = fc.record({
  method: fc.constantFrom(
    'GET',
    'POST',
    'PUT',
    'DELETE',
    'PATCH',
    'OPTIONS',
    'HEAD',
    'QUERY',
    'post',
    "X'$(touch$IFS$9marker)",
  ),
  target: fc.oneof(
    fc
      .string({
        unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
        maxLength: 40,
      })
      .map((text) => `/${text}`),
    fc.constantFrom(
      '/',
      '//evil.test/x',
      '/a/../../b',
      '/a/./b?x=%00&y',
      '/?',
      '/#x',
      '*',
      'http://evil.test/x',
      "/'$(touch$IFS$9marker)`id`",
      '/[1-3]{a,b}',
    ),
  ),
  httpVersion: fc.constantFrom('1.1', '1.1', '1.0'),
  headers: fc.array(fc.tuple(headerName, headerValueOf), { maxLength: 8 }),
  body,
})
