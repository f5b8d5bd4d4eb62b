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

test('an unknown length costs at most twice its bytes, however small the pieces', () => {
  const body = new BodyBuffer(0)
  const piece = Buffer.from('x')
  for (let i = 0; i < 100_000; i++) body.append(piece)
  expect(body.finish().equals(Buffer.alloc(100_000, 'x'))).toBe(true)
  expect(body.finish().buffer.byteLength).toBeLessThanOrEqual(200_000)
})

test('what is discarded is gone, its length still known', () => {
  const body = new BodyBuffer(0)
  body.append(Buffer.from('abc'))
  body.discard()
  expect(body.length).toBe(3)
  expect(body.finish()).toHaveLength(0)
})
