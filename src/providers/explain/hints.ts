export type Framework = 'express' | 'fastify' | 'next' | 'hono' | 'flask' | 'rails'

/** How to get at the body as it was sent, one line for each framework. */
export function frameworkHints(): Readonly<Record<Framework, string>> {
  return {
    express:
      "app.use('/webhooks', express.raw({ type: '*/*' })) before express.json(): req.body is then the raw Buffer",
    fastify:
      "addContentTypeParser('application/json', { parseAs: 'buffer' }, (req, body, done) => done(null, body)): request.body is then the raw Buffer",
    next: 'in a route handler: const body = await request.text(), verify it, and only then JSON.parse(body)',
    hono: 'const body = await c.req.text() (or c.req.arrayBuffer()) before c.req.json()',
    flask: 'body = request.get_data() before request.json or request.form',
    rails: 'body = request.raw_post instead of params.to_json',
  }
}
