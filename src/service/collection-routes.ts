import type { Changes, Collection, Item } from './collection.ts'
import type { Version } from './conditions.ts'
import { refuseOutdated, validators } from './conditions.ts'
import type { Exchange, Handler } from './exchange.ts'
import {
  announcementsFirst,
  ANY_CURSOR,
  answerJson,
  answerVersion,
  queryNumber,
  queryWait,
  readObject,
} from './exchange.ts'
import type { Parts } from './parts.ts'
import { entityTag } from './parts.ts'
import { Problem } from './problem.ts'
import type { Resource } from './resources.ts'
import { representationOf } from './shop.ts'
import { waitForNews } from './waiting.ts'

/** What can be done with one collection. */
export interface CollectionHandlers {
  readonly list: Handler
  readonly create: Handler
  readonly read: Handler
  readonly replace: Handler
  readonly patch: Handler
  readonly remove: Handler
}

const LIMIT = { least: 1, most: 1000 } as const
const DEFAULT_LIMIT = 50

export function collectionHandlers(resource: Resource, parts: Parts): CollectionHandlers {
  const { shop, tools } = parts
  const { clock } = tools
  const collection = shop.collection(resource)

  const versionOf = (item: Item): Version => ({
    etag: entityTag(parts, item.revision),
    modifiedAt: item.updatedAt,
  })
  const itemOf = (exchange: Exchange): Item => shop.get(resource, exchange.req.param('id') ?? '')
  const answerItem = (status: number, item: Item, headers: Record<string, string> = {}): Response =>
    answerJson(status, representationOf(item), { ...validators(versionOf(item), clock), ...headers })

  async function change(exchange: Exchange, isPatch: boolean): Promise<Response> {
    const body = await readObject(exchange)
    const item = itemOf(exchange)
    refuseOutdated(versionOf(item), (name) => exchange.req.header(name))
    const updated = shop.update(resource, item, body, isPatch)
    await announcementsFirst()
    return answerItem(200, updated)
  }

  return {
    list: (exchange) => list(exchange, resource, collection, parts),
    async create(exchange) {
      const item = shop.create(resource, await readObject(exchange))
      await announcementsFirst()
      return answerItem(201, item, { Location: `/${resource.name}/${item.id}` })
    },
    read(exchange) {
      const item = itemOf(exchange)
      return answerVersion(exchange, versionOf(item), clock, () => ({ body: representationOf(item) }))
    },
    replace: (exchange) => change(exchange, false),
    patch: (exchange) => change(exchange, true),
    async remove(exchange) {
      const item = itemOf(exchange)
      refuseOutdated(versionOf(item), (name) => exchange.req.header(name))
      shop.remove(resource, item)
      await announcementsFirst()
      return new Response(null, { status: 204 })
    },
  }
}

async function list(
  exchange: Exchange,
  resource: Resource,
  collection: Collection,
  parts: Parts,
): Promise<Response> {
  const limit = queryNumber(exchange, 'limit', LIMIT) ?? DEFAULT_LIMIT
  const after = queryNumber(exchange, 'cursor', ANY_CURSOR) ?? 0
  const since = queryNumber(exchange, 'since', ANY_CURSOR)
  const waitMs = queryWait(exchange)
  if (since !== undefined && !collection.knows(since))
    throw new Problem(410, 'what changed since then is not known any more; read the whole collection')
  const { clock } = parts.tools
  if (waitMs !== undefined) {
    const known = since ?? collection.revision
    const news = {
      isThere: () => collection.revision > known,
      listen: (listener: () => void) => collection.onChange(listener),
    }
    await waitForNews(news, waitMs, { clock, closing: parts.closing, outgoing: exchange.env.outgoing })
  }
  const changes = since === undefined ? undefined : collection.changesAfter(since, limit)
  const page = changes?.hasMore === true ? `.${since}.${limit}` : ''
  const version = { etag: entityTag(parts, collection.revision, page), modifiedAt: collection.changedAt }
  return answerVersion(exchange, version, clock, () =>
    changes === undefined ? pageOf(resource, collection, after, limit) : changesOf(resource, changes, limit),
  )
}

interface Represented {
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

function pageOf({ name }: Resource, collection: Collection, after: number, limit: number): Represented {
  const { items, hasMore } = collection.page(after, limit)
  const next = hasMore ? String(items.at(-1)?.ordinal ?? '') : null
  const cursor = String(collection.revision)
  return {
    body: { items: items.map(representationOf), next_cursor: next, cursor },
    headers: {
      'X-Cursor': cursor,
      ...(next !== null && { Link: `</${name}?limit=${limit}&cursor=${next}>; rel="next"` }),
    },
  }
}

function changesOf({ name }: Resource, changes: Changes, limit: number): Represented {
  const cursor = String(changes.cursor)
  return {
    body: {
      items: changes.items.map(representationOf),
      deleted: changes.deleted,
      cursor,
      has_more: changes.hasMore,
    },
    headers: {
      'X-Cursor': cursor,
      ...(changes.hasMore && { Link: `</${name}?limit=${limit}&since=${cursor}>; rel="next"` }),
    },
  }
}
