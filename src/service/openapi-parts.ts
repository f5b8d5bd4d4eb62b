import { CHANNELS } from './event-log.ts'
import type { Fields } from './fields.ts'
import { schemaOf } from './fields.ts'
import { EVENT_NAMES, RESOURCES } from './resources.ts'

type Schema = Readonly<Record<string, unknown>>

type Thing = 'User' | 'Order' | 'Payment'
export type SchemaName =
  | Thing
  | `New${Thing}`
  | `${Thing}Patch`
  | `${Thing}List`
  | 'Event'
  | 'NewEvent'
  | 'EventList'
  | 'EventStream'
  | 'Webhook'
  | 'NewWebhook'
  | 'WebhookList'
  | 'Delivery'
  | 'DeliveryList'
  | 'Problem'

const TEXT: Schema = { type: 'string' }
const TIME: Schema = { type: 'string', format: 'date-time' }
const COUNT: Schema = { type: 'integer', minimum: 0 }
const PATTERNS: Schema = {
  type: 'array',
  items: TEXT,
  maxItems: 20,
  description: 'event names or globs; none want every event',
  examples: [['order.*']],
}

export type ParameterName =
  | 'limit'
  | 'cursor'
  | 'since'
  | 'events'
  | 'wait'
  | 'lastEventId'
  | 'Last-Event-ID'
  | 'If-None-Match'
  | 'If-Modified-Since'
  | 'If-Match'

/** Parameters by name, shared by the operations that have them. */
export const PARAMETERS: Readonly<Record<ParameterName, Schema>> = {
  limit: {
    in: 'query',
    description: 'items at most',
    schema: { type: 'integer', minimum: 1, maximum: 1000 },
  },
  cursor: {
    in: 'query',
    description: 'next_cursor of the page before',
    schema: { ...TEXT, pattern: '^[0-9]+$' },
  },
  since: {
    in: 'query',
    description: 'cursor of an earlier answer; 0: from the start',
    schema: { ...TEXT, pattern: '^[0-9]+$' },
  },
  events: { in: 'query', description: 'event names or globs, separated by commas', schema: TEXT },
  wait: {
    in: 'query',
    description: 'long poll: answers when there is news, or after this time (30s; at most 60s)',
    schema: TEXT,
  },
  lastEventId: {
    in: 'query',
    description: 'as Last-Event-ID, for clients that cannot set headers',
    schema: TEXT,
  },
  'Last-Event-ID': { in: 'header', description: 'the id of the last event received', schema: TEXT },
  'If-None-Match': { in: 'header', description: 'an ETag: 304 where nothing has changed', schema: TEXT },
  'If-Modified-Since': {
    in: 'header',
    description: 'a Last-Modified: 304 where nothing has changed',
    schema: TEXT,
  },
  'If-Match': { in: 'header', description: 'an ETag: 412 where it is another version by now', schema: TEXT },
}

function listOf(name: SchemaName, more: Schema = {}): Schema {
  const items = { type: 'array', items: { $ref: `#/components/schemas/${name}` } }
  return { type: 'object', required: ['items'], properties: { items, ...more } }
}

function resourceSchemas(): Schema {
  return Object.fromEntries(
    RESOURCES.flatMap(({ title, fields }) => [
      [title, shown(fields)],
      [`New${title}`, schemaOf(fields, false)],
      [`${title}Patch`, schemaOf(fields, true)],
      [`${title}List`, listOf(title, CURSORS)],
    ]),
  )
}

const CURSORS: Schema = {
  cursor: { ...TEXT, description: 'for ?since=, to get what changes after this' },
  next_cursor: { type: ['string', 'null'], description: 'for ?cursor=, the next page' },
  deleted: { type: 'array', items: TEXT, description: 'with since: ids of what is gone' },
  has_more: { type: 'boolean', description: 'with since: ask again with the new cursor' },
}

