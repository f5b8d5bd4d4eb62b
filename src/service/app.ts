import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { isAppError } from '../core/errors.ts'
import type { Exchange } from './exchange.ts'
import { answerJson } from './exchange.ts'
import { openApiOf } from './openapi.ts'
import { PAGE_POLICY, pageOf, textOf } from './page.ts'
import type { Parts } from './parts.ts'
import { Problem, PROBLEM_TYPE } from './problem.ts'
import { routesOf } from './routes.ts'

export type App = Hono<{ Bindings: HttpBindings }>

/** The routes, who may take them, and what is told of each request. */
export function appOf(parts: Parts): App {
  const { guard, tools, settings } = parts
  const { clock, report } = tools
  const routes = routesOf(parts)
  const hasToken = settings.token !== undefined
  const document = JSON.stringify(openApiOf(routes, hasToken))
  const app: App = new Hono()

  app.use(async (exchange, next) => {
    const begun = clock.monotonic()
    await next()
    report({
      type: 'request',
      at: clock.now(),
      method: exchange.req.method,
      target: exchange.env.incoming.url ?? '',
      status: exchange.res.status,
      durationMs: clock.monotonic() - begun,
    })
  })
  app.use(async ({ env }, next) => {
    guard.refuseForeign(env.incoming.headers)
    await next()
  })
  // What the service is, anybody may read who may talk to it.
  app.get('/', ({ env, req }) => {
    const origin = `http://${env.incoming.headers.host ?? ''}/`
    const isBrowser = req.header('accept')?.includes('text/html') === true
    const text = (isBrowser ? pageOf : textOf)(routes, origin, hasToken)
    const headers = {
      'Content-Type': `text/${isBrowser ? 'html' : 'plain'}; charset=utf-8`,
      'Content-Security-Policy': PAGE_POLICY,
      'X-Content-Type-Options': 'nosniff',
      Vary: 'Accept',
    }
    return new Response(text, { headers })
  })
  app.get('/openapi.json', () => answerJson(200, document))
  app.use(async ({ env }, next) => {
    guard.refuseUnknown(env.incoming.headers)
    await next()
  })
  const methods = new Map<string, string[]>([
    ['/', ['GET', 'HEAD']],
    ['/openapi.json', ['GET', 'HEAD']],
  ])
  for (const { method, path, handle } of routes) {
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1')
    app.on(method.toUpperCase(), pattern, handle)
    const known = methods.get(pattern) ?? []
    methods.set(pattern, [...known, ...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])])
  }
  for (const [pattern, known] of methods) app.all(pattern, (exchange) => otherMethod(exchange, known))
  app.notFound(() => problemResponse(new Problem(404, 'there is nothing here; / tells what there is')))
  app.onError((error) => {
    if (error instanceof Problem) return problemResponse(error)
    if (isAppError(error)) return problemResponse(new Problem(507, 'the file of the data cannot be written'))
    report({ type: 'bug', at: clock.now(), error })
    return problemResponse(new Problem(500, 'something in the service went wrong'))
  })
  return app
}

function otherMethod({ req }: Exchange, known: readonly string[]): Response {
  const allow = [...known, 'OPTIONS'].join(', ')
  if (req.method === 'OPTIONS') return new Response(null, { status: 204, headers: { Allow: allow } })
  throw new Problem(405, `${req.method} cannot be done here`, { headers: { Allow: allow } })
}

function problemResponse(problem: Problem): Response {
  const headers = { 'Content-Type': PROBLEM_TYPE, ...problem.headers }
  return new Response(problem.toJson(), { status: problem.status, headers })
}
