import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { isStandardSecret, makeStandardSecret, standardSigner } from '../../src/app/standard-webhook.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { findProvider } from '../../src/providers/table/index.ts'

test('signatures are those of the engine, byte for byte', () => {
  const provider = findProvider('standard-webhooks')
  if (provider === undefined) throw new Error('no such provider')
  for (let size = 0; size < 40; size++) {
    const secret = makeStandardSecret((count) => randomBytes(count))
    const body = randomBytes(size * 7)
    const now = 1_700_000_000_999 + size
    const id = `evt_${size}`
    const signer = standardSigner(secret)
    // With and without a start made ahead; one start is good for one signature.
    if (size % 3 > 0) signer.prepare()
    if (size % 3 > 1) signer.sign({ id: 'evt_before', body: randomBytes(9), now })
    const own = signer.sign({ id, body, now })
    const draft = { method: 'POST', url: 'http://localhost/', headers: [['webhook-id', id]] as const, body }
    const theirs = sign(draft, provider, secret, { now, scheme: 'v1' })
    if (!('signed' in theirs)) throw new Error('not signed')
    const headersOf = (headers: readonly (readonly [string, string])[]): string[] =>
      headers
        .filter(([name]) => /^webhook-/i.test(name))
        .map(([name, value]) => `${name.toLowerCase()}: ${value}`)
    expect(headersOf(own).toSorted()).toEqual(headersOf(theirs.signed.headers).toSorted())
    expect(headersOf(own).length).toBe(3)
  }
})

test.each([
  [`whsec_${Buffer.alloc(24).toString('base64')}`, true],
  [`whsec_${Buffer.alloc(64).toString('base64')}`, true],
  [`whsec_${Buffer.alloc(23).toString('base64')}`, false],
  [`whsec_${Buffer.alloc(65).toString('base64')}`, false],
  [Buffer.alloc(32).toString('base64'), false],
  ['whsec_', false],
  [`whsec_${'*'.repeat(40)}`, false],
])('secret %s: %s', (secret, isOne) => {
  expect(isStandardSecret(secret)).toBe(isOne)
})