function shown(fields: Fields): Schema {
  const { properties, required } = schemaOf(fields, false)
  return {
    type: 'object',
    required: ['id', ...(Array.isArray(required) ? required : []), 'created_at', 'updated_at'],
    properties: {
      id: TEXT,
      ...(typeof properties === 'object' ? properties : {}),
      created_at: TIME,
      updated_at: TIME,
    },
  }
}

const EVENT: Schema = {
  type: 'object',
  required: ['id', 'seq', 'type', 'event', 'timestamp', 'committed_ns'],
  properties: {
    id: { ...TEXT, description: 'also the webhook-id of its deliveries' },
    seq: { ...COUNT, description: 'place in the log, without gaps' },
    type: { ...TEXT, description: 'the same as event' },
    event: { ...TEXT, examples: EVENT_NAMES },
    user_id: TEXT,
    order_id: TEXT,
    payment_id: TEXT,
    timestamp: TIME,
    data: { description: 'what it is about, after the change' },
    committed_ns: { ...TEXT, description: 'monotonic clock of the machine, nanoseconds' },
    padding: { ...TEXT, description: 'as asked for with size' },
  },
}

const NEW_EVENT: Schema = {
  type: 'object',
  required: ['event'],
  properties: {
    event: { ...TEXT, pattern: '^[\\w.:-]{1,80}$', examples: ['order.created'] },
    user_id: TEXT,
    order_id: TEXT,
    payment_id: TEXT,
    data: { description: 'anything' },
    channels: {
      type: 'array',
      items: { type: 'string', enum: CHANNELS },
      description:
        'a test aid: announced only here, so that channels can be measured one at a time; the feeds always show it',
    },
    size: { ...COUNT, maximum: 524_288, description: 'bytes that its representation is padded to' },
  },
}

const WEBHOOK: Schema = {
  type: 'object',
  required: ['id', 'url', 'events', 'enabled', 'created_at'],
  properties: {
    id: TEXT,
    url: { ...TEXT, format: 'uri' },
    events: PATTERNS,
    enabled: { type: 'boolean' },
    disabled_because: TEXT,
    secret: { ...TEXT, description: 'only in the answer that makes it' },
    created_at: TIME,
  },
}

const DELIVERY: Schema = {
  type: 'object',
  required: ['id', 'webhook_id', 'event', 'status', 'attempts'],
  properties: {
    id: TEXT,
    webhook_id: TEXT,
    event: TEXT,
    seq: COUNT,
    status: { type: 'string', enum: ['pending', 'succeeded', 'failed'] },
    attempts: {
      type: 'array',
      items: {
        type: 'object',
        properties: { at: TIME, duration_ms: { type: 'number' }, status: COUNT, error: TEXT },
      },
    },
    next_attempt_at: TIME,
  },
}

/** Schemas by name. */
export function schemas(): Schema {
  return {
    ...resourceSchemas(),
    Event: EVENT,
    NewEvent: NEW_EVENT,
    EventList: listOf('Event', { cursor: TEXT, has_more: { type: 'boolean' } }),
    EventStream: { ...TEXT, description: 'text/event-stream: id is the seq, data an Event as JSON' },
    Webhook: WEBHOOK,
    NewWebhook: {
      type: 'object',
      required: ['url'],
      properties: {
        url: { ...TEXT, format: 'uri', examples: ['http://127.0.0.1:8484/'] },
        events: PATTERNS,
        secret: { ...TEXT, description: 'whsec_ and base64; made where it is left out' },
      },
    },
    WebhookList: listOf('Webhook'),
    Delivery: DELIVERY,
    DeliveryList: listOf('Delivery'),
    Problem: {
      type: 'object',
      required: ['title', 'status', 'detail'],
      properties: {
        title: TEXT,
        status: COUNT,
        detail: TEXT,
        errors: {
          type: 'array',
          items: { type: 'object', properties: { pointer: TEXT, detail: TEXT } },
        },
      },
    },
  }
}
