import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { CodingFailure } from '../../../src/core/content/coding.ts'
import { contentCodings, decodeContent } from '../../../src/core/content/coding.ts'

const MIB = 1_048_576
const limits = { maxBytes: MIB, maxLayers: 1 }
const gzips = (count: number): string[] => Array.from({ length: count }, () => 'gzip')
const text = Buffer.from('{"hello":"webhook"}'.repeat(100))

describe('contentCodings', () => {
  test('reads lists and repeated headers in order, identity left out', () => {
    expect(
      contentCodings([
        ['Content-Encoding', 'GZIP, identity,'],
        ['content-encoding', ' br'],
      ]),
    ).toEqual(['gzip', 'br'])
  })
})

describe('decodeContent', () => {
  test.each([
    ['gzip', zlib.gzipSync(text)],
    ['x-gzip', zlib.gzipSync(text)],
    ['deflate', zlib.deflateSync(text)],
    ['deflate', zlib.deflateRawSync(text)],
    ['br', zlib.brotliCompressSync(text)],
  ])('decodes %s', (coding, body) => {
    expect(decodeContent(body, [coding], limits)).toEqual({ ok: true, bytes: text })
  })

  test('decodes zstd where the runtime can, and says so where it cannot', () => {
    // From `zstd -19 --no-check`: "webhook".
    const body = Buffer.from('28b52ffd0068390000776562686f6f6b', 'hex')
    const decoded = decodeContent(body, ['zstd'], limits)
    if ('zstdDecompressSync' in zlib) expect(decoded).toEqual({ ok: true, bytes: Buffer.from('webhook') })
    else expect(decoded).toEqual({ ok: false, code: 'unknown-coding', coding: 'zstd' })
  })

  test('takes off as many layers as asked, and never more than four', () => {
    const layered = (count: number): Buffer => {
      let body: Buffer = text
      for (let i = 0; i < count; i++) body = zlib.gzipSync(body)
      return body
    }
    expect(decodeContent(layered(2), gzips(2), limits)).toMatchObject({ code: 'too-many-codings' })
    expect(decodeContent(layered(4), gzips(4), { ...limits, maxLayers: 4 })).toEqual({
      ok: true,
      bytes: text,
    })
    expect(decodeContent(layered(5), gzips(5), { ...limits, maxLayers: 99 })).toMatchObject({
      code: 'too-many-codings',
    })
  })

  test('takes the last coding off first', () => {
    const body = zlib.brotliCompressSync(zlib.gzipSync(text))
    expect(decodeContent(body, ['gzip', 'br'], { ...limits, maxLayers: 2 })).toEqual({
      ok: true,
      bytes: text,
    })
  })

  test.each<[string, Buffer, CodingFailure]>([
    ['gzip', zlib.gzipSync(text).subarray(0, -9), 'truncated'],
    ['deflate', zlib.deflateSync(text).subarray(0, -5), 'truncated'],
    ['br', zlib.brotliCompressSync(text).subarray(0, -5), 'truncated'],
    ['gzip', Buffer.from('{"plain":true}'), 'malformed'],
    ['br', Buffer.from('{"plain":true}'), 'malformed'],
    ['deflate', Buffer.from('\xff\xff{"plain":true}', 'latin1'), 'malformed'],
    ['gzip', zlib.gzipSync(Buffer.alloc(MIB + 1)), 'too-large'],
    [
      'br',
      zlib.brotliCompressSync(Buffer.alloc(MIB + 1), {
        params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 },
      }),
      'too-large',
    ],
    ['deflate', zlib.deflateRawSync(Buffer.alloc(MIB + 1)), 'too-large'],
    ['compress', text, 'unknown-coding'],
    ['__proto__', text, 'unknown-coding'],
  ])('tells why it cannot decode %s', (coding, body, code) => {
    expect(decodeContent(body, [coding], limits)).toEqual({ ok: false, code, coding })
  })

  test('decodes exactly up to the limit', () => {
    expect(decodeContent(zlib.gzipSync(Buffer.alloc(MIB)), ['gzip'], limits).ok).toBe(true)
  })

  test('R-TTY-4: bombs end early, in little memory', async () => {
    const gigabyte = { gzip: gzipBomb(), brotli: await brotliBomb() }
    const bombs: [string, Buffer, string[]][] = [
      ['1 GiB of gzip', gigabyte.gzip, ['gzip']],
      ['1 GiB of brotli', gigabyte.brotli, ['br']],
      ['gzip in gzip', zlib.gzipSync(gigabyte.gzip), ['gzip', 'gzip']],
      ['truncated gzip', gigabyte.gzip.subarray(0, 500_000), ['gzip']],
      ['50 codings', gigabyte.gzip, gzips(50)],
      [
        'empty gzip members',
        Buffer.concat(Array.from({ length: 50_000 }, () => zlib.gzipSync(''))),
        ['gzip'],
      ],
      ['gzip of noise', zlib.gzipSync(randomBytes(2 * MIB)), ['gzip']],
    ]
    let growth = 0
    let slowest = 0
    for (const [name, body, codings] of bombs) {
      for (const maxLayers of [1, 4]) {
        const before = process.memoryUsage().rss
        const start = performance.now()
        const decoded = decodeContent(body, codings, { maxBytes: MIB, maxLayers })
        slowest = Math.max(slowest, performance.now() - start)
        growth = Math.max(growth, (process.memoryUsage().rss - before) / MIB)
        expect(decoded.ok && decoded.bytes.byteLength > 0, name).toBe(false)
      }
    }
    console.log(
      `R-TTY-4: ${bombs.length} bombs (gzip ${gigabyte.gzip.length} B, brotli ${gigabyte.brotli.length} B), with 1 and 4 layers: RSS at most +${growth.toFixed(1)} MiB, slowest ${slowest.toFixed(0)} ms`,
    )
    expect(growth).toBeLessThan(20)
  })
})

const GIB = 1024 * MIB

/** A gibibyte of zeros, of parts that repeat: a full flush ends on a byte. */
function gzipBomb(): Buffer {
  const size = 16 * MIB
  const part = zlib.deflateRawSync(Buffer.alloc(size), { finishFlush: zlib.constants.Z_FULL_FLUSH })
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])
  const parts = Array.from({ length: GIB / size }, () => part)
  return Buffer.concat([header, ...parts, Buffer.from([3, 0]), Buffer.alloc(8)])
}

async function brotliBomb(): Promise<Buffer> {
  const zeros = Buffer.alloc(MIB)
  const params = { [zlib.constants.BROTLI_PARAM_QUALITY]: 3, [zlib.constants.BROTLI_PARAM_LGWIN]: 24 }
  const source = Readable.from(Array.from({ length: GIB / MIB }, () => zeros))
  return Buffer.concat(await source.pipe(zlib.createBrotliCompress({ params })).toArray())
}
