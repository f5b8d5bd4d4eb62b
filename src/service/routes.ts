import { collectionHandlers } from './collection-routes.ts'
import { eventHandlers } from './event-routes.ts'
import type { Handler } from './exchange.ts'
import type { ParameterName, SchemaName } from './openapi-parts.ts'
import type { Parts } from './parts.ts'
import { Problem } from './problem.ts'
import type { Resource } from './resources.ts'
import { RESOURCES } from './resources.ts'
import { streamHandler } from './stream.ts'
import { webhookHandlers } from './webhook-routes.ts'

/** One operation: what is routed, and what the OpenAPI document and the page tell of it. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** In OpenAPI's form: `/users/{id}`. */
  readonly path: string
  readonly operationId: string
  readonly summary: string
  readonly parameters?: readonly ParameterName[]
  /** The schema of the body that a client sends. */
  readonly body?: SchemaName
  /** The status of success, and the schema of its body. */
  readonly success: readonly [status: number, schema?: SchemaName]
  /** Other answers that belong to it; 401, 403 and 421 belong to all. */
  readonly problems?: readonly number[]
  readonly handle: Handler
}

export function routesOf(parts: Parts): readonly Route[] {
  return [
    ...RESOURCES.flatMap((resource) => collectionRoutes(resource, parts)),
    ...eventRoutes(parts),
    ...webhookRoutes(parts),
  ]
}

function collectionRoutes(resource: Resource, parts: Parts): Route[] {
  const { name, title } = resource
  const handlers = collectionHandlers(resource, parts)
  const one = `/${name}/{id}`
  const conflict = resource.name === 'orders' ? [] : [409]
  return [
    {
      method: 'get',
      path: `/${name}`,
      operationId: `list${title}s`,
      summary: `All ${name} by pages, or with since what changed after a cursor`,
      parameters: ['limit', 'cursor', 'since', 'wait', 'If-None-Match', 'If-Modified-Since'],
      success: [200, `${title}List`],
      problems: [304, 400, 410],
      handle: handlers.list,
    },
    {
      method: 'post',
      path: `/${name}`,
      operationId: `create${title}`,
      summary: `Add to the ${name}`,
      body: `New${title}`,
      success: [201, title],
      problems: [400, ...conflict, 413, 415, 422],
      handle: handlers.create,
    },
    {
      method: 'get',
      path: one,
      operationId: `read${title}`,
      summary: `One of the ${name}`,
      parameters: ['If-None-Match', 'If-Modified-Since'],
      success: [200, title],
      problems: [304, 404],
      handle: handlers.read,
    },
    {
      method: 'put',
      path: one,
      operationId: `replace${title}`,
      summary: 'Put other values in place of all it has',
      parameters: ['If-Match'],
      body: `New${title}`,
      success: [200, title],
      problems: [400, 404, ...conflict, 412, 413, 415, 422],
      handle: handlers.replace,
    },
    {
      method: 'patch',
      path: one,
      operationId: `change${title}`,
      summary: 'Change some of its values (merge patch)',
      parameters: ['If-Match'],
      body: `${title}Patch`,
      success: [200, title],
      problems: [400, 404, ...conflict, 412, 413, 415, 422],
      handle: handlers.patch,
    },
    {
      method: 'delete',
      path: one,
      operationId: `delete${title}`,
      summary: 'Delete it',
      parameters: ['If-Match'],
      success: [204],
      problems: [404, 412],
      handle: handlers.remove,
    },
  ]
}

function eventRoutes(parts: Parts): Route[] {
  const handlers = eventHandlers(parts)
  return [
    {
      method: 'get',
      path: '/events',
      operationId: 'listEvents',
      summary: 'The newest events, or those after a cursor; with wait a long poll',
      parameters: ['limit', 'since', 'events', 'wait', 'If-None-Match', 'If-Modified-Since'],
      success: [200, 'EventList'],
      problems: [304, 400, 410],
      handle: handlers.list,
    },
    {
      method: 'post',
      path: '/events',
      operationId: 'createEvent',
      summary: 'Make an event (an aid for tests and benchmarks)',
      body: 'NewEvent',
      success: [201, 'Event'],
      problems: [400, 413, 415, 422],
      handle: handlers.create,
    },
    {
      method: 'get',
      path: '/events/latest',
      operationId: 'readLatestEvent',
      summary: 'The newest event: what a poller of the latest state sees',
      parameters: ['If-None-Match', 'If-Modified-Since'],
      success: [200, 'Event'],
      problems: [304, 404],
      handle: handlers.latest,
    },
    {
      method: 'get',
      path: '/events/stream',
      operationId: 'streamEvents',
      summary: 'Server-Sent Events; goes on after Last-Event-ID',
      parameters: ['events', 'Last-Event-ID', 'lastEventId'],
      success: [200, 'EventStream'],
      problems: [400],
      handle: streamHandler(parts),
    },
    {
      method: 'get',
      path: '/events/ws',
      operationId: 'openEventSocket',
      summary: 'WebSocket: send {"type":"subscribe","events":["order.*"],"since":0}',
      success: [101],
      problems: [426],
      handle: () => {
        throw new Problem(426, 'this is a WebSocket', {
          headers: { Upgrade: 'websocket', Connection: 'Upgrade' },
        })
      },
    },
    {
      method: 'get',
      path: '/events/{seq}',
      operationId: 'readEvent',
      summary: 'One event',
      success: [200, 'Event'],
      problems: [404],
      handle: handlers.read,
    },
  ]
}

function webhookRoutes(parts: Parts): Route[] {
  const handlers = webhookHandlers(parts)
  const one = '/webhooks/{id}'
  return [
    {
      method: 'get',
      path: '/webhooks',
      operationId: 'listWebhooks',
      summary: 'Who is told of events',
      success: [200, 'WebhookList'],
      handle: handlers.list,
    },
    {
      method: 'post',
      path: '/webhooks',
      operationId: 'createWebhook',
      summary: 'Have events sent to a URL; the secret is shown here and never again',
      body: 'NewWebhook',
      success: [201, 'Webhook'],
      problems: [400, 413, 415, 422],
      handle: handlers.create,
    },
    {
      method: 'get',
      path: one,
      operationId: 'readWebhook',
      summary: 'One subscription',
      success: [200, 'Webhook'],
      problems: [404],
      handle: handlers.read,
    },
    {
      method: 'delete',
      path: one,
      operationId: 'deleteWebhook',
      summary: 'End a subscription',
      success: [204],
      problems: [404],
      handle: handlers.remove,
    },
    {
      method: 'post',
      path: `${one}/ping`,
      operationId: 'pingWebhook',
      summary: 'Send a ping',
      success: [202, 'Delivery'],
      problems: [404],
      handle: handlers.ping,
    },
    {
      method: 'get',
      path: `${one}/deliveries`,
      operationId: 'listDeliveries',
      summary: 'What was sent, the newest first',
      parameters: ['limit'],
      success: [200, 'DeliveryList'],
      problems: [400, 404],
      handle: handlers.deliveries,
    },
    {
      method: 'get',
      path: `${one}/deliveries/{delivery}`,
      operationId: 'readDelivery',
      summary: 'One delivery and its attempts',
      success: [200, 'Delivery'],
      problems: [404],
      handle: handlers.delivery,
    },
    {
      method: 'post',
      path: `${one}/deliveries/{delivery}/redeliver`,
      operationId: 'redeliver',
      summary: 'Send it once more, under the same message id',
      success: [202, 'Delivery'],
      problems: [404, 409],
      handle: handlers.redeliver,
    },
  ]
}
