import { expect, test } from 'vitest'
import { Assessor } from '../../src/app/assess.ts'
import { createCatalog } from '../../src/app/catalog.ts'
import type { ListenDeps } from '../../src/app/listen.ts'
import { listen } from '../../src/app/listen.ts'
import { SecretBook } from '../../src/app/secrets.ts'
import type { AppEvent } from '../../src/core/events.ts'
import type { Answer } from '../../src/core/ports.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { PROVIDERS } from '../../src/providers/table/index.ts'
import { startReceiver, DEFAULT_LIMITS } from '../../src/http/receiver.ts'
import { openStore } from '../../src/store/open.ts'
import { systemClock } from '../../src/ui/io.ts'
import { post } from '../helpers/post.ts'

const ANSWER: Answer = { status: 200, headers: [], body: Buffer.from('ok') }
const CONFIRM_URL = 'https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=t'

/** Sends one request to a listener, and gives what it reported. */
async function eventsAfter(body: string, confirm: ListenDeps['confirm']): Promise<AppEvent[]> {
  const events: AppEvent[] = []
  const stop = new AbortController()
  let answered: Promise<unknown> = Promise.resolve()
  const settings = { catalog: createCatalog(), secrets: new SecretBook([]), options: {}, handshakes: true }
  const assessor = new Assessor(settings)
  await listen(
    { answer: ANSWER, filter: {}, rejectInvalid: false, graceMs: 1000 },
    {
      clock: systemClock,
      reporter: {
        report(event) {
          events.push(event)
          if (event.type === 'handshake') stop.abort()
        },
        close: () => Promise.resolve(),
      },
      examine: (request) => assessor.examine(request),
      ...(confirm !== undefined && { confirm }),
      receive: (hooks) =>
        startReceiver({ ...hooks, host: '127.0.0.1', port: 0, limits: DEFAULT_LIMITS, clock: systemClock }),
      openStore: () =>
        openStore({
          location: ':memory:',
          keep: 10,
          onNotice: () => {},
          random: (size) => new Uint8Array(size),
          uid: undefined,
          warnings: process,
        }),
      async ready({ port }) {
        answered = post(port, { headers: ['x-amz-sns-message-type', 'SubscriptionConfirmation'], body })
        await Promise.resolve()
      },
      stop: stop.signal,
    },
  )
  await answered
  return events
}

const body = JSON.stringify({ Type: 'SubscriptionConfirmation', TopicArn: 'arn', SubscribeURL: CONFIRM_URL })

test('with --confirm-subscriptions the URL is fetched once, and what came of it is reported', async () => {
  const fetched: string[] = []
  const events = await eventsAfter(body, (url) => {
    fetched.push(url)
    return Promise.resolve({ kind: 'response', status: 200, headers: [], body: Buffer.alloc(0), bodySize: 0 })
  })
  expect(fetched).toEqual([CONFIRM_URL])
  expect(events.find(({ type }) => type === 'handshake')).toMatchObject({
    handshake: { provider: 'aws-sns', accepted: true, confirmUrl: CONFIRM_URL, confirmed: { status: 200 } },
  })
})

test('without it the URL is reported and nothing is fetched', async () => {
  const events = await eventsAfter(body, undefined)
  const event = events.find(({ type }) => type === 'handshake')
  expect(event).toMatchObject({ handshake: { confirmUrl: CONFIRM_URL } })
  expect(event).not.toMatchObject({ handshake: { confirmed: expect.anything() as unknown } })
})

test.each(PROVIDERS.map((provider) => [provider.id, provider] as const))(
  '%s: what is said without a secret is what the engine says',
  (id, provider) => {
    const assessor = new Assessor({
      catalog: createCatalog([provider]),
      secrets: new SecretBook([]),
      options: {},
      handshakes: false,
    })
    const names = [
      ...provider.detect.flatMap(({ header = '' }) => header),
      ...provider.schemes.map(({ signature }) => signature.replace(/^header:/, '')),
    ]
    const headers = names
      .filter((name) => /^[\w-]+\*?$/.test(name))
      .map((name) => [name.replace('*', '1'), 't=1,v1=ab'] as const)
    for (const sent of [[], headers, ...headers.map((header) => [header])]) {
      const request = { ...REQUEST, headers: sent }
      const { identity, verdict } = assessor.examine(request).assessment
      if (identity.provider === id) expect(verdict).toEqual(verify(request, provider, [], { now: 0 }))
    }
  },
)

const REQUEST = {
  source: 'captured',
  receivedAt: 0,
  receivedMonotonic: 0,
  method: 'POST',
  target: '/',
  httpVersion: '1.1',
  trailers: [],
  body: Buffer.alloc(0),
} as const
