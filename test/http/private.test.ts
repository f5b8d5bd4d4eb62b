import { describe, expect, test } from 'vitest'
import { isPrivateAddress } from '../../src/http/addresses.ts'
import { openForwarder } from '../../src/http/forwarder.ts'
import { systemClock } from '../../src/ui/io.ts'

describe('private addresses', () => {
  test.each([
    ['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '169.254.169.254', '172.16.0.1', '172.31.255.255'],
    ['192.0.0.1', '192.168.1.1', '198.18.0.1', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ['::', '::1', '::ffff:10.0.0.1', 'fe80::1', 'fc00::1', 'fd12::1', 'ff02::1'],
    ['64:ff9b::a00:1', '2002:a00:1::', '2001:0:a00:1::'],
  ])('%s and their like', (...addresses) => {
    expect(addresses.filter((address) => !isPrivateAddress(address))).toEqual([])
  })

  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.128.0.1',
    '223.255.255.255',
    '2606:4700::1111',
  ])('%s is public', (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  })
})

test('a target in a private network is refused by its literal and by what a name leads to; this machine is not', async () => {
  const forwarder = openForwarder({
    connections: 1,
    loopbackOnly: false,
    noPrivate: true,
    clock: systemClock,
    lookup: ((_name: string, _options: object, done: (error: null, found: object[]) => void) =>
      done(null, [{ address: '192.168.7.7', family: 4 }])) as never,
  })
  const codeOf = async (url: string): Promise<unknown> => {
    const request = { method: 'POST', url, headers: [], body: new Uint8Array() }
    const { outcome } = await forwarder.deliver(request, { timeoutMs: 2000 })
    return 'code' in outcome ? outcome.code : outcome.status
  }
  expect(await codeOf('http://10.0.0.1:1/')).toBe('PRIVATE_ADDRESS')
  expect(await codeOf('http://[::ffff:10.0.0.1]:1/')).toBe('PRIVATE_ADDRESS')
  expect(await codeOf('http://intranet.example:1/')).toBe('PRIVATE_ADDRESS')
  expect(await codeOf('http://127.0.0.1:1/')).toBe('ECONNREFUSED')
  await forwarder.close()
})
