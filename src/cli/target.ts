import { AppError } from '../core/errors.ts'
import type { Parse } from './settings.ts'

/**
 * The URL of `3000`, `3000/hooks`, `localhost:3000` or a URL. Path and query stay as they were typed.
 * @throws AppError `bad-value`
 */
export const parseTarget: Parse<string> = (text, option) => {
  const url = withPath(completed(text.replace(/#.*$/s, '')))
  const refused = (): never => {
    throw new AppError('bad-value', { option, value: text, expected: 'a port, host:port or http URL' })
  }
  // URL itself skips slashes until it finds a host: of `/tmp` it would make the host tmp.
  if (!/^https?:\/\/(?![/?\\])[\x21-\x7e]+$/i.test(url) || !URL.canParse(url)) return refused()
  const { username, password, port, hostname } = new URL(url)
  if (username !== '' || password !== '') throw withoutCredentials(option)
  return port !== '0' && hostname !== '' ? url : refused()
}

/** The password is not repeated: errors end up in logs. */
function withoutCredentials(option: string): AppError {
  return new AppError('usage', {
    message: `${option}: a user and a password in a URL are not taken; send them as a header`,
    next: ["webhook-cli … --header 'Authorization: Basic …'"],
  })
}

function completed(text: string): string {
  if (/^:?\d{1,5}(?:[/?]|$)/.test(text)) return `http://localhost:${text.replace(/^:/, '')}`
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`
}

function withPath(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^/?]*)(\?|$)/i, '$1/$2')
}

/** True where the name alone says that it is this machine. Names that only resolve to it count as others. */
export function isThisMachine(url: string): boolean {
  const { hostname } = new URL(url)
  // Written with IPv4 in IPv6, 127.0.0.1 is ::ffff:7f00:1.
  return /^(?:(?:.+\.)?localhost\.?|127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\])$/.test(
    hostname,
  )
}
