import type { NewRequest, RawHeaders } from '../request.ts'

type Written = Pick<NewRequest, 'method' | 'target' | 'httpVersion' | 'headers' | 'body'>

/**
 * An HTTP/1 message, to be piped into a connection or opened in an editor. Headers keep their order, case and
 * duplicates; Host names where it is to go, since clients that read such files go where it says, and a stranger
 * wrote the one that came. The body is framed by its length: one that came in chunks lost them when it was kept.
 */
export function toHttp({ method, target, httpVersion, headers, body }: Written, host: string): Uint8Array {
  const framed = withLength(headers, body.byteLength)
  const addressed = framed.map(([name, value]) => [name, isNamed(name, 'host') ? host : value] as const)
  const all = addressed.some(([name]) => isNamed(name, 'host'))
    ? addressed
    : [['Host', host] as const, ...addressed]
  const head = [
    `${method} ${target} HTTP/${httpVersion}`,
    ...all.map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), body])
}

/** One Content-Length that is right, in the place of the framing that came. */
function withLength(headers: RawHeaders, size: number): RawHeaders {
  const isFraming = ([name]: readonly [string, string]): boolean =>
    isNamed(name, 'content-length') || isNamed(name, 'transfer-encoding') || isNamed(name, 'trailer')
  const first = headers.findIndex(isFraming)
  if (first === -1) return size === 0 ? headers : [...headers, ['Content-Length', String(size)]]
  const [kept = ''] = headers[first] ?? []
  const name = isNamed(kept, 'content-length') ? kept : 'Content-Length'
  return headers.flatMap((header, at) =>
    at === first ? [[name, String(size)] as const] : isFraming(header) ? [] : [header],
  )
}

function isNamed(name: string, lowerName: string): boolean {
  return name.length === lowerName.length && name.toLowerCase() === lowerName
}
