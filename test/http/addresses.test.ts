import type { LookupAddress } from 'node:dns'
import type { AddressInfo } from 'node:net'
import { createServer, isIP } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DeliveryOutcome } from '../../src/core/delivery.ts'
import type { Forwarder } from '../../src/core/ports.ts'
import type { ForwarderOptions } from '../../src/http/forwarder.ts'
import { openForwarder } from '../../src/http/forwarder.ts'
import { systemClock } from '../../src/ui/io.ts'

type Expected = 'sent' | 'NOT_LOOPBACK' | 'METADATA_ADDRESS'

/** Literals as a URL may spell them, and what becomes of a request to them where only this machine is meant. */
const TABLE: readonly (readonly [host: string, expected: Expected])[] = [
  ['127.0.0.1', 'sent'],
  ['127.1', 'sent'],
  ['0177.1', 'sent'],
  ['0x7f.1', 'sent'],
  ['0x7f000001', 'sent'],
  ['2130706433', 'sent'],
  ['017700000001', 'sent'],
  ['127.0.0.1.', 'sent'],
  ['①②⑦.⓪.⓪.①', 'sent'],
  ['127.255.255.254', 'sent'],
  ['[::1]', 'sent'],
  ['[0:0:0:0:0:0:0:1]', 'sent'],
  ['[::ffff:7f00:1]', 'sent'],
  ['[::ffff:127.0.0.1]', 'sent'],
  ['0.0.0.0', 'NOT_LOOPBACK'],
  ['0', 'NOT_LOOPBACK'],
  ['0x0', 'NOT_LOOPBACK'],
  ['[::]', 'NOT_LOOPBACK'],
  ['[::ffff:0.0.0.0]', 'NOT_LOOPBACK'],
  ['[::7f00:1]', 'NOT_LOOPBACK'],
  ['[64:ff9b::7f00:1]', 'NOT_LOOPBACK'],
  ['[2002:7f00:1::]', 'NOT_LOOPBACK'],
  ['[::2]', 'NOT_LOOPBACK'],
  ['126.255.255.255', 'NOT_LOOPBACK'],
  ['128.0.0.1', 'NOT_LOOPBACK'],
  ['10.0.0.1', 'NOT_LOOPBACK'],
  ['012.0.0.1', 'NOT_LOOPBACK'],
  ['172.16.0.1', 'NOT_LOOPBACK'],
  ['192.168.1.1', 'NOT_LOOPBACK'],
  ['3232235777', 'NOT_LOOPBACK'],
  ['100.64.0.1', 'NOT_LOOPBACK'],
  ['192.0.2.1', 'NOT_LOOPBACK'],
  ['224.0.0.1', 'NOT_LOOPBACK'],
  ['255.255.255.255', 'NOT_LOOPBACK'],
  ['[fe80::1]', 'NOT_LOOPBACK'],
  ['[fec0::1]', 'NOT_LOOPBACK'],
  ['[fc00::1]', 'NOT_LOOPBACK'],
  ['[ff02::1]', 'NOT_LOOPBACK'],
  ['[2001:db8::1]', 'NOT_LOOPBACK'],
  ['[::ffff:10.0.0.1]', 'NOT_LOOPBACK'],
  ['169.253.255.255', 'NOT_LOOPBACK'],
  ['169.255.0.0', 'NOT_LOOPBACK'],
  ['100.100.100.201', 'NOT_LOOPBACK'],
  ['[fd00:ec2::253]', 'NOT_LOOPBACK'],
  ['[2002:a9ff::1]', 'NOT_LOOPBACK'],
  ['[64:ff9b::a9ff:1]', 'NOT_LOOPBACK'],
  ['[64:ff9b:1:a9ff::]', 'NOT_LOOPBACK'],
  ['[64:ff9b:1:a83f:81:1100::]', 'NOT_LOOPBACK'],
  ['169.254.169.254', 'METADATA_ADDRESS'],
  ['169.254.0.1', 'METADATA_ADDRESS'],
  ['2852039166', 'METADATA_ADDRESS'],
  ['0xa9fea9fe', 'METADATA_ADDRESS'],
  ['0251.0376.0251.0376', 'METADATA_ADDRESS'],
  ['169.254.169.254.', 'METADATA_ADDRESS'],
  ['[::ffff:169.254.169.254]', 'METADATA_ADDRESS'],
  ['[::a9fe:a9fe]', 'METADATA_ADDRESS'],
  ['[::ffff:0:a9fe:a9fe]', 'METADATA_ADDRESS'],
  ['[64:ff9b::169.254.169.254]', 'METADATA_ADDRESS'],
  ['[64:ff9b:1::a9fe:a9fe]', 'METADATA_ADDRESS'],
  ['[64:ff9b:1:a9fe:a9:fe00::]', 'METADATA_ADDRESS'],
  ['[2002:a9fe:a9fe::1]', 'METADATA_ADDRESS'],
  ['[fd00:ec2::254]', 'METADATA_ADDRESS'],
  ['[FD00:0EC2:0::0254]', 'METADATA_ADDRESS'],
  ['[fd20:ce::254]', 'METADATA_ADDRESS'],
  ['[fe80::a9fe:a9fe]', 'METADATA_ADDRESS'],
  ['100.100.100.200', 'METADATA_ADDRESS'],
  ['192.0.0.192', 'METADATA_ADDRESS'],
  ['168.63.129.16', 'METADATA_ADDRESS'],
  ['[64:ff9b:1:a83f:81:1000::]', 'METADATA_ADDRESS'],
  ['[2002:a83f:8110::]', 'METADATA_ADDRESS'],
]

