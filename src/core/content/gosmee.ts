import type { NewRequest } from '../request.ts'
import type { RequestFromCurl } from './curl-read.ts'
import { isCurl, requestFromCurl } from './curl-read.ts'
import { readShell } from './shell-read.ts'

/** Its headers are what a server lets in, and little stands around them. */
const MAX_SCRIPT_BYTES = 1_048_576

/**
 * A request from gosmee's save directory (github.com/chmouel/gosmee, `--saveDir`): `<event>-<time>.sh` runs curl with
 * the headers, `<event>-<time>.json` is the body as it came. The script is read, not run: of its variables only the
 * target's URL is looked up, and its `-d`, which would take line breaks out of the body, does not count.
 *
 * @param name of the pair of files, without an ending
 * @param otherwise epoch milliseconds, where the name tells no time
 */
export function requestFromGosmee(
  script: Uint8Array,
  body: Uint8Array,
  name: string,
  otherwise: number,
): RequestFromCurl {
  if (script.byteLength > MAX_SCRIPT_BYTES)
    return { ok: false, problem: 'its script is longer than gosmee writes any' }
  const receivedAt = timeOf(name) ?? otherwise
  const text = Buffer.from(script).toString('latin1')
  const line = /^[ \t]*curl (?:[^\n]*\\\r?\n)*[^\n]*/m.exec(text)?.[0]
  if (line === undefined) return { ok: false, problem: 'its script runs no curl' }
  const target = /^[ \t]*targetURL="(https?:\/\/[^"$`\\\s]+)"/m.exec(text)?.[1] ?? 'http://localhost:8080'
  const resolved = line.replaceAll(/"?\$\{?targetURL\}?"?/g, () => target)
  const { commands, faults } = readShell(Buffer.from(resolved, 'latin1'), { keepVariables: true })
  const [command] = commands
  if (command === undefined || !isCurl(command))
    return { ok: false, problem: faults[0]?.problem ?? 'no curl' }
  // Variables hold flags for the terminal (`$curl_flags`), none of which is sent.
  const words = command.words.filter((word) => !/^\$[{A-Za-z_]/.test(word))
  const read = requestFromCurl({ ...command, words }, { receivedAt, readFile: () => body })
  return read.ok ? { ok: true, requests: read.requests.map((request) => withBody(request, body)) } : read
}

function withBody(request: NewRequest, body: Uint8Array): NewRequest {
  const headers = request.headers.map(
    ([name, value]) =>
      [name, name.toLowerCase() === 'content-length' ? String(body.byteLength) : value] as const,
  )
  return { ...request, headers, body }
}

/** `push-2023-11-06T21.14.11.314`: in UTC. */
function timeOf(name: string): number | undefined {
  const [, date, hours, minutes, seconds, ms] =
    /(\d{4}-\d\d-\d\d)T(\d\d)[.h](\d\d)(?:\.(\d\d)\.(\d{3}))?$/.exec(name) ?? []
  const at = Date.parse(`${date}T${hours}:${minutes}:${seconds ?? '00'}.${ms ?? '000'}Z`)
  return Number.isNaN(at) ? undefined : at
}
