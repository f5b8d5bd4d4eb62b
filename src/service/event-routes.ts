import type { Version } from './conditions.ts'
import type { Channel, EventDraft, LoggedEvent } from './event-log.ts'
import { CHANNELS, isAnnounced, isWanted } from './event-log.ts'
import type { Exchange, Handler } from './exchange.ts'
import {
  announcementsFirst,
  ANY_CURSOR,
  answerJson,
  answerVersion,
  queryNumber,
  queryPatterns,
  queryWait,
  readObject,
} from './exchange.ts'
import type { Parts } from './parts.ts'
import { entityTag } from './parts.ts'
import type { FieldError } from './problem.ts'
import { Problem } from './problem.ts'
import { waitForNews } from './waiting.ts'

const LIMIT = { least: 1, most: 1000 } as const
const DEFAULT_LIMIT = 100
const MOST_SIZE = 512 * 1024

export interface EventHandlers {
  readonly list: Handler
  readonly latest: Handler
  readonly read: Handler
  readonly create: Handler
}

export function eventHandlers(parts: Parts): EventHandlers {
  const { log } = parts
  const startedAt = parts.tools.clock.now()
  // An event never changes: the newest tells the feeds' version.
  const versionNow = (page?: string): Version => ({
    etag: entityTag(parts, log.last, page),
    modifiedAt: log.latest?.at ?? startedAt,
  })

  return {
    list: (exchange) => list(exchange, parts, versionNow),
    latest(exchange) {
      const { latest } = log
      if (latest === undefined) throw new Problem(404, 'there has been no event yet')
      return answerVersion(exchange, versionNow(), parts.tools.clock, () => ({ body: latest.json }))
    },
    read(exchange) {
      const event = log.get(Number(exchange.req.param('seq')))
      if (event === undefined) throw new Problem(404, 'there is no event of this number')
      return answerJson(200, event.json)
    },
    async create(exchange) {
      const event = log.append(draftOf(await readObject(exchange)))
      await announcementsFirst()
      return answerJson(201, event.json, { Location: `/events/${event.seq}` })
    },
  }
}

async function list(
  exchange: Exchange,
  { log, tools, closing }: Parts,
  versionNow: (page?: string) => Version,
): Promise<Response> {
  const limit = queryNumber(exchange, 'limit', LIMIT) ?? DEFAULT_LIMIT
  const given = queryNumber(exchange, 'since', ANY_CURSOR)
  const patterns = queryPatterns(exchange)
  const waitMs = queryWait(exchange)
  if (given !== undefined && !log.knows(given))
    throw new Problem(410, 'the events since then are not kept any more; go on with ?since=0')
  // Without a place to go on from: the newest; a long poll waits for the next.
  const since = given ?? (waitMs === undefined ? Math.max(log.last - limit, 0) : log.last)
  const isShown = (event: LoggedEvent): boolean =>
    isWanted(event.event, patterns) && (waitMs === undefined || isAnnounced(event, 'longpoll'))
  if (waitMs !== undefined) {
    let looked = since
    const isThere = (): boolean => {
      const found = log.after(looked, log.last - looked).some(isShown)
      if (!found) looked = log.last
      return found
    }
    const listen = (listener: () => void): (() => void) => log.onEvent('longpoll', listener)
    await waitForNews({ isThere, listen }, waitMs, {
      clock: tools.clock,
      closing,
      outgoing: exchange.env.outgoing,
    })
  }
  const page = since + limit < log.last ? `.${since}.${limit}` : ''
  return answerVersion(exchange, versionNow(page), tools.clock, () => {
    const events = log.after(since, limit)
    const cursor = String(events.at(-1)?.seq ?? log.last)
    const shown = events.filter(isShown).map(({ json }) => json)
    const hasMore = Number(cursor) < log.last
    return {
      // Put together from texts: an event is written as JSON once, whatever number of clients read it.
      body: `{"items":[${shown.join(',')}],"cursor":"${cursor}","has_more":${hasMore}}`,
      headers: {
        'X-Cursor': cursor,
        ...(hasMore && { Link: `</events?limit=${limit}&since=${cursor}>; rel="next"` }),
      },
    }
  })
}

const SUBJECTS = ['user_id', 'order_id', 'payment_id'] as const

/** An event that a client makes, for tests and benchmarks. @throws Problem 422 */
function draftOf(body: Readonly<Record<string, unknown>>): EventDraft {
  const { event, data, channels, size } = body
  const errors: FieldError[] = []
  const fail = (pointer: string, detail: string): void => void errors.push({ pointer, detail })
  const name = typeof event === 'string' && /^[\w.:-]{1,80}$/.test(event) ? event : undefined
  if (name === undefined) fail('/event', 'must be a name such as order.created')
  const wanted = channels === undefined ? undefined : channelsOf(channels)
  if (channels !== undefined && wanted === undefined)
    fail('/channels', `must be a list of ${CHANNELS.join(', ')}`)
  const bytes = typeof size === 'number' && Number.isInteger(size) ? size : undefined
  if (size !== undefined && (bytes === undefined || bytes < 0 || bytes > MOST_SIZE))
    fail('/size', `must be a number of bytes up to ${MOST_SIZE}`)
  const about = SUBJECTS.find((subject) => body[subject] !== undefined)
  const id = about === undefined ? undefined : body[about]
  if (id !== undefined && (typeof id !== 'string' || id.length > 200)) fail(`/${about}`, 'must be an id')
  if (errors.length > 0) throw new Problem(422, 'not a valid event', { errors })
  return {
    event: name ?? '',
    ...(about !== undefined && { subject: [about, String(id)] as const }),
    ...(data !== undefined && { data }),
    ...(wanted !== undefined && { channels: wanted }),
    ...(bytes !== undefined && { size: bytes }),
  }
}

function channelsOf(value: unknown): readonly Channel[] | undefined {
  if (!Array.isArray(value)) return undefined
  const channels = CHANNELS.filter((channel) => value.includes(channel))
  return channels.length === new Set(value).size ? channels : undefined
}
