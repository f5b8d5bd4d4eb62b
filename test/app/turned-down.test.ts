import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { createCatalog } from '../../src/app/catalog.ts'
import { SecretBook } from '../../src/app/secrets.ts'
import { explainTurnedDown } from '../../src/app/verify.ts'
import type { Delivery } from '../../src/core/delivery.ts'
import { answerOf, requestOf } from '../store/samples.ts'

const SECRET = 'whsec_turneddown0123456789abcdefgh'
const ARRIVED = 1_766_412_133_000
const BODY = '{"id":"evt_1","object":"event","type":"charge.refunded"}'
const HEADER = new Stripe('sk_test_none').webhooks.generateTestHeaderString({
  payload: BODY,
  secret: SECRET,
  timestamp: ARRIVED / 1000,
})
const REQUEST = requestOf({
  receivedAt: ARRIVED,
  headers: [['Stripe-Signature', HEADER]],
  body: Buffer.from(BODY),
})

/** Seconds after the arrival, what was answered, and where. */
type Given = readonly [afterS: number, status: number, target?: string, cause?: Delivery['cause']]

function deliveryOf([afterS, status, target = 'a', cause = 'forward']: Given): Delivery {
  const outcome = answerOf(status)
  return {
    requestId: 'k7m2p9xa',
    cause,
    target: `http://${target}/`,
    startedAt: ARRIVED + afterS * 1000,
    durationMs: 1,
    outcome,
  }
}

test.each<[string, readonly Given[], string | undefined]>([
  ['a rejection at once', [[0, 401]], 'a/ answered 401'],
  ['a rejection of what was sent', [[0, 403, 'a', 'send']], 'a/ answered 403'],
  [
    'the last of several rejections',
    [
      [0, 401],
      [1, 400, 'b'],
    ],
    'b/ answered 400',
  ],
  [
    'one target of two',
    [
      [0, 401],
      [1, 200, 'b'],
    ],
    'a/ answered 401',
  ],
  [
    'the last word, where it had taken the request before',
    [
      [0, 200],
      [1, 401],
    ],
    'a/ answered 401',
  ],
  ['none: it came so late that an app has to reject it for its age', [[400, 401]], undefined],
  [
    'none: the app took it later, by a replay',
    [
      [0, 401],
      [1, 200, 'a', 'replay'],
    ],
    undefined,
  ],
  ['none: only a replay was rejected', [[0, 401, 'a', 'replay']], undefined],
  [
    'none: nothing was there, or it failed by itself',
    [
      [0, 404],
      [1, 500],
    ],
    undefined,
  ],
  ['none: it never went anywhere', [], undefined],
])('evidence that an app turned down a right signature: %s', (_, given, expected) => {
  const explained = explainTurnedDown(
    { request: REQUEST, deliveries: given.map((one) => deliveryOf(one)) },
    {
      catalog: createCatalog(),
      secrets: new SecretBook([{ value: SECRET, origin: 'S' }]),
      options: {},
      now: ARRIVED,
    },
  )
  if (expected === undefined) expect(explained).toBeUndefined()
  else expect(explained?.text).toBe(`${expected} to this request all the same.`)
})
