import { STATUS_CODES } from 'node:http'
import type { ParameterName, SchemaName } from './openapi-parts.ts'
import { PARAMETERS, schemas } from './openapi-parts.ts'
import { PROBLEM_TYPE } from './problem.ts'
import type { Route } from './routes.ts'

type Json = Readonly<Record<string, unknown>>

/** The OpenAPI 3.1 document of the routes. */
export function openApiOf(routes: readonly Route[], hasToken: boolean): Json {
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route)
  return {
    openapi: '3.1.0',
    info: {
      title: 'webhook-cli serve',
      version: '1',
      summary: 'A sample service: users, orders, payments, and every way to be told what happens to them.',
    },
    ...(hasToken && { security: [{ bearer: [] }, { apiKey: [] }] }),
    paths,
    components: {
      schemas: schemas(),
      parameters: Object.fromEntries(
        Object.entries(PARAMETERS).map(([name, rest]) => [name, { name, ...rest }]),
      ),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
  }
}

function operationOf(route: Route): Json {
  const { operationId, summary, parameters = [], body, success, problems = [] } = route
  const [status, schema] = success
  return {
    operationId,
    summary,
    tags: [route.path.split('/')[1] ?? ''],
    parameters: [...pathParameters(route.path), ...parameters.map(parameterRef)],
    ...(body !== undefined && {
      requestBody: { required: true, content: { 'application/json': schemaRef(body) } },
    }),
    responses: {
      [status]: {
        description: STATUS_CODES[status] ?? '',
        ...(schema !== undefined && { content: contentOf(schema) }),
      },
      ...Object.fromEntries([...problems, 401, 403, 421].map((code) => [code, problemAnswer(code)])),
    },
  }
}

function problemAnswer(status: number): Json {
  const description = STATUS_CODES[status] ?? ''
  return status === 304 ? { description } : { description, content: { [PROBLEM_TYPE]: schemaRef('Problem') } }
}

function contentOf(schema: SchemaName): Json {
  return { [schema === 'EventStream' ? 'text/event-stream' : 'application/json']: schemaRef(schema) }
}

function schemaRef(name: SchemaName): Json {
  return { schema: { $ref: `#/components/schemas/${name}` } }
}

function parameterRef(name: ParameterName): Json {
  return { $ref: `#/components/parameters/${name}` }
}

function pathParameters(path: string): Json[] {
  return Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
}
