import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../src/ui/io.ts'
import { rawClient } from '../helpers/raw-http.ts'
import type { TestService } from './service.ts'
import { startTestService } from './service.ts'

let service: TestService
let now: number

beforeEach(async () => {
  now = Date.parse('2026-01-01T12:00:00.400Z')
  service = await startTestService({ clock: { ...systemClock, now: () => now } })
})
afterEach(() => service.close())

const ADA = { name: 'Ada', email: 'ada@example.com' }

async function makeUser(body: object = ADA): Promise<{ id: string; etag: string }> {
  const { status, json, headers } = await service.send('POST', '/users', body)
  expect(status).toBe(201)
  return { id: json.id, etag: headers.get('etag') ?? '' }
}

async function makeOrder(more: object = {}): Promise<string> {
  const { id } = await makeUser({ name: 'Bob', email: `${Math.random()}@example.com` })
  const { status, json } = await service.send('POST', '/orders', { user_id: id, amount: 1999, ...more })
  expect(status).toBe(201)
  return json.id
}

describe('resources', () => {
  test('POST answers 201 with Location, ETag and what was made, defaults filled in', async () => {
    const user = await makeUser()
    const answer = await service.send('POST', '/orders', { user_id: user.id, amount: 500 })
    expect(answer.json).toMatchObject({ user_id: user.id, amount: 500, currency: 'EUR', status: 'open' })
    expect(answer.headers.get('location')).toBe(`/orders/${answer.json.id}`)
    const read = await service.get(`/orders/${answer.json.id}`)
    expect(read.json).toEqual(answer.json)
    expect(read.headers.get('etag')).toBe(answer.headers.get('etag'))
  })

  test('PUT puts all values in place, PATCH only those given, and both change the ETag', async () => {
    const id = await makeOrder({ currency: 'USD' })
    const patched = await service.send('PATCH', `/orders/${id}`, { amount: 7 })
    expect(patched.json).toMatchObject({ amount: 7, currency: 'USD' })
    const { user_id: userId } = patched.json
    const replaced = await service.send('PUT', `/orders/${id}`, { user_id: userId, amount: 8 })
    expect(replaced.json).toMatchObject({ amount: 8, currency: 'EUR' })
    expect(replaced.headers.get('etag')).not.toBe(patched.headers.get('etag'))
    expect(replaced.json.created_at).toBe(patched.json.created_at)
  })

  test('what was read can be sent back as it is', async () => {
    const { id } = await makeUser()
    const read = await service.get(`/users/${id}`)
    expect(await service.send('PUT', `/users/${id}`, read.json)).toMatchObject({ status: 200 })
  })

  test('a null in a patch takes a value away, and a required one cannot go', async () => {
    const id = await makeOrder({ currency: 'USD' })
    expect((await service.send('PATCH', `/orders/${id}`, { currency: null })).json.currency).toBe('EUR')
    expect((await service.send('PATCH', `/orders/${id}`, { amount: null })).status).toBe(422)
  })

  test('DELETE answers 204 without a body, then 404', async () => {
    const { id } = await makeUser()
    const gone = await service.send('DELETE', `/users/${id}`)
    expect([gone.status, gone.text]).toEqual([204, ''])
    expect((await service.send('DELETE', `/users/${id}`)).status).toBe(404)
    expect((await service.get(`/users/${id}`)).status).toBe(404)
  })

  test('HEAD has the headers of GET and no body', async () => {
    const { id } = await makeUser()
    const head = await service.send('HEAD', `/users/${id}`)
    const got = await service.get(`/users/${id}`)
    expect([head.status, head.text]).toEqual([200, ''])
    expect(head.headers.get('etag')).toBe(got.headers.get('etag'))
  })

  test('changes are events, with the id of what changed and what it is now', async () => {
    const id = await makeOrder()
    await service.send('PATCH', `/orders/${id}`, { amount: 1 })
    await service.send('POST', '/payments', { order_id: id, amount: 1 })
    await service.send('POST', '/payments', { order_id: id, amount: 1, status: 'failed' })
    await service.send('PATCH', `/orders/${id}`, { status: 'cancelled' })
    const { items } = (await service.get('/events?since=0')).json
    expect(items.map(({ event }: { event: string }) => event)).toEqual([
      'user_registered',
      'order.created',
      'order.updated',
      'payment_succeeded',
      'payment_failed',
      'order.cancelled',
    ])
    expect(items.map(({ seq }: { seq: number }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    expect(items[5]).toMatchObject({ order_id: id, timestamp: new Date(now).toISOString() })
    expect(items[5].data.status).toBe('cancelled')
  })
})

describe('problems are application/problem+json with the right status', () => {
  test.each([
    ['no such item', 'GET', '/users/usr_0', undefined, 404],
    ['no such path', 'GET', '/nothing', undefined, 404],
    ['a name that every object has', 'GET', '/users/constructor', undefined, 404],
    ['no JSON', 'POST', '/users', '{', 400],
    ['a string', 'POST', '/users', '"Ada"', 422],
    ['no object', 'POST', '/users', '[]', 422],
    ['a member missing', 'POST', '/users', { name: 'Ada' }, 422],
    ['a member of another type', 'POST', '/users', { ...ADA, name: 7 }, 422],
    ['an unknown member', 'POST', '/users', { ...ADA, admin: true }, 422],
    ['a prototype', 'POST', '/users', '{"__proto__":{"name":"x"},"email":"a@b"}', 422],
    ['a reference to nothing', 'POST', '/orders', { user_id: 'usr_0', amount: 1 }, 422],
    ['a limit that is no number', 'GET', '/users?limit=many', undefined, 400],
    ['a limit too large', 'GET', '/users?limit=1001', undefined, 400],
    ['a wait that is no duration', 'GET', '/events?wait=soon', undefined, 400],
    ['a cursor of another run', 'GET', '/users?since=77', undefined, 410],
    ['events of another run', 'GET', '/events?since=77', undefined, 410],
    ['no event yet', 'GET', '/events/latest', undefined, 404],
    ['a WebSocket path without one', 'GET', '/events/ws', undefined, 426],
  ] as const)('%s: %s %s', async (_what, method, path, body, status) => {
    const answer = await service.send(method, path, body)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.json).toMatchObject({ status, title: expect.any(String), detail: expect.any(String) })
  })

  test('422 names each member that is wrong by JSON Pointer', async () => {
    const { json } = await service.send('POST', '/users', { email: 'no address', 'a/b~c': 1 })
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
      '/name',
      '/email',
      '/a~1b~0c',
    ])
  })

  test('405 tells in Allow what can be done', async () => {
    const answer = await service.send('PUT', '/users', {})
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST, OPTIONS'])
    const options = await service.send('OPTIONS', '/users/x')
    expect(options.headers.get('allow')).toBe('GET, HEAD, PUT, PATCH, DELETE, OPTIONS')
  })

  test('409: an address that somebody has, a payment for a cancelled order', async () => {
    await makeUser()
    const other = await makeUser({ name: 'Eve', email: 'eve@example.com' })
    expect((await service.send('POST', '/users', ADA)).status).toBe(409)
    expect((await service.send('PATCH', `/users/${other.id}`, { email: ADA.email })).status).toBe(409)
    const order = await makeOrder({ status: 'cancelled' })
    expect((await service.send('POST', '/payments', { order_id: order, amount: 1 })).status).toBe(409)
  })

  test('415 for a body that does not say it is JSON', async () => {
    const answer = await service.send('POST', '/users', 'name=Ada', { 'Content-Type': 'text/plain' })
    expect(answer.status).toBe(415)
  })

  test.each(['with a length', 'in chunks'])(
    '413 for a body over 1 MiB %s, and the connection lives',
    async (how) => {
      const client = await rawClient({ port: service.port })
      const head = `POST /users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`
      const body = 'x'.repeat(1024 * 1024 + 1)
      void client.send(
        how === 'in chunks'
          ? `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
          : `${head}Content-Length: ${body.length}\r\n\r\n${body}`,
      )
      expect((await client.answer()).status).toBe(413)
      void client.send('GET /users HTTP/1.1\r\nHost: localhost\r\n\r\n')
      expect((await client.answer()).status).toBe(200)
      client.socket.destroy()
    },
  )
})

describe('pages and changes', () => {
  test('Link rel=next leads through all items once, also while some are deleted', async () => {
    const ids: string[] = []
    for (let i = 0; i < 7; i++) ids.push((await makeUser({ name: 'U', email: `${i}@example.com` })).id)
    const seen: string[] = []
    for (let path: string | undefined = '/users?limit=3'; path !== undefined;) {
      const { json, headers } = await service.get(path)
      seen.push(...json.items.map(({ id }: { id: string }) => id))
      await service.send('DELETE', `/users/${seen[0]}`)
      path = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(seen).toEqual(ids)
  })

  test('?since= shows what was made, changed and deleted after the cursor, and the next cursor', async () => {
    const first = await makeUser()
    const { cursor } = (await service.get('/users')).json
    const second = await makeUser({ name: 'Bob', email: 'bob@example.com' })
    await service.send('PATCH', `/users/${first.id}`, { name: 'Ada L.' })
    const changes = await service.get(`/users?since=${cursor}`)
    expect(changes.json.items.map(({ id }: { id: string }) => id)).toEqual([second.id, first.id])
    expect(changes.headers.get('x-cursor')).toBe(changes.json.cursor)
    await service.send('DELETE', `/users/${second.id}`)
    const later = await service.get(`/users?since=${changes.json.cursor}`)
    expect(later.json).toMatchObject({ items: [], deleted: [second.id], has_more: false })
    expect((await service.get(`/users?since=${later.json.cursor}`)).json).toMatchObject({
      items: [],
      deleted: [],
    })
  })

  test('?since= in small steps brings the same as in one', async () => {
    for (let i = 0; i < 5; i++) await makeUser({ name: 'U', email: `${i}@example.com` })
    const seen: string[] = []
    for (let path: string | undefined = '/users?since=0&limit=2'; path !== undefined;) {
      const { json, headers } = await service.get(path)
      seen.push(...json.items.map(({ email }: { email: string }) => email[0] ?? ''))
      path = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1]
    }
    expect(seen).toEqual(['0', '1', '2', '3', '4'])
  })

  test('events are fed from a cursor, by pages and by name', async () => {
    for (const event of ['a.one', 'b.one', 'a.two']) await service.send('POST', '/events', { event })
    const all = (await service.get('/events?since=0&limit=2')).json
    expect(all).toMatchObject({ cursor: '2', has_more: true })
    expect((await service.get('/events?since=2')).json.items).toHaveLength(1)
    expect((await service.get('/events?since=3')).json).toEqual({ items: [], cursor: '3', has_more: false })
    expect((await service.get('/events?events=a.*')).json.items).toHaveLength(2)
    expect((await service.get('/events/latest')).json.event).toBe('a.two')
    expect((await service.get('/events/2')).json.event).toBe('b.one')
  })

  test('an event is padded to the size asked for, and stamped by the clock of the machine', async () => {
    const before = process.hrtime.bigint()
    const { text, json } = await service.send('POST', '/events', { event: 'a', size: 4096, user_id: 'usr_1' })
    expect(Buffer.byteLength(text)).toBe(4096)
    expect(json.user_id).toBe('usr_1')
    expect(BigInt(json.committed_ns)).toBeGreaterThan(before)
    expect(BigInt(json.committed_ns)).toBeLessThan(process.hrtime.bigint())
  })
})

describe('conditional requests', () => {
  const paths = async (): Promise<string[]> => {
    const { id } = await makeUser()
    return [`/users/${id}`, '/users', '/users?since=0', '/events', '/events?since=0', '/events/latest']
  }

  test('If-None-Match with the ETag gets 304 without a body until something changes', async () => {
    for (const path of await paths()) {
      const etag = (await service.get(path)).headers.get('etag') ?? ''
      const again = await service.get(path, { 'If-None-Match': `"other", W/${etag}` })
      expect([path, again.status, again.text]).toEqual([path, 304, ''])
      expect(again.headers.get('etag')).toBe(etag)
    }
    const etag = (await service.get('/users')).headers.get('etag') ?? ''
    await makeUser({ name: 'Bob', email: 'bob@example.com' })
    expect((await service.get('/users', { 'If-None-Match': etag })).status).toBe(200)
  })

  test('who has read one page of many is not told that the next is unchanged', async () => {
    for (let k = 0; k < 3; k++) {
      await makeUser({ name: `User ${k}`, email: `user${k}@example.com` })
      await service.send('POST', '/events', { event: 'a.b' })
    }
    for (const list of ['/events', '/users']) {
      const first = await service.get(`${list}?since=0&limit=2`)
      expect(first.json).toMatchObject({ has_more: true })
      const tag = { 'If-None-Match': first.headers.get('etag') ?? '' }
      const next = `${list}?limit=2&since=${first.headers.get('x-cursor')}`
      expect([list, (await service.get(next, tag)).status]).toEqual([list, 200])
      expect((await service.get(`${list}?since=0&limit=2`, tag)).status).toBe(304)
    }
  })

  test('Last-Modified comes once its second is over, so that no change can hide within it', async () => {
    for (const path of await paths()) {
      now = Date.parse('2026-01-01T12:00:00.900Z')
      expect((await service.get(path)).headers.get('last-modified')).toBeNull()
      now = Date.parse('2026-01-01T12:00:01.000Z')
      const modified = (await service.get(path)).headers.get('last-modified') ?? ''
      expect(modified).toBe('Thu, 01 Jan 2026 12:00:00 GMT')
      expect((await service.get(path, { 'If-Modified-Since': modified })).status).toBe(304)
    }
    await makeUser({ name: 'Bob', email: 'bob@example.com' })
    const changed = await service.get('/users', { 'If-Modified-Since': 'Thu, 01 Jan 2026 12:00:00 GMT' })
    expect(changed.status).toBe(200)
  })

  test('an ETag counts more than a date', async () => {
    await makeUser()
    const answer = await service.get('/users', {
      'If-None-Match': '"other"',
      'If-Modified-Since': 'Fri, 02 Jan 2026 12:00:00 GMT',
    })
    expect(answer.status).toBe(200)
  })

  test('If-Match refuses a change meant for another version with 412 and changes nothing', async () => {
    const { id, etag } = await makeUser()
    const stale = { 'If-Match': '"other"' }
    expect((await service.send('PUT', `/users/${id}`, ADA, stale)).status).toBe(412)
    expect((await service.send('DELETE', `/users/${id}`, undefined, stale)).status).toBe(412)
    const first = await service.send('PATCH', `/users/${id}`, { name: 'A' }, { 'If-Match': etag })
    expect(first.status).toBe(200)
    const second = await service.send('PATCH', `/users/${id}`, { name: 'B' }, { 'If-Match': etag })
    expect(second.status).toBe(412)
    expect((await service.get(`/users/${id}`)).json.name).toBe('A')
  })
})
