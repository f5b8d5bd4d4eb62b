import { createHmac } from 'node:crypto'
import type { VerifyFailure } from '../../core/verdict.ts'
import { isRecord, scalarText } from '../reader.ts'
import { decodeSignature, sameBytes } from './encoding.ts'

const LIFETIME_S = 300

/** Why a token is not good, or undefined where it is: HS256 only, so that `alg: none` and key confusion fail. */
export function jwtFailure(
  token: string,
  key: Buffer,
  nowMs: number,
  leewayMs: number,
): VerifyFailure | undefined {
  const [header, payload, signature, ...rest] = token.split('.', 4)
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) {
    return { code: 'header-malformed' }
  }
  const claims = decodeObject(payload)
  if (decodeObject(header)?.['alg'] !== 'HS256' || claims === undefined) return { code: 'header-malformed' }
  const mac = createHmac('sha256', key).update(`${header}.${payload}`, 'latin1').digest()
  const given = decodeSignature(signature, 'base64url')
  if (given === undefined || !sameBytes(given, mac)) return { code: 'no-match', candidates: 1 }
  return isExpired(claims, nowMs, leewayMs) ? { code: 'token-expired' } : undefined
}

/** A token of five minutes. */
export function createJwt(key: Buffer, nowMs: number): string {
  const issuedAt = Math.floor(nowMs / 1000)
  const header = encodeObject({ alg: 'HS256', typ: 'JWT' })
  const payload = encodeObject({ iat: issuedAt, exp: issuedAt + LIFETIME_S })
  const mac = createHmac('sha256', key).update(`${header}.${payload}`, 'latin1').digest('base64url')
  return `${header}.${payload}.${mac}`
}

function isExpired(claims: Readonly<Record<string, unknown>>, nowMs: number, leewayMs: number): boolean {
  const { exp, nbf } = claims
  const tooLate = exp !== undefined && !(Number(scalarText(exp)) * 1000 + leewayMs > nowMs)
  const tooEarly = nbf !== undefined && !(Number(scalarText(nbf)) * 1000 - leewayMs <= nowMs)
  return tooLate || tooEarly
}

function encodeObject(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url')
}

function decodeObject(part: string): Readonly<Record<string, unknown>> | undefined {
  const bytes = decodeSignature(part, 'base64url')
  if (bytes === undefined) return undefined
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
