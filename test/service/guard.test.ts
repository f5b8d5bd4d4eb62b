import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { rawClient } from '../helpers/raw-http.ts'
import type { TestService } from './service.ts'
import { startTestService } from './service.ts'

const TOKEN = 'tok_0123456789'
let service: TestService

beforeEach(async () => {
  service = await startTestService({ token: TOKEN })
})
afterEach(() => service.close())

/** The status of a GET, or of a WebSocket's handshake, with these headers. */
async function statusOf(path: string, headers: Record<string, string>): Promise<number> {
  const client = await rawClient({ port: service.port })
  const all = { Host: `localhost:${service.port}`, ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  void client.send([`GET ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n'))
  const { status } = await client.answer()
  client.socket.destroy()
  return status
}

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
}

describe.each([
  ['REST', '/users', {}, 200],
  ['WebSocket', '/events/ws', UPGRADE, 101],
] as const)('%s', (_name, path, base, success) => {
  const bearer = { Authorization: `Bearer ${TOKEN}` }

  test.each([
    ['no token', {}, 401],
    ['a wrong token', { Authorization: 'Bearer tok_wrong' }, 401],
    ['the start of the token', { Authorization: `Bearer ${TOKEN.slice(0, -1)}` }, 401],
    ['an empty token', { Authorization: 'Bearer ' }, 401],
    ['the token by another scheme', { Authorization: `Basic ${TOKEN}` }, 401],
    ['a wrong key beside no token', { 'X-API-Key': 'x' }, 401],
    ['the token as bearer', bearer, success],
    ['the token, scheme in lower case', { Authorization: `bearer ${TOKEN}` }, success],
    ['the token as API key', { 'X-API-Key': TOKEN }, success],
  ])('%s', async (_what, headers, status) => {
    expect(await statusOf(path, { ...base, ...headers })).toBe(status)
  })

  test.each([
    ['127.0.0.1', success],
    ['[::1]:8686', success],
    ['localhost', success],
    ['api.localhost:80', success],
    ['192.168.1.7:8686', success],
    ['rebound.attacker.test', 421],
    ['localhost.attacker.test', 421],
    ['127.0.0.1.attacker.test:8686', 421],
  ])('Host: %s', async (host, status) => {
    expect(await statusOf(path, { ...base, ...bearer, Host: host })).toBe(status)
  })

  test.each([
    ['http://localhost:%', success],
    ['http://evil.test', 403],
    ['http://localhost:1', 403],
    ['http://127.0.0.1:%', 403],
    ['null', 403],
    ['', 403],
  ])('Origin: %s', async (origin, status) => {
    const Origin = origin.replace('%', String(service.port))
    expect(await statusOf(path, { ...base, ...bearer, Origin })).toBe(status)
  })
})

test('401 says how to authenticate, and no answer lets other origins read it', async () => {
  const answer = await service.get('/orders')
  expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm=/)
  expect(answer.headers.get('content-type')).toBe('application/problem+json')
  const options = await service.send('OPTIONS', '/orders', undefined, { Authorization: `Bearer ${TOKEN}` })
  for (const { headers } of [answer, options]) {
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
  }
})

test('every operation needs the token; the page and the document do not', async () => {
  const { json } = await service.get('/openapi.json')
  const refused: string[] = []
  for (const [path, operations] of Object.entries<object>(json.paths)) {
    for (const method of Object.keys(operations)) {
      const answer = await service.send(method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x'))
      if (answer.status === 401) refused.push(`${method} ${path}`)
    }
  }
  expect(refused).toHaveLength(Object.values<object>(json.paths).flatMap((o) => Object.keys(o)).length)
  expect((await service.get('/')).status).toBe(200)
})

test('a WebSocket client with the token gets through', async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${service.port}/events/ws`, {
    headers: { 'X-API-Key': TOKEN },
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.terminate()
})

test('an upgrade to something else, or elsewhere, is refused and the service lives', async () => {
  const headers = { ...UPGRADE, 'X-API-Key': TOKEN }
  expect(await statusOf('/users', headers)).toBe(404)
  expect(await statusOf('/events/ws', { ...headers, 'Sec-WebSocket-Version': '1' })).toBe(400)
  expect(await statusOf('/users', { 'X-API-Key': TOKEN })).toBe(200)
})
