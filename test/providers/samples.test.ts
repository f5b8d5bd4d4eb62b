import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fillSample } from '../../src/providers/samples/fill.ts'
import { findSample, loadSamples, sampleEvents, sampleProviders } from '../../src/providers/samples/index.ts'
import { placeholderFiller } from '../../src/providers/samples/placeholders.ts'
import type { Sample, SampleBody } from '../../src/providers/samples/types.ts'
import { countingRandom } from './random.ts'

const NOW = Date.UTC(2026, 2, 14, 15, 9, 26, 535)
const FOLDER = new URL('../../src/providers/samples/', import.meta.url)
const NO_SAMPLES = new Set(['fill.ts', 'index.ts', 'list.ts', 'placeholders.ts', 'types.ts'])

/** Airtable and WebSub know one kind of request only. */
const ONE_KIND = new Set(['airtable', 'websub'])

function textOf(sample: Sample, seed: number): string {
  const { headers, body } = fillSample(sample, { random: countingRandom(seed), now: NOW })
  return `${headers.map((pair) => pair.join(': ')).join('\n')}\n\n${Buffer.from(body).toString('utf8')}`
}

describe('the list of samples', () => {
  test('names every file, and every file holds what the list says', async () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && !NO_SAMPLES.has(name))
    expect(sampleProviders()).toEqual(files.map((name) => name.slice(0, -'.ts'.length)).toSorted())
    for (const provider of sampleProviders()) {
      const events = (await loadSamples(provider)).map(({ event }) => event)
      expect(events, provider).toEqual(sampleEvents(provider))
      expect(new Set(events).size, provider).toBe(events.length)
    }
  })

  test('has two events or more of at least 50 providers', () => {
    const counts = sampleProviders().map((provider) => sampleEvents(provider).length)
    const total = counts.reduce((sum, count) => sum + count, 0)
    console.log(`samples: ${total} events of ${counts.length} providers`)
    expect(counts.filter((count) => count >= 2).length).toBeGreaterThanOrEqual(50)
    expect(sampleProviders().filter((provider) => sampleEvents(provider).length < 2)).toEqual([...ONE_KIND])
  })

  test('finds a sample by its own name and by the name on the wire', async () => {
    expect((await findSample('gitlab', 'push'))?.wire).toBe('Push Hook')
    expect((await findSample('gitlab', 'Push Hook'))?.event).toBe('push')
    expect((await findSample('aws-sns', 'Notification'))?.event).toBe('notification')
    expect(await findSample('gitlab', 'pull')).toBeUndefined()
  })

  test('knows nothing of providers that it does not have, however they are called', async () => {
    for (const name of ['nobody', '__proto__', 'constructor', '../stripe', './fill.ts', '']) {
      expect(sampleEvents(name), name).toEqual([])
      expect(await loadSamples(name), name).toEqual([])
    }
  })
})

