import type { RawHeaders } from '../../src/core/request.ts'
import type { Verdict } from '../../src/core/verdict.ts'
import type { VerifyContext } from '../../src/providers/engine/verify.ts'
import { verify } from '../../src/providers/engine/verify.ts'
import { providerNamed } from './vectors.ts'

/** 2025-11-21T09:00:00Z */
export const NOW = 1_763_715_600_000
export const BODY: Buffer = Buffer.from('{"type":"a","data":{}}')
export const SECRET = 'whsec_text'

/** The verdict of a POST with these headers, at `NOW`. */
export function check(
  provider: string,
  headers: RawHeaders,
  secrets: readonly string[] = [SECRET],
  context: Partial<VerifyContext> & { target?: string; body?: Buffer } = {},
): Verdict {
  const { target = '/', body = BODY, ...rest } = context
  return verify({ method: 'POST', target, headers, body }, providerNamed(provider), secrets, {
    now: NOW,
    ...rest,
  })
}

/** The code of why a request is invalid; the status of any other. */
export function reasonOf(verdict: Verdict): string {
  return verdict.status === 'invalid' ? verdict.reason.code : verdict.status
}
