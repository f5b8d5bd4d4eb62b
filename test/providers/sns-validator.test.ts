import { once } from 'node:events'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createServer, globalAgent } from 'node:https'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Draft } from '../../src/providers/engine/place.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import type { Certificate } from '../../src/http/certificate.ts'
import { makeCertificate } from '../../src/http/certificate.ts'
import { providerNamed } from './vectors.ts'

type Message = Record<string, string>
type Validator = { validate(message: Message, done: (error: Error | null) => void): void }
const MessageValidator: new (host: RegExp) => Validator = createRequire(import.meta.url)('sns-validator')

const AMAZON = 'https://sns.us-west-2.amazonaws.com/SimpleNotificationService-abc.pem'

// The official library fetches the certificate: from our own server, whose certificate is the signing one.
let certificate: Certificate
let certificateUrl: string
const cleanUp: (() => void)[] = []

beforeAll(async () => {
  certificate = await makeCertificate({ now: Date.now() })
  const server = createServer({ key: certificate.key, cert: certificate.cert }, (_, answer) =>
    answer.end(certificate.cert),
  )
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a TCP server it is one
  certificateUrl = `https://localhost:${(server.address() as AddressInfo).port}/sns.pem`
  const { ca } = globalAgent.options
  globalAgent.options.ca = certificate.cert
  cleanUp.push(
    () => server.close(),
    () => server.closeAllConnections(),
    () => (globalAgent.options.ca = ca),
  )
})

afterAll(() => {
  for (const undo of cleanUp) undo()
})

/** The certificate's URL is not signed, so that each may be sent to where it may look. */
async function theirs(message: Message): Promise<boolean> {
  const validator = new MessageValidator(/^localhost:\d+$/)
  return new Promise((resolve) => {
    validator.validate({ ...message, SigningCertURL: certificateUrl }, (error) => resolve(error === null))
  })
}

function ours(message: Message): string {
  const request = { method: 'POST', target: '/', headers: [], body: Buffer.from(JSON.stringify(message)) }
  return verify(request, providerNamed('aws-sns'), [certificate.cert], { now: Date.now() }).status
}

function signed(version: string, fields: Message): Message {
  const message = {
    Type: 'Notification',
    MessageId: 'm-1',
    TopicArn: 'arn:aws:sns:us-west-2:123456789012:topic',
    Message: 'line one\nline two Zoë $& 😀',
    Timestamp: '2025-11-21T09:00:00.000Z',
    SignatureVersion: version,
    SigningCertURL: AMAZON,
    ...fields,
  }
  const draft: Draft = {
    method: 'POST',
    url: 'http://x/',
    headers: [],
    body: Buffer.from(JSON.stringify(message)),
  }
  const result = sign(draft, providerNamed('aws-sns'), certificate.key, { now: 0, scheme: `v${version}` })
  if ('failure' in result) throw new Error(JSON.stringify(result.failure))
  return JSON.parse(Buffer.from(result.signed.body).toString('utf8'))
}

const CONFIRMATION = {
  Type: 'SubscriptionConfirmation',
  Token: 't',
  SubscribeURL: 'https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&Token=t',
}

test.for([
  ['1', {}],
  ['2', {}],
  ['2', { Subject: 'A subject' }],
  ['1', CONFIRMATION],
  ['2', CONFIRMATION],
] as const)(
  'sns-validator accepts version %s with %j as we sign it, and nothing else',
  async ([version, fields]) => {
    const message = signed(version, fields)
    expect(await theirs(message)).toBe(true)
    expect(ours(message)).toBe('valid')
    const changed = { ...message, Message: 'line one\nline 2' }
    expect(await theirs(changed)).toBe(false)
    expect(ours(changed)).toBe('invalid')
  },
)

test('a certificate from elsewhere, or a message without its parts, is refused by both', async () => {
  const message = signed('2', {})
  const { Timestamp: _timestamp, ...incomplete } = message
  expect(await theirs(incomplete)).toBe(false)
  expect(ours(incomplete)).toBe('invalid')
  expect(ours({ ...message, SigningCertURL: 'https://sns.us-west-2.amazonaws.com.evil.test/a.pem' })).toBe(
    'invalid',
  )
  expect(ours({ ...message, SigningCertURL: 'http://sns.us-west-2.amazonaws.com/a.pem' })).toBe('invalid')
})
