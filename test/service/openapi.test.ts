import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestService } from './service.ts'
import { startTestService } from './service.ts'

let service: TestService

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service.close())

interface Operation {
  operationId: string
  parameters: { name?: string; in?: string; $ref?: string }[]
  requestBody?: { content: Record<string, { schema: { $ref: string } }> }
  responses: Record<string, { content?: Record<string, { schema: { $ref: string } }> }>
}

interface Document {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: Record<'schemas' | 'parameters', Record<string, Schema>>
}

interface Schema {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: string[]
  examples?: unknown[]
  $ref?: string
}

/** What of a value the schema does not allow; enough of JSON Schema for our own document. */
function misfits(value: unknown, schema: Schema, document: Document, at = ''): string[] {
  if (schema.$ref !== undefined) return misfits(value, resolve(schema.$ref, document), document, at)
  const types = schema.type === undefined ? [] : [schema.type].flat()
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value
  const known = types.map((name) => (name === 'integer' ? 'number' : name))
  if (known.length > 0 && !known.includes(type)) return [`${at} is ${type}, not ${types.join()}`]
  if (schema.enum !== undefined && !schema.enum.includes(String(value))) return [`${at} is ${String(value)}`]
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => misfits(item, schema.items ?? {}, document, `${at}/${i}`))
  }
  if (typeof value !== 'object' || value === null || schema.properties === undefined) return []
  const missing = (schema.required ?? [])
    .filter((name) => !(name in value))
    .map((name) => `${at}/${name} is missing`)
  const inner = Object.entries(value).flatMap(([name, member]) => {
    const memberSchema = schema.properties?.[name]
    return memberSchema === undefined
      ? [`${at}/${name} is not described`]
      : misfits(member, memberSchema, document, `${at}/${name}`)
  })
  return [...missing, ...inner]
}

function resolve(ref: string, { components }: Document): Schema {
  const name = ref.replace('#/components/schemas/', '')
  const schema = components.schemas[name]
  if (schema === undefined) throw new Error(`no schema ${ref}`)
  return schema
}

/** A body from the document's own examples. */
function exampleOf(ref: string, ids: Record<string, string>, document: Document): Record<string, unknown> {
  const { properties = {}, required = [] } = resolve(ref, document)
  const body = Object.fromEntries(required.map((name) => [name, properties[name]?.examples?.[0]]))
  for (const name of Object.keys(body)) if (ids[name] !== undefined) body[name] = ids[name]
  return body
}

test('every operation of the document works as described, and there is no other', async () => {
  const document: Document = (await service.get('/openapi.json')).json
  expect(document.openapi).toBe('3.1.0')
  const ids: Record<string, string> = { url: 'http://127.0.0.1:9/' }
  const paths: Record<string, string> = {}
  const called: string[] = []
  const wrong: string[] = []

  async function callOne(path: string, method: string): Promise<void> {
    const operation = document.paths[path]?.[method]
    if (operation === undefined) return
    const { operationId, requestBody, responses } = operation
    const ref = requestBody?.content['application/json']?.schema.$ref
    const body = ref === undefined ? undefined : exampleOf(ref, ids, document)
    const target = path.replaceAll(
      /\{(\w+)\}/g,
      (_all, name: string) => paths[`${path.split('/')[1]}.${name}`] ?? 'x',
    )
    const method_ = operationId === 'streamEvents' ? 'HEAD' : method.toUpperCase()
    const answer = await service.send(method_, target, body)
    const described = responses[answer.status]
    called.push(operationId)
    const isUpgrade = operationId === 'openEventSocket' && answer.status === 426
    if (described === undefined || (answer.status >= 300 && !isUpgrade)) {
      wrong.push(`${operationId}: ${answer.status} ${answer.text}`)
      return
    }
    const schema = described.content?.['application/json']?.schema
    if (schema !== undefined) {
      wrong.push(...misfits(answer.json, schema, document).map((misfit) => `${operationId}: ${misfit}`))
    }
    if (answer.status === 201) {
      const collection = path.split('/')[1] ?? ''
      ids[`${collection.slice(0, -1)}_id`] = answer.json.id
      paths[`${collection}.id`] = answer.json.id
    }
    if (operationId === 'createEvent') paths['events.seq'] = String(answer.json.seq)
    if (operationId === 'pingWebhook') {
      paths['webhooks.delivery'] = answer.json.id
      await service.until((activity) => activity.type === 'delivery' && activity.event === 'ping')
    }
  }

  const all = Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => ({ path, method })),
  )
  // Made first, deleted last; in between in the order of the document.
  const rank = ({ method, path }: { method: string; path: string }): number =>
    method === 'post' && !path.includes('{') ? 0 : path.endsWith('/ping') ? 1 : method === 'delete' ? 3 : 2
  for (const { path, method } of all.toSorted((a, b) => rank(a) - rank(b))) await callOne(path, method)
  expect(wrong).toEqual([])
  expect(called).toHaveLength(all.length)
  expect(all.length).toBe(32)
})

test('every reference in the document leads somewhere', async () => {
  const { json, text } = await service.get('/openapi.json')
  const refs = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([\w-]+)"/g)]
  const lost = refs.filter(([, kind = '', name = '']) => json.components[kind]?.[name] === undefined)
  expect(lost).toEqual([])
  expect(refs.length).toBeGreaterThan(50)
})
