import { pathOf, queryOf } from './request.ts'

/**
 * Where a request goes: the target as the user typed it, with the request's path and query.
 *
 * A target without a path takes the request's own. One whose path ends in `/` stands before it. Any other path
 * replaces it. `{path}` and `{query}` say it outright. A query of the target's own replaces the request's.
 * Host, port and scheme are the target's whatever the request says: texts are put together, and nothing is resolved.
 */
export function destinationUrl(target: string, requestTarget: string): string {
  const [, origin = '', path = '', ownQuery] =
    /^([a-z][a-z0-9+.-]*:\/\/[^/?#]*)([^?#]*)(\?[^#]*)?/i.exec(target) ?? []
  const requestPath = rooted(pathOf(requestTarget))
  const query = queryOf(requestTarget)
  if (path.includes('{path}') || target.includes('{query}')) {
    const parts = { path: requestPath.slice(1), query: query ?? '' }
    const filled = `${path}${ownQuery ?? ''}`
      .replaceAll(/\{(path|query)\}/g, (_, name: keyof typeof parts) => parts[name])
      .replace(/[?&]$/, '')
    return origin + rooted(filled)
  }
  const place =
    path === '' || path === '/' ? requestPath : path.endsWith('/') ? path + requestPath.slice(1) : path
  return origin + place + (ownQuery ?? (query === undefined ? '' : `?${query}`))
}

/** `OPTIONS *` and what else is no path becomes one. */
function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path === '*' ? '' : path}`
}
