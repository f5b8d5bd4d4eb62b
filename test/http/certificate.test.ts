import { createPrivateKey, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:https'
import { isIPv6 } from 'node:net'
import { checkServerIdentity, connect } from 'node:tls'
import type { PeerCertificate } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Certificate } from '../../src/http/certificate.ts'
import { makeCertificate } from '../../src/http/certificate.ts'

const NOW = Date.now()
const DAY_MS = 86_400_000

let made: Certificate
let x509: X509Certificate

beforeAll(async () => {
  made = await makeCertificate({ now: NOW })
  x509 = new X509Certificate(made.cert)
})

describe('the certificate', () => {
  test('stands for this machine under its three names, and for no other', () => {
    expect(x509.checkHost('localhost')).toBe('localhost')
    expect(x509.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(x509.checkIP('::1')).toBe('::1')
    expect(x509.checkHost('example.com')).toBeUndefined()
    expect(x509.checkHost('a.localhost')).toBeUndefined()
    expect(x509.checkIP('127.0.0.2')).toBeUndefined()
  })

  test('is valid now and for 825 days in all, the most that macOS accepts', () => {
    const from = Date.parse(x509.validFrom)
    const to = Date.parse(x509.validTo)
    expect(from).toBeLessThan(NOW)
    expect(from).toBeGreaterThan(NOW - DAY_MS)
    expect(to - from).toBe(825 * DAY_MS)
  })

  test('is signed by its own key and is no authority for others', () => {
    expect(x509.verify(x509.publicKey)).toBe(true)
    expect(x509.checkPrivateKey(createPrivateKey(made.key))).toBe(true)
    expect(x509.ca).toBe(false)
    expect(x509.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })

  test('tells its fingerprint as other programs show it', () => {
    expect(made.fingerprint256).toBe(x509.fingerprint256)
    expect(made.fingerprint256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  })

  test.each([0x00, 0x7f, 0xff])(
    'has a positive serial number of 16 bytes from random ones of %i',
    async (byte) => {
      const { cert, key } = await makeCertificate({
        now: NOW,
        random: (size) => new Uint8Array(size).fill(byte),
      })
      const { serialNumber } = new X509Certificate(cert)
      expect(serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/)
      expect(key).not.toBe(made.key)
    },
  )
})

/** Node's own check, but for IPv6 addresses: in 22.23 it finds no certificate good for one. */
function checkIdentity(host: string, peer: PeerCertificate): Error | undefined {
  if (!isIPv6(host)) return checkServerIdentity(host, peer)
  return new X509Certificate(peer.raw).checkIP(host) === undefined ? new Error(`not for ${host}`) : undefined
}

describe('over TLS', () => {
  const server = createServer()

  beforeAll(async () => {
    server.setSecureContext({ key: made.key, cert: made.cert })
    await once(server.listen(0, '::'), 'listening')
  })

  afterAll(() => {
    server.close()
  })

  async function handshake(options: { host: string; ca?: string; servername?: string }): Promise<boolean> {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const socket = connect({ port, checkServerIdentity: checkIdentity, ...options })
    try {
      await once(socket, 'secureConnect')
      return socket.authorized
    } finally {
      socket.destroy()
    }
  }

  test.each(['localhost', '127.0.0.1', '::1'])('a client that trusts it accepts it from %s', async (host) => {
    expect(await handshake({ host, ca: made.cert })).toBe(true)
  })

  test('a client that does not trust it, or means another host, refuses it', async () => {
    await expect(handshake({ host: 'localhost' })).rejects.toMatchObject({
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    await expect(
      handshake({ host: 'localhost', ca: made.cert, servername: 'example.com' }),
    ).rejects.toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    })
  })
})
