import { isDeepStrictEqual } from 'node:util'
import { headerValue } from '../core/headers.ts'
import type { Answer } from '../core/ports.ts'
import type { VerifyFailure } from '../core/verdict.ts'
import { UNSIGNED } from '../core/verdict.ts'
import { dress } from './engine/dress.ts'
import type { Draft } from './engine/place.ts'
import { sign } from './engine/sign.ts'
import { targetOf } from './engine/url.ts'
import { bytesOf, encodeField } from './fields.ts'
import { answerHandshake } from './handshake.ts'
import { bufferOf } from './reader.ts'
import type { FillSource } from './samples/placeholders.ts'
import { placeholderFiller } from './samples/placeholders.ts'
import type { Handshake, Provider } from './types.ts'

/** What playing a provider's part needs. */
export interface PlayContext extends FillSource {
  readonly url: string
  /** What the application is configured with: checks its answer. */
  readonly secret?: string
  /** What signs; the same as `secret` unless it is a key pair. */
  readonly signingKey?: string
  readonly options?: Readonly<Record<string, string>>
}

/** A challenge to be sent, and what tells whether the answer is right. */
export interface PlayedHandshake {
  readonly request: Draft
  readonly judge: (answer: Answer, durationMs: number) => HandshakeJudgement
}

/** What is wrong with an answer, or nothing. */
export type HandshakeJudgement =
  | { readonly passed: true }
  | {
      readonly passed: false
      readonly reason: 'status' | 'header' | 'body' | 'too-slow'
      readonly expected: string
    }

export type PlayResult = PlayedHandshake | { readonly failure: VerifyFailure }

/** Makes the request with which a provider begins a handshake. */
export function playHandshake(provider: Provider, handshake: Handshake, context: PlayContext): PlayResult {
  const { play } = handshake
  const absent = missingInput(handshake, context)
  if (absent !== undefined) return { failure: absent }
  const fill = filler(context)
  const challenge = fill('{challenge}')
  let draft: Draft = {
    method: play.method,
    url: withPlayQuery(context.url, play.query ?? {}, fill),
    headers: Object.entries(play.headers ?? {}).map(([name, value]) => [name, fill(value)] as const),
    body: Buffer.from(fill(play.json ?? ''), 'utf8'),
  }
  draft = dress(draft, provider, handshake.name, context)
  if (play.signed === true) {
    const key = context.signingKey ?? context.secret ?? ''
    const result = sign(draft, provider, key, { now: context.now, options: context.options ?? {} })
    if ('failure' in result) return result
    draft = result.signed
  }
  return { request: draft, judge: judgeOf(provider, handshake, context, draft, challenge) }
}

function missingInput(handshake: Handshake, context: PlayContext): VerifyFailure | undefined {
  const texts = JSON.stringify([handshake.play, handshake.reply])
  for (const [, name = ''] of texts.matchAll(/\{option:(\w+)\}/g)) {
    if (context.options?.[name] === undefined) return { code: 'option-missing', subject: name }
  }
  const needsSecret = handshake.play.signed === true || /\{(?:hmac-|secret\})/.test(texts)
  return needsSecret && context.secret === undefined ? { code: 'secret-malformed' } : undefined
}

/** One challenge for the whole request, in letters that no application has to escape. */
function filler(context: PlayContext): (text: string) => string {
  const fillPlaceholders = placeholderFiller(context)
  const challenge = fillPlaceholders('{id:32}')
  return (template) =>
    fillPlaceholders(
      template
        .replaceAll('{challenge}', challenge)
        .replaceAll('{secret}', () => context.secret ?? '')
        .replace(/\{option:(\w+)\}/g, (_, name: string) => context.options?.[name] ?? ''),
    )
}

function withPlayQuery(
  url: string,
  query: Readonly<Record<string, string>>,
  fill: (text: string) => string,
): string {
  const fields = Object.entries(query).map(([name, value]) => `${name}=${encodeField(bytesOf(fill(value)))}`)
  if (fields.length === 0) return url
  return `${url}${url.includes('?') ? '&' : '?'}${fields.join('&')}`
}

function judgeOf(
  provider: Provider,
  handshake: Handshake,
  context: PlayContext,
  request: Draft,
  challenge: string,
): PlayedHandshake['judge'] {
  // Our own answer to our own challenge is the right one.
  const ours = answerHandshake(
    { ...request, target: targetOf(request.url) },
    [{ ...provider, handshakes: [handshake] }],
    {
      secretsOf: () => (context.secret === undefined ? [] : [context.secret]),
      options: context.options ?? {},
      verdict: handshake.signed === undefined ? UNSIGNED : { status: 'valid', provider: provider.id },
    },
  )
  const { status, body, header, deadlineMs } = handshake.play
  return (answer, durationMs) => {
    if (!statusMatches(status, answer.status)) return { passed: false, reason: 'status', expected: status }
    const wanted = bufferOf(ours?.answer.body ?? Buffer.alloc(0)).toString('utf8')
    if (!bodyMatches(body ?? 'any', bufferOf(answer.body).toString('utf8'), wanted, challenge)) {
      return { passed: false, reason: 'body', expected: wanted }
    }
    const echo = header === undefined ? undefined : headerValue(ours?.answer.headers ?? [], header)
    if (header !== undefined && echo !== undefined && !headerMatches(answer, header, echo)) {
      return { passed: false, reason: 'header', expected: `${header}: ${echo}` }
    }
    if (deadlineMs !== undefined && durationMs > deadlineMs) {
      return { passed: false, reason: 'too-slow', expected: `${deadlineMs} ms` }
    }
    return { passed: true }
  }
}

/** Whether a status is among `200`, `2xx`, `200,204`. */
function statusMatches(accepted: string, status: number): boolean {
  return accepted
    .split(',')
    .some((one) => (one === '2xx' ? status >= 200 && status < 300 : one === String(status)))
}

function headerMatches(answer: Answer, name: string, wanted: string): boolean {
  const value = headerValue(answer.headers, name)
  return value === wanted || value === '*'
}

function bodyMatches(
  rule: 'same' | 'challenge' | 'any',
  body: string,
  wanted: string,
  challenge: string,
): boolean {
  if (rule === 'any') return true
  if (rule === 'challenge') return body.includes(challenge)
  return body === wanted || sameJson(body, wanted)
}

/** Spaces and the order of keys are the application's own business. */
function sameJson(a: string, b: string): boolean {
  if (!b.startsWith('{')) return false
  try {
    return isDeepStrictEqual(JSON.parse(a), JSON.parse(b))
  } catch {
    return false
  }
}