/** Everything that reaches this machine, in whatever way, ends here. */
const canary = createServer((socket) => {
  socket.on('error', () => {})
  socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'))
})
let port = 0
let reached = 0
beforeAll(async () => {
  canary.on('connection', () => reached++)
  await new Promise<void>((resolve) => canary.listen(0, '::', resolve))
  port = (canary.address() as AddressInfo).port
})
afterAll(() => canary.close())

const opened: Forwarder[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((forwarder) => forwarder.close()))
})

function forwarder(options: Partial<ForwarderOptions> = {}): Forwarder {
  const made = openForwarder({ connections: 1, loopbackOnly: true, clock: systemClock, ...options })
  opened.push(made)
  return made
}

async function outcomeOf(sender: Forwarder, host: string): Promise<DeliveryOutcome> {
  const request = { method: 'POST', url: `http://${host}:${port}/`, headers: [], body: Buffer.from('x') }
  return (await sender.deliver(request, { timeoutMs: 2000 })).outcome
}

/** A resolver that gives one list of addresses after the other, and the last one from then on. */
function resolverOf(...lists: readonly (readonly string[])[]): NonNullable<ForwarderOptions['lookup']> {
  let calls = 0
  const stub = (_: string, __: unknown, done: (error: null, found: LookupAddress[]) => void): void => {
    const list = lists[Math.min(calls++, lists.length - 1)] ?? []
    done(
      null,
      list.map((address) => ({ address, family: isIP(address) })),
    )
  }
  return stub as NonNullable<ForwarderOptions['lookup']>
}

function plainAddress(host: string): string {
  return new URL(`http://${host}/`).hostname.replace(/^\[|\]$/g, '')
}

describe('R-FWD-9: what an address is decides, however it is spelt and whatever name led to it', () => {
  test.each(TABLE)('%s: %s', async (host, expected) => {
    const before = reached
    const outcome = await outcomeOf(forwarder(), host)
    const named = await outcomeOf(forwarder({ lookup: resolverOf([plainAddress(host)]) }), 'name.test')
    if (expected === 'sent') {
      expect([outcome, named]).toMatchObject([{ status: 200 }, { status: 200 }])
      expect(reached - before).toBe(2)
    } else {
      const refused = { kind: 'not-sent', code: expected }
      expect([outcome, named]).toEqual([refused, refused])
      expect(reached - before).toBe(0)
    }
  })

  test.each(TABLE.filter(([, expected]) => expected === 'METADATA_ADDRESS'))(
    '%s is refused also where other machines are allowed',
    async (host) => {
      const refused = { kind: 'not-sent', code: 'METADATA_ADDRESS' }
      expect(await outcomeOf(forwarder({ loopbackOnly: false }), host)).toEqual(refused)
    },
  )

  test('a name whose address changes between calls: each connection is judged by the address it goes to', async () => {
    const strangers = TABLE.filter(([, expected]) => expected !== 'sent')
    const before = reached
    for (const [host, code] of strangers) {
      const sender = forwarder({ lookup: resolverOf(['127.0.0.1'], [plainAddress(host)], ['127.0.0.1']) })
      expect(await outcomeOf(sender, 'rebind.test')).toMatchObject({ status: 200 })
      expect(await outcomeOf(sender, 'rebind.test')).toEqual({ kind: 'not-sent', code })
      expect(await outcomeOf(sender, 'rebind.test')).toMatchObject({ status: 200 })
    }
    expect(reached - before).toBe(2 * strangers.length)
    console.log(
      `R-FWD-9: ${TABLE.length} literals, ${strangers.length} of them refused after a change: 0 reached`,
    )
  })

  test('one bad address among good ones is enough', async () => {
    const before = reached
    const sender = forwarder({ lookup: resolverOf(['127.0.0.1', '169.254.169.254']) })
    expect(await outcomeOf(sender, 'both.test')).toEqual({ kind: 'not-sent', code: 'METADATA_ADDRESS' })
    expect(reached).toBe(before)
  })
})
