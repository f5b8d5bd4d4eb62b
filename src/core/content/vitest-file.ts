import type { NewRequest } from '../request.ts'
import { jsBytes, jsLines, jsString } from './js-text.ts'

/** A part of a text that is put together when the test runs. */
export type Piece =
  | { readonly text: string }
  /** The secret itself, from this variable, for schemes that send it along. */
  | { readonly secret: string; readonly encoding: 'utf8' | 'base64' }
  /** The time signed, the signature, the bytes of the body. */
  | 't'
  | 'sig'
  | 'body'

/** How a signature is made anew: an HMAC of a shared secret, as most providers have it. */
export interface Resigning {
  readonly hash: 'sha1' | 'sha256' | 'sha512'
  readonly encoding: 'hex' | 'base64' | 'base64url'
  /** How the text of the secret becomes key bytes, after its prefix. */
  readonly key: { readonly form: 'utf8' | 'base64' | 'hex'; readonly prefix?: string }
  readonly unit: 's' | 'ms' | 'iso'
  readonly content: readonly Piece[]
}

/** A header of the fixture: as captured, or computed. */
export type TestHeader = readonly [name: string, value: string | readonly Piece[]]

/** What keeps the captured signature valid when the test runs, days later. */
export type Validity =
  /** Its scheme knows no time. */
  | { readonly kind: 'lasting' }
  | { readonly kind: 'resigned'; readonly secretEnv: string; readonly how: Resigning }
  /** It cannot be made anew: the test's clock stands where it was captured. */
  | { readonly kind: 'frozen' }

export interface TestFile {
  readonly request: Pick<NewRequest, 'method' | 'target' | 'body' | 'receivedAt'>
  /** In order; hop-by-hop headers, Host and framing are left out. */
  readonly headers: readonly TestHeader[]
  readonly validity: Validity
  /** Where the application is, unless the environment says otherwise: `http://localhost:3000`. */
  readonly origin: string
  /** `k7m2p9xa, stripe charge.succeeded`: for the comment and the test's name. */
  readonly title: string
  /** The status that the application answered when it took it; any 2xx unless given. */
  readonly status?: number
}

/** A test for Vitest that sends the request to the application and wants it accepted. */
export function toVitestFile(file: TestFile): string {
  const { request, validity, title } = file
  const captured = new Date(request.receivedAt).toISOString()
  const envs = secretNames(file)
  return [
    `// ${title}, captured ${captured}. Written by webhook-cli export.`,
    ...(validity.kind === 'resigned' ? [`import { createHmac } from 'node:crypto'`] : []),
    validity.kind === 'frozen'
      ? `import { afterEach, beforeEach, expect, test, vi } from 'vitest'`
      : `import { expect, test } from 'vitest'`,
    '',
    '/** Where the application listens: start it here, before the tests, or beside them. */',
    `const origin = process.env['WEBHOOK_TARGET'] ?? ${jsString(file.origin)}`,
    ...envs.map((name, at) => `const ${secretVariable(at)} = process.env[${jsString(name)}] ?? ''`),
    '',
    `const body = ${jsBytes(request.body, {
      ofText: (text) => `Buffer.from(${jsLines(text)})`,
      ofBase64: (base64) => `Buffer.from(${base64}, 'base64')`,
    })}`,
    '',
    ...headersFunction(file, envs),
    '',
    ...(validity.kind === 'frozen' ? frozenClock(captured) : []),
    ...testLines(file, envs),
    '',
  ].join('\n')
}

function frozenClock(captured: string): string[] {
  return [
    '// The signature holds for a few minutes around this moment, for an application that runs in this process.',
    `beforeEach(() => void vi.useFakeTimers({ now: new Date('${captured}'), toFake: ['Date'] }))`,
    'afterEach(() => void vi.useRealTimers())',
    '',
  ]
}

function headersFunction({ headers, validity }: TestFile, envs: readonly string[]): string[] {
  const computed =
    validity.kind === 'resigned'
      ? [
          '  // Signed as of now: what was captured is too old to be accepted.',
          `  const t = ${timeExpression(validity.how.unit)}`,
          `  const sig = ${signatureExpression(validity.how, envs)}`,
        ]
      : []
  return [
    'function headers(): [string, string][] {',
    ...computed,
    '  return [',
    ...headers.map(([name, value]) => `    [${jsString(name)}, ${valueExpression(value, envs)}],`),
    '  ]',
    '}',
  ]
}

function timeExpression(unit: Resigning['unit']): string {
  if (unit === 'iso') return 'new Date().toISOString()'
  return unit === 's' ? 'String(Math.floor(Date.now() / 1000))' : 'String(Date.now())'
}

function signatureExpression({ hash, encoding, key, content }: Resigning, envs: readonly string[]): string {
  const text = key.prefix === undefined ? 'secret' : `secret.replace(${jsString(key.prefix)}, '')`
  const updates = content.map((piece) => `.update(${pieceExpression(piece, envs)})`).join('')
  return `createHmac('${hash}', Buffer.from(${text}, '${key.form}'))${updates}.digest('${encoding}')`
}

function valueExpression(value: TestHeader[1], envs: readonly string[]): string {
  if (typeof value === 'string') return jsString(value)
  return value.map((piece) => pieceExpression(piece, envs)).join(' + ')
}

function pieceExpression(piece: Piece, envs: readonly string[]): string {
  if (typeof piece === 'string') return piece
  if ('text' in piece) return jsString(piece.text)
  const variable = secretVariable(envs.indexOf(piece.secret))
  return piece.encoding === 'utf8' ? variable : `Buffer.from(${variable}).toString('base64')`
}

function secretNames({ headers, validity }: TestFile): string[] {
  const names = headers
    .flatMap(([, value]) => (typeof value === 'string' ? [] : value))
    .flatMap((piece) => (typeof piece === 'object' && 'secret' in piece ? [piece.secret] : []))
  return [...new Set([...(validity.kind === 'resigned' ? [validity.secretEnv] : []), ...names])]
}

function secretVariable(at: number): string {
  return at === 0 ? 'secret' : `secret${at + 1}`
}

function testLines({ request, title, status }: TestFile, envs: readonly string[]): string[] {
  const hasBody = request.body.byteLength > 0 && !/^(?:GET|HEAD)$/i.test(request.method)
  return [
    `test(${jsString(`${title} is accepted`)}, async () => {`,
    ...envs.map(
      (name, at) => `  expect(${secretVariable(at)}, ${jsString(`the variable ${name}`)}).not.toBe('')`,
    ),
    `  const response = await fetch(origin + ${jsString(request.target)}, {`,
    `    method: ${jsString(request.method)},`,
    '    headers: headers(),',
    ...(hasBody ? ['    body,'] : []),
    `    redirect: 'manual',`,
    '  })',
    status === undefined
      ? '  expect(response.ok, await response.text()).toBe(true)'
      : `  expect(response.status, await response.text()).toBe(${status})`,
    '})',
  ]
}
