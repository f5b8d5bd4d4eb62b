import { createHash } from 'node:crypto'
import type { Answer } from '../core/ports.ts'
import type { ProviderId, Verdict } from '../core/verdict.ts'
import { optionOf } from './engine/content-input.ts'
import { sameBytes } from './engine/encoding.ts'
import { allowedUrl } from './engine/url.ts'
import type { ProviderRequest } from './reader.ts'
import { RequestReader } from './reader.ts'
import type { TemplateInput } from './templates.ts'
import { fillAnswer } from './templates.ts'
import type { Handshake, HandshakeReply, Provider } from './types.ts'

export interface HandshakeContext {
  /** Secrets of a provider; the first one answers. */
  readonly secretsOf: (provider: Provider) => readonly string[]
  readonly options: Readonly<Record<string, string>>
  /** What the request's signature was found to be, for the handshakes that are signed. */
  readonly verdict: Verdict
}

/** The answer to a provider's challenge. */
export interface HandshakeAnswer {
  readonly provider: ProviderId
  readonly handshake: string
  readonly answer: Answer
  /** False where the challenge was refused: wrong verify token or signature. */
  readonly accepted: boolean
  /** The secret of all later requests, which the provider sent along. */
  readonly captured?: string
  /** The https URL on the provider's own hosts that has to be fetched to confirm: only if the user asked for it. */
  readonly fetch?: string
}

/**
 * Answers a challenge, or gives undefined where the request is none, or what the answer needs was not given.
 *
 * `candidates` are the providers that may be meant: the one the user chose, those with a secret, or one that was
 * detected with certainty. For any other, the answer would echo a stranger's text at a stranger's wish.
 */
export function answerHandshake(
  request: ProviderRequest,
  candidates: readonly Provider[],
  context: HandshakeContext,
): HandshakeAnswer | undefined {
  const reader = new RequestReader(request)
  for (const provider of candidates) {
    for (const handshake of provider.handshakes ?? []) {
      if (!isMeant(handshake, reader)) continue
      const input = { reader, provider, secrets: context.secretsOf(provider), options: context.options }
      const answer = answerOne(handshake, input, context.verdict)
      if (answer !== undefined) return answer
    }
  }
  return undefined
}

function isMeant({ when }: Handshake, reader: RequestReader): boolean {
  if (when.method !== undefined && reader.request.method !== when.method) return false
  if (when.where !== undefined && !reader.matches(when.where)) return false
  return when.pattern === undefined || when.pattern.regex.test(reader.text(when.pattern.source) ?? '')
}

function answerOne(
  handshake: Handshake,
  input: TemplateInput,
  verdict: Verdict,
): HandshakeAnswer | undefined {
  const named = { provider: input.provider.id, handshake: handshake.name }
  const standing = standingOf(handshake, input, verdict)
  if (standing === 'unknown') return undefined
  if (standing === 'wrong') {
    if (handshake.refusal === undefined) return undefined
    return {
      ...named,
      answer: { status: handshake.refusal, headers: [], body: Buffer.alloc(0) },
      accepted: false,
    }
  }
  const answer = answerOf(handshake.reply, input)
  if (answer === undefined) return undefined
  const captured = handshake.capture === undefined ? undefined : input.reader.text(handshake.capture)
  const fetch = fetchUrlOf(handshake, input.reader)
  if (handshake.fetch !== undefined && fetch === undefined) return undefined
  return {
    ...named,
    answer,
    accepted: true,
    ...(captured === undefined ? {} : { captured }),
    ...(fetch === undefined ? {} : { fetch }),
  }
}

/** Whether the asker has shown to be the provider; `unknown` where we were not given what tells. */
function standingOf(
  handshake: Handshake,
  { reader, provider, options }: TemplateInput,
  verdict: Verdict,
): 'right' | 'wrong' | 'unknown' {
  if (handshake.check !== undefined) {
    const wanted = optionOf(options, handshake.check.option)
    if (wanted === undefined) return 'unknown'
    const given = reader.text(handshake.check.source) ?? ''
    return sameBytes(digestOf(given), digestOf(wanted)) ? 'right' : 'wrong'
  }
  if (handshake.signed === undefined) return 'right'
  // The verdict may be about another provider that shares this one's signs: then it says nothing here.
  const isOurs = verdict.status !== 'unsigned' && verdict.provider === provider.id
  if (isOurs && verdict.status === 'valid') return 'right'
  if (isOurs && verdict.status !== 'unchecked') return 'wrong'
  return handshake.signed === 'not-invalid' ? 'right' : 'unknown'
}

function answerOf(reply: HandshakeReply, input: TemplateInput): Answer | undefined {
  const headers: [string, string][] = []
  for (const [name, template] of Object.entries(reply.headers ?? {})) {
    const value = fillAnswer(template, input)
    if (value === undefined || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return undefined
    headers.push([name, value])
  }
  if (reply.text !== undefined) {
    const text = fillAnswer(reply.text, input)
    if (text === undefined) return undefined
    headers.push(['Content-Type', 'text/plain'], ['X-Content-Type-Options', 'nosniff'])
    return { status: reply.status, headers, body: Buffer.from(text, 'utf8') }
  }
  if (reply.json === undefined) return { status: reply.status, headers, body: Buffer.alloc(0) }
  const filled: [string, string | number][] = []
  for (const [key, template] of Object.entries(reply.json)) {
    const value = typeof template === 'number' ? template : fillAnswer(template, input)
    if (value === undefined) return undefined
    filled.push([key, value])
  }
  headers.push(['Content-Type', 'application/json'], ['X-Content-Type-Options', 'nosniff'])
  return {
    status: reply.status,
    headers,
    body: Buffer.from(JSON.stringify(Object.fromEntries(filled)), 'utf8'),
  }
}

function fetchUrlOf(handshake: Handshake, reader: RequestReader): string | undefined {
  if (handshake.fetch === undefined) return undefined
  const url = reader.text(handshake.fetch.url)
  return url === undefined ? undefined : allowedUrl(url, handshake.fetch.allowed)
}

/** Of equal length whatever the token's, so that a comparison in constant time is possible. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}
