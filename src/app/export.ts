import { toCurl, toHttpie } from '../core/content/copy-as.ts'
import type { CopyTarget } from '../core/content/copy-target.ts'
import { copyTarget } from '../core/content/copy-target.ts'
import { toFetch } from '../core/content/fetch.ts'
import { harFrame, toHarEntry } from '../core/content/har.ts'
import { toHttp } from '../core/content/http-write.ts'
import { requestToJson } from '../core/content/jsonv1.ts'
import { destinationUrl } from '../core/destination.ts'
import type { StoredRequest } from '../core/query.ts'
import type { CapturedRequest } from '../core/request.ts'
import type { Catalog } from './catalog.ts'
import { testFileOf } from './test-file.ts'

export const EXPORT_FORMATS = ['ndjson', 'json', 'har', 'curl', 'httpie', 'http', 'fetch', 'vitest'] as const

export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** How requests are written in one format. */
export interface Exporter {
  /** Of a file with one request, with its dot. */
  readonly extension: string
  /** False where one document cannot hold several requests. */
  readonly joins: boolean
  /** What stands before, between and behind the requests of one document. */
  readonly begin: string
  readonly between: string
  readonly end: string
  /** One request, as it stands in a document. */
  write(stored: StoredRequest): string | Uint8Array
  /** Another one where the file has this request alone. */
  readonly alone?: { readonly begin: string; readonly end: string }
}

export interface ExportContext {
  readonly version: string
  readonly catalog: Catalog
  /** Where commands send to, instead of this machine: a URL. */
  readonly to?: string
}

export function exporterOf(format: ExportFormat, context: ExportContext): Exporter {
  const lines = { joins: true, begin: '', between: '\n', end: '\n' }
  const { to, catalog } = context
  switch (format) {
    case 'ndjson':
      return { ...lines, extension: '.ndjson', write: (stored) => JSON.stringify(asJson(stored)) }
    case 'json':
      return {
        extension: '.json',
        joins: true,
        begin: '[\n',
        between: ',\n',
        end: '\n]\n',
        alone: { begin: '', end: '\n' },
        write: (stored) => JSON.stringify(asJson(stored), null, 2),
      }
    case 'har': {
      const { begin, end } = harFrame(context.version)
      return {
        extension: '.har',
        joins: true,
        begin: `${begin}\n`,
        between: ',\n',
        end: `\n${end}\n`,
        write: (stored) => JSON.stringify(toHarEntry(stored)),
      }
    }
    case 'curl':
      return { ...commands('#', toCurl, to), extension: '.sh' }
    case 'httpie':
      return { ...commands('#', toHttpie, to), extension: '.sh' }
    case 'fetch':
      return { ...commands('//', (request, origin) => toFetch(request, origin), to), extension: '.mjs' }
    case 'http':
      return {
        ...lines,
        between: '',
        end: '',
        extension: '.http',
        write: ({ request }) => message(request, to),
      }
    case 'vitest':
      return {
        ...lines,
        joins: false,
        end: '',
        extension: '.test.ts',
        write: (stored) => testFileOf(stored, catalog.find(stored.identity.provider ?? ''), to),
      }
  }
}

function asJson(stored: StoredRequest): object {
  return requestToJson(stored, { bodies: true })
}

/** Commands one below the other, each with the id and the time of its request in a comment. */
function commands(
  comment: string,
  write: (request: CapturedRequest, origin: string) => string,
  to: string | undefined,
): Omit<Exporter, 'extension'> {
  return {
    joins: true,
    begin: '',
    between: '\n\n',
    end: '\n',
    write({ request }) {
      const { origin, target } = placeOf(request, comment === '//', to)
      const head = `${comment} ${request.id}, captured ${new Date(request.receivedAt).toISOString()}`
      return `${head}\n${write({ ...request, target }, origin)}`
    },
  }
}

/** What is no path cannot follow an origin in a URL; curl can send it all the same. */
function placeOf(request: CapturedRequest, inUrl: boolean, to: string | undefined): CopyTarget {
  const { origin, target } = copyTarget(request, to)
  return { origin, target: inUrl ? destinationUrl(`${origin}/`, target).slice(origin.length) : target }
}

function message(request: CapturedRequest, to: string | undefined): Uint8Array {
  const { origin, target } = copyTarget(request, to)
  return toHttp({ ...request, target }, origin.replace(/^[a-z]+:\/\//i, ''))
}
