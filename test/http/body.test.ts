import { expect, test } from 'vitest'
import { BodyBuffer } from '../../src/http/body.ts'

test('a body in one piece is that piece, not a copy', () => {
  const piece = Buffer.from('all of it')
  const body = new BodyBuffer(piece.length)
  body.append(piece)
  expect(body.finish()).toBe(piece)
})

test('no body is no bytes', () => {
  expect(new BodyBuffer(0).finish()).toHaveLength(0)
})

test('the first piece is not written into when others follow', () => {
  const piece = Buffer.from('abc')
  const body = new BodyBuffer(0)
  body.append(piece)
  body.append(Buffer.from('d'))
  expect(piece.toString()).toBe('abc')
  expect(body.finish().toString()).toBe('abcd')
})

test('a declared length is held exactly', () => {
  const body = new BodyBuffer(10_000)
  for (let i = 0; i < 10; i++) body.append(Buffer.alloc(1000, i))
  expect(body.finish().buffer.byteLength).toBe(10_000)
  expect(body.finish()).toEqual(Buffer.concat(Array.from({ length: 10 }, (_, i) => Buffer.alloc(1000, i))))
})

test('an unknown length is held exactly in the end, whatever the pieces', () => {
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7) & 0xff))
  for (const size of [1, 1000, 4096, 65_536, 2_000_000]) {
    const whole = size === 1 ? bytes.subarray(0, 100_000) : bytes
    const body = new BodyBuffer(0)
    for (let at = 0; at < whole.length; at += size)
      body.append(whole.subarray(at, Math.min(at + size, whole.length)))
    expect(body.length).toBe(whole.length)
    expect(body.finish().equals(whole)).toBe(true)
    expect(body.finish().buffer.byteLength).toBe(whole.length)
  }
})

test('what is discarded is gone, its length still known', () => {
  const body = new BodyBuffer(0)
  body.append(Buffer.from('abc'))
  body.discard()
  expect(body.length).toBe(3)
  expect(body.finish()).toHaveLength(0)
})
