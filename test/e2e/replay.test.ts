import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NewRequest } from '../../src/core/request.ts'
import type { Draft } from '../../src/providers/engine/place.ts'
import { makeSecret } from '../../src/providers/engine/secrets.ts'
import { sign } from '../../src/providers/engine/sign.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import type { AppServer, Received } from '../helpers/app-server.ts'
import { startApp } from '../helpers/app-server.ts'
import { createHome, runCli, spawnCli } from '../helpers/spawn.ts'
import type { Judge } from '../providers/judges.ts'
import { JUDGES } from '../providers/judges.ts'
import { countingRandom } from '../providers/random.ts'
import { providerNamed } from '../providers/vectors.ts'
import { random, requestOf, UNKNOWN } from '../store/samples.ts'

const DAY = 86_400_000

let home: string
let remove: () => void
const apps: AppServer[] = []
beforeEach(() => {
  ;({ home, remove } = createHome())
})
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()))
  remove()
})

async function keep(requests: readonly NewRequest[]): Promise<void> {
  const store = await openSqliteStore({ path: join(home, '.local/state/webhook-cli/requests.db'), random })
  const { Detector } = await import('../../src/providers/detect.ts')
  const { PROVIDERS } = await import('../../src/providers/table/index.ts')
  const detector = new Detector(PROVIDERS)
  for (const request of requests)
    await store.capture(request, { ...UNKNOWN, identity: detector.detect(request).identity })
  await store.close()
}

/** The request as the SDK's documentation has it read by the application. */
function draftOf({ method, url, rawHeaders, body }: Received, port: number): Draft {
  const headers = Array.from(
    { length: rawHeaders.length / 2 },
    (_, i) => [rawHeaders[2 * i] ?? '', rawHeaders[2 * i + 1] ?? ''] as const,
  )
  return { method, url: `http://localhost:${port}${url}`, headers, body }
}

describe.each(JUDGES.filter(({ sdk }) => /^(?:stripe|@octokit|standardwebhooks|twilio|@slack)/.test(sdk)))(
  'an application with $sdk',
  (judge: Judge) => {
    test('accepts a day-old capture that is replayed with --resign', async () => {
      const provider = providerNamed(judge.provider)
      const key = makeSecret(provider.secret?.make ?? { kind: 'hex', bytes: 16 }, countingRandom(1))
      const app = await startApp(async (request) => ({
        status: (await judge.accepts(draftOf(request, app.port), key)) ? 200 : 400,
      }))
      apps.push(app)
      const receivedAt = Date.now() - DAY
      const unsigned: Draft = { method: 'POST', ...judge.draft, url: 'https://shop.example/hook' }
      const signed = sign(unsigned, provider, key.signingKey, { now: receivedAt, id: 'msg_1' })
      if ('failure' in signed) throw new Error(signed.failure.code)
      const { headers, body, url } = signed.signed
      const target = url.replace('https://shop.example', '')
      await keep([requestOf({ receivedAt, headers, body, target })])

      const to = ['--to', String(app.port)]
      const resign = ['--resign', '--secret', `${provider.id}=env:S`]
      const env = { S: key.signingKey }
      const hasWindow = provider.schemes[0]?.timestamp?.toleranceS !== undefined
      if (hasWindow) {
        const asItWas = await runCli(['replay', 'last', ...to], { home })
        expect(asItWas.code).toBe(4)
        expect(asItWas.stderr).toMatch(
          /^note: .* rejects signatures older than .* is 24 h 00 m old; --resign signs/,
        )
      }
      const anew = await runCli(['replay', 'last', ...to, ...resign], { home, env })
      expect([anew.code, anew.stderr]).toEqual([0, ''])
      expect(anew.stdout.toString()).toContain(`signed anew as ${provider.id}`)
      expect(anew.stdout.toString() + anew.stderr).not.toContain(key.secret)
    })
  },
)

test('--timing original: each leaves at its place, and nothing adds up', async () => {
  const app = await startApp(() => ({ status: 200 }))
  apps.push(app)
  const begun = Date.now() - 3_600_000
  let place = 0
  const places = Array.from({ length: 150 }, (_, nth) => (nth === 0 ? 0 : (place += 3 + ((nth * 37) % 29))))
  await keep(
    places.map((ms) => requestOf({ receivedAt: begun + Math.floor(ms), receivedMonotonic: 5000 + ms })),
  )
  const { code, stdout } = await runCli(
    ['replay', '--since', '2h', '--timing', 'original', '--to', String(app.port), '--json'],
    { home },
  )
  expect(code).toBe(0)
  const lates = stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { lateMs: number }).lateMs)
  const sorted = lates.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Infinity
  const span = (app.received.at(-1)?.at ?? 0) - (app.received[0]?.at ?? 0)
  console.log(
    `R-RPL-2: ${lates.length} requests over ${place} ms: late by p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms; arrived over ${span.toFixed(0)} ms`,
  )
  expect(lates).toHaveLength(150)
  // The goal of p99 ≤ 5 ms holds on an idle machine (npm run bench:replay); here others share it.
  expect(at(0.5)).toBeLessThanOrEqual(5)
  expect(Math.abs(span - place)).toBeLessThan(200)
})

test('SIGINT ends a long replay, tells what was sent, records it, and dies by SIGINT', async () => {
  const app = await startApp(() => ({ status: 200 }))
  apps.push(app)
  await keep([requestOf()])
  const args = ['replay', 'last', '--repeat', '1000', '--rate', '20/s', '--to', String(app.port)]
  const spawned = spawnCli(args, { home })
  await spawned.until('stdout', /(?:.*\n){3}/)
  spawned.child.kill('SIGINT')
  expect(await spawned.ended).toEqual({ code: null, signal: 'SIGINT' })
  const sent = Number(/interrupted: (\d+) of 1000 sent/.exec(spawned.stderr())?.[1])
  expect(app.received).toHaveLength(sent)
  const shown = (await runCli(['show', 'last'], { home })).stdout.toString()
  expect(shown).toMatch(new RegExp(`Attempts +${sent}\\b`))
})
