import { generateKeyPair, randomBytes, X509Certificate } from 'node:crypto'
import { promisify } from 'node:util'
import type { Random } from '../core/ports.ts'

export interface Certificate {
  /** Private key, PKCS #8 in PEM. */
  readonly key: string
  readonly cert: string
  /** SHA-256 over the certificate, in hex pairs with colons. */
  readonly fingerprint256: string
}

/** The longest validity that macOS and iOS accept. */
const VALID_MS = 825 * 86_400_000
/** The clock of whoever checks may be a little behind ours. */
const BACKDATED_MS = 3_600_000

const DNS_NAME = 2
const IP_ADDRESS = 7

/**
 * A certificate for localhost, 127.0.0.1 and ::1, signed by its own key. It can vouch for nothing else: who trusts it
 * trusts this one key for these names, not an authority that could make certificates for other hosts.
 *
 * @param options.now epoch milliseconds
 */
export async function makeCertificate(options: {
  readonly now: number
  readonly random?: Random
}): Promise<Certificate> {
  const { now, random = randomBytes } = options
  // forge signs with RSA keys only, and takes seconds to find one: Node's own generator is quick.
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const { default: forge } = await import('node-forge')
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey)
  certificate.serialNumber = serialNumber(random)
  certificate.validity.notBefore = new Date(now - BACKDATED_MS)
  certificate.validity.notAfter = new Date(now - BACKDATED_MS + VALID_MS)
  const subject = [
    { name: 'commonName', value: 'localhost' },
    { name: 'organizationName', value: 'webhook-cli, for this machine only' },
  ]
  certificate.setSubject(subject)
  certificate.setIssuer(subject)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    {
      name: 'subjectAltName',
      altNames: [
        { type: DNS_NAME, value: 'localhost' },
        { type: IP_ADDRESS, ip: '127.0.0.1' },
        { type: IP_ADDRESS, ip: '::1' },
      ],
    },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(pair.privateKey), forge.md.sha256.create())
  const cert = forge.pki.certificateToPem(certificate)
  return { key: pair.privateKey, cert, fingerprint256: new X509Certificate(cert).fingerprint256 }
}

/** Sixteen random bytes in hex, a positive number without leading zeros as DER wants it. */
function serialNumber(random: Random): string {
  const bytes = Buffer.from(random(16))
  bytes.writeUInt8((bytes.readUInt8(0) & 0x3f) | 0x40, 0)
  return bytes.toString('hex')
}
