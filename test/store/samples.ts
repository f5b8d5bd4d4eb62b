import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Delivery, DeliveryOutcome } from '../../src/core/delivery.ts'
import type { Assessment, Random } from '../../src/core/ports.ts'
import type { NewRequest, RequestId } from '../../src/core/request.ts'
import { UNSIGNED } from '../../src/core/verdict.ts'

export const random: Random = (size) => randomBytes(size)

export const UNKNOWN: Assessment = { identity: {}, verdict: UNSIGNED }

export function requestOf(overrides: Partial<NewRequest> = {}): NewRequest {
  return {
    source: 'captured',
    receivedAt: 1_700_000_000_000,
    receivedMonotonic: 12.5,
    method: 'POST',
    target: '/hooks?a=1&a=2',
    httpVersion: '1.1',
    remoteAddress: '127.0.0.1',
    headers: [
      ['Host', 'localhost:8484'],
      ['X-Twice', 'one'],
      ['x-twice', 'two'],
    ],
    trailers: [],
    body: Buffer.from('{"hello":"world"}'),
    ...overrides,
  }
}

export function deliveryOf(requestId: RequestId, outcome: DeliveryOutcome): Delivery {
  return {
    requestId,
    cause: 'forward',
    target: 'http://localhost:3000/hooks',
    startedAt: 1_700_000_000_100,
    durationMs: 4.25,
    outcome,
  }
}

export function answerOf(status: number, body: Uint8Array = Buffer.from('ok')): DeliveryOutcome {
  return {
    kind: 'response',
    status,
    headers: [['Content-Type', 'text/plain']],
    body,
    bodySize: body.byteLength,
  }
}

export async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const row of rows) all.push(row)
  return all
}

export async function collectSeqs(rows: AsyncIterable<{ request: { seq: number } }>): Promise<number[]> {
  return (await collect(rows)).map(({ request }) => request.seq)
}

/** A directory of its own, and its removal. */
export function makeDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'store-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Every file under a directory. */
export function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
