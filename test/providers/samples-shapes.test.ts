import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { schemaForWebhook } from 'shopify-webhook-schemas'
import { describe, expect, test } from 'vitest'
import { fillSample } from '../../src/providers/samples/fill.ts'
import { loadSamples } from '../../src/providers/samples/index.ts'
import { countingRandom } from './random.ts'

const require = createRequire(import.meta.url)
const STRIPE_TYPES = new URL('../../node_modules/stripe/types/', import.meta.url)
const NOW = Date.UTC(2026, 2, 14, 15, 9, 26, 535)

type Fields = Readonly<Record<string, unknown>>

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The JSON of a provider's sample bodies by event. */
async function bodiesOf(provider: string): Promise<ReadonlyMap<string, Fields>> {
  const bodies = new Map<string, Fields>()
  for (const sample of await loadSamples(provider)) {
    const { body } = fillSample(sample, { random: countingRandom(), now: NOW })
    const json: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    if (!isFields(json)) throw new Error(`${provider} ${sample.event} is no object`)
    bodies.set(sample.event, json)
  }
  return bodies
}

/** The paths of the fields that all of these objects have; where one has no object, it ends. */
function alwaysThere(values: readonly unknown[], path: string): string[] {
  const objects = values.filter(isFields)
  const [first] = objects
  if (first === undefined || objects.length < values.length) return []
  return Object.keys(first)
    .filter((key) => objects.every((object) => Object.hasOwn(object, key)))
    .flatMap((key) => [
      `${path}${key}`,
      ...alwaysThere(
        objects.map((object) => object[key]),
        `${path}${key}.`,
      ),
    ])
}

function has(value: unknown, path: string): boolean {
  const [key = '', ...rest] = path.split('.')
  if (!isFields(value) || !Object.hasOwn(value, key)) return false
  return rest.length === 0 || has(value[key], rest.join('.'))
}

describe('a GitHub sample', async () => {
  const definitions: readonly { name: string; examples: Fields[] }[] = require('@octokit/webhooks-examples')

  test.for([...(await bodiesOf('github'))])(
    '%s has every field that real ones always have',
    ([event, body]) => {
      const examples = definitions.find(({ name }) => name === event)?.examples ?? []
      const alike = examples.filter((example) => example['action'] === body['action'])
      const paths = alwaysThere(alike, '')
      expect(alike.length).toBeGreaterThan(0)
      expect(paths.length).toBeGreaterThan(30)
      expect(paths.filter((path) => !has(body, path))).toEqual([])
    },
  )
})

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema | false
}
function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

/** What does not fit; the schemas use no more of JSON Schema than this. */
function misfits(value: unknown, schema: Schema, path: string): string[] {
  const types = [schema.type ?? []].flat()
  const type = typeOf(value)
  const fits = types.length === 0 || types.includes(type) || (type === 'integer' && types.includes('number'))
  if (!fits) return [`${path} is ${type}, not ${types.join(' or ')}`]
  if (Array.isArray(value)) {
    if (schema.items === false) return value.length === 0 ? [] : [`${path} is not empty`]
    const { items } = schema
    return items === undefined ? [] : value.flatMap((item, i) => misfits(item, items, `${path}.${i}`))
  }
  if (!isFields(value)) return []
  const missing = (schema.required ?? []).filter((key) => !Object.hasOwn(value, key))
  const unknown = Object.keys(value).filter((key) => schema.properties?.[key] === undefined)
  const wrong = Object.entries(schema.properties ?? {}).flatMap(([key, property]) =>
    Object.hasOwn(value, key) ? misfits(value[key], property, `${path}.${key}`) : [],
  )
  return [
    ...missing.map((key) => `${path}.${key} is missing`),
    ...unknown.map((key) => `${path}.${key} is not known`),
    ...wrong,
  ]
}

describe('a Shopify sample', async () => {
  test.for([...(await bodiesOf('shopify'))])('%s fits the schema of its topic', ([topic, body]) => {
    const schema: Schema = schemaForWebhook('2026-07', topic)
    expect(schema.required?.length ?? 0).toBeGreaterThan(10)
    expect(misfits(body, schema, topic)).toEqual([])
  })
})

const OBJECT_TYPES: Readonly<Record<string, readonly [file: string, name: string]>> = {
  charge: ['Charges.d.ts', 'Charge'],
  'checkout.session': ['Checkout/Sessions.d.ts', 'Session'],
  customer: ['Customers.d.ts', 'Customer'],
  invoice: ['Invoices.d.ts', 'Invoice'],
  payment_intent: ['PaymentIntents.d.ts', 'PaymentIntent'],
  subscription: ['Subscriptions.d.ts', 'Subscription'],
}

/** The members of an interface that are not optional, read from the formatted declarations. */
function requiredFields(file: string, name: string): string[] {
  const source = readFileSync(new URL(file, STRIPE_TYPES), 'utf8')
  const found = new RegExp(`\\n( +)interface ${name} \\{\\n([\\s\\S]*?)\\n\\1\\}`).exec(source)
  const indent = ' '.repeat((found?.[1] ?? '').length + 2)
  const members = (found?.[2] ?? '').matchAll(new RegExp(`^${indent}(\\w+): `, 'gm'))
  return Array.from(members, ([, member]) => member ?? '')
}

describe('a Stripe sample', async () => {
  test.for([...(await bodiesOf('stripe'))])('%s has the fields that are not optional', ([type, event]) => {
    expect(event['type']).toBe(type)
    const envelope = requiredFields('Events.d.ts', 'EventBase')
    expect(envelope).toContain('pending_webhooks')
    expect(envelope.filter((field) => !Object.hasOwn(event, field))).toEqual([])

    const data = event['data']
    const object = isFields(data) ? data['object'] : undefined
    if (!isFields(object)) throw new Error(`${type} has no object`)
    const [file, name] = OBJECT_TYPES[String(object['object'])] ?? ['', '']
    const fields = requiredFields(file, name)
    expect(fields.length).toBeGreaterThan(10)
    expect(fields.filter((field) => !Object.hasOwn(object, field))).toEqual([])
  })
})