describe.each(sampleProviders())('the samples of %s', (provider) => {
  test('leave no placeholder unfilled', async () => {
    for (const sample of await loadSamples(provider)) {
      expect(textOf(sample, 1), sample.event).not.toMatch(
        /\{#|\{(?:uuid|id|lower|upper|int|hex|now|same)\b[:@}]/,
      )
    }
  })

  test('are the same for the same random bytes, and of another id for others', async () => {
    for (const sample of await loadSamples(provider)) {
      expect(textOf(sample, 1), sample.event).toBe(textOf(sample, 1))
      expect(textOf(sample, 1), sample.event).not.toBe(textOf(sample, 2))
    }
  })

  test('write to nobody who exists', async () => {
    for (const sample of await loadSamples(provider)) {
      const addresses = textOf(sample, 1).match(/[\w.+-]+@[\w-]+\.[\w.-]+/g) ?? []
      // What looks like an address in `git@github.com:…` is a login.
      const people = addresses.filter((address) => !address.startsWith('git@'))
      expect(
        people.filter((address) => !address.endsWith('example.com')),
        sample.event,
      ).toEqual([])
    }
  })
})

describe('placeholders', () => {
  const fill = placeholderFiller({ random: countingRandom(), now: NOW })

  test('make values of the form asked for', () => {
    expect(fill('{uuid}')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(fill('evt_{id:24}')).toMatch(/^evt_[A-Za-z0-9]{24}$/)
    expect(fill('{upper:40} {lower:40} {hex:40}')).toMatch(/^[A-Z0-9]{40} [a-z0-9]{40} [0-9a-f]{40}$/)
  })

  test('never begin a number with 0', () => {
    const zeros = placeholderFiller({ random: (size) => new Uint8Array(size), now: NOW })
    expect(zeros('{int:8}')).toBe('70000000')
  })

  test('repeat a named value wherever it stands, and only within one request', () => {
    const [first, second] = fill('{int:9@order}/{int:9@order}').split('/')
    expect(first).toBe(second)
    expect(fill('{int:9@order}')).toBe(first)
    expect(fill('{int:9@other}')).not.toBe(first)
    const next = placeholderFiller({ random: countingRandom(2), now: NOW })
    expect(next('{int:9@order}')).not.toBe(first)
  })

  test('write the time in each form, moved by an offset', () => {
    expect(fill('{now:unix} {now:ms}')).toBe('1773500966 1773500966535')
    expect(fill('{now:iso} {now:utc}')).toBe('2026-03-14T15:09:26.535Z 2026-03-14T15:09:26Z')
    expect(fill('{now:local} {now:sql}')).toBe('2026-03-14T15:09:26 2026-03-14 15:09:26')
    expect(fill('{now:rfc2822}')).toBe('Sat, 14 Mar 2026 15:09:26 +0000')
    expect(fill('{now:date+30d} {now:utc-2h} {now:unix+90s} {now:unix-1m}')).toBe(
      '2026-04-13 2026-03-14T13:09:26Z 1773501056 1773500906',
    )
  })

  test('leave other braces alone', () => {
    const text = '/issues{/number} {base}...{head} {{amount}} {CHECKOUT_SESSION_ID} {now} {int} {int:x}'
    expect(fill(text)).toBe(text)
  })
})

function bodyOf(body: SampleBody): string {
  const sample: Sample = { event: 'e', summary: 's', body }
  return Buffer.from(fillSample(sample, { random: countingRandom(), now: NOW }).body).toString('utf8')
}

describe('a filled sample', () => {
  test('has numbers where a placeholder asks for one, the same number as the text of that name', () => {
    const { id, url } = JSON.parse(bodyOf({ json: { id: '{#int:13@order}', url: '/orders/{int:13@order}' } }))
    expect(id).toBeTypeOf('number')
    expect(url).toBe(`/orders/${id}`)
  })

  test('is written as its provider writes JSON', () => {
    const json = { name: 'Zoë 😀', path: 'a/b' }
    expect(bodyOf({ json })).toBe('{"name":"Zoë 😀","path":"a/b"}')
    expect(bodyOf({ json, style: 'pretty' })).toBe('{\n  "name": "Zoë 😀",\n  "path": "a/b"\n}')
    expect(bodyOf({ json, style: 'escaped' })).toBe(
      String.raw`{"name":"Zo\u00eb \ud83d\ude00","path":"a\/b"}`,
    )
    expect(JSON.parse(bodyOf({ json, style: 'escaped' }))).toEqual(json)
    expect(bodyOf({ json: [1], end: '\r\n' })).toBe('[1]\r\n')
  })

  test('encodes the fields of a form, and base64 in them', () => {
    expect(bodyOf({ form: { a: 'b c&d', 'data[x]': '+' } })).toBe('a=b+c%26d&data%5Bx%5D=%2B')
    const xml = new URLSearchParams(bodyOf({ form: { bt_payload: { base64: '<at>{now:unix}</at>' } } }))
    expect(Buffer.from(xml.get('bt_payload') ?? '', 'base64').toString()).toBe('<at>1773500966</at>')
  })

  test('carries its headers in the order given', () => {
    const headers = { 'X-Two': '{now:unix}', 'X-One': 'a' }
    const sample: Sample = { event: 'e', summary: 's', headers, body: { text: '' } }
    expect(fillSample(sample, { random: countingRandom(), now: NOW }).headers).toEqual([
      ['X-Two', '1773500966'],
      ['X-One', 'a'],
    ])
  })
})
