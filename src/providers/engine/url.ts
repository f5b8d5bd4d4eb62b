import type { RequestReader } from '../reader.ts'

/**
 * The URLs that the sender may have signed, as strings of bytes, the likeliest first.
 *
 * With a public URL: the request's target under it, and the URL as given, for people who paste the whole
 * address from their dashboard. Without one: what a proxy says it was asked for, then the `Host` header.
 */
export function signedUrls(reader: RequestReader, publicUrl: string | undefined): string[] {
  const { target } = reader.request
  if (publicUrl !== undefined) return unique([...underBase(publicUrl, target), publicUrl])
  const host = reader.headerValues('host')[0]
  const forwardedHost = reader.headerValues('x-forwarded-host')[0] ?? host
  const forwardedScheme = reader.headerValues('x-forwarded-proto')[0]?.split(',')[0]?.trim()
  const urls: string[] = []
  if (/^[a-z]+:\/\//i.test(target)) urls.push(target)
  else {
    if (forwardedHost !== undefined && forwardedScheme !== undefined) {
      urls.push(`${forwardedScheme}://${forwardedHost}${target}`)
    }
    if (host !== undefined) urls.push(`https://${host}${target}`, `http://${host}${target}`)
  }
  return unique(urls)
}

/** Path and query of a URL as it stands: `new URL` would re-encode them. */
export function targetOf(url: string): string {
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
  const target = rest.replace(/#.*$/s, '')
  return target.startsWith('/') ? target : `/${target}`
}

/** The same URL with its scheme's own port written out, or without it: Twilio signs either. */
export function withDefaultPort(url: string): string {
  const match = /^(https?):\/\/([^/?#]*?)(:\d+)?([/?#].*)?$/is.exec(url)
  if (match === null) return url
  const [, scheme = '', host = '', port, rest = ''] = match
  const own = scheme.toLowerCase() === 'https' ? ':443' : ':80'
  return `${scheme}://${host}${port === undefined ? own : ''}${rest}`
}

/**
 * A URL as it would be fetched, if it is https, without user name or port, and wholly as allowed;
 * tested after parsing, so that no spelling of it means one host here and another there.
 */
export function allowedUrl(url: string, allowed: RegExp): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, username, password, port, href } = new URL(url)
  if (protocol !== 'https:' || username !== '' || password !== '' || port !== '') return undefined
  return allowed.test(href) ? href : undefined
}

function underBase(base: string, target: string): string[] {
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i.exec(base)?.[0]
  if (origin === undefined) return []
  const prefix = base
    .slice(origin.length)
    .replace(/[?#].*$/s, '')
    .replace(/\/$/, '')
  return prefix === '' ? [origin + target] : [origin + target, origin + prefix + target]
}

function unique(urls: readonly string[]): string[] {
  return [...new Set(urls)]
}
