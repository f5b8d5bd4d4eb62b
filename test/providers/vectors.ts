import { readFileSync } from 'node:fs'
import type { Provider } from '../../src/providers/types.ts'
import type { ProviderRequest } from '../../src/providers/reader.ts'
import { targetOf } from '../../src/providers/engine/url.ts'
import { findProvider } from '../../src/providers/table/index.ts'

interface VectorRequest {
  readonly method: string
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly bodyBase64?: string
}

export interface SignatureVector {
  readonly provider: string
  readonly name: string
  /** Unix seconds. */
  readonly now: number
  readonly secrets: readonly string[]
  readonly signingKey?: string
  readonly opts?: Readonly<Record<string, string>>
  readonly request: VectorRequest
  readonly expected: 'valid' | 'invalid'
  readonly reason?: string
}

export interface HandshakeVector {
  readonly provider: string
  readonly name: string
  readonly request: VectorRequest
  readonly opts: Readonly<Record<string, string>>
  readonly expected: {
    readonly status: number
    readonly body?: string
    readonly headers?: Readonly<Record<string, string>>
    readonly capture?: string
    readonly fetch?: string
  }
}

function fixture(name: string): string {
  return readFileSync(new URL(`../fixtures/vectors/${name}`, import.meta.url), 'utf8')
}

const { signatures }: { signatures: readonly SignatureVector[] } = JSON.parse(fixture('signatures.json'))
const { handshakes }: { handshakes: readonly HandshakeVector[] } = JSON.parse(fixture('handshakes.json'))

export const SIGNATURE_VECTORS: readonly SignatureVector[] = signatures
export const HANDSHAKE_VECTORS: readonly HandshakeVector[] = handshakes

export function requestOf({ request }: { readonly request: VectorRequest }): ProviderRequest {
  return {
    method: request.method,
    target: targetOf(request.url),
    headers: Object.entries(request.headers ?? {}),
    body:
      request.bodyBase64 === undefined
        ? Buffer.from(request.body ?? '', 'utf8')
        : Buffer.from(request.bodyBase64, 'base64'),
  }
}

export function providerNamed(id: string): Provider {
  const provider = findProvider(id)
  if (provider === undefined) throw new Error(`no provider ${id} in the table`)
  return provider
}
