import { destinationUrl } from '../../core/destination.ts'
import { editHeaders, endToEndHeaders, headerValue, headerValues } from '../../core/headers.ts'
import type { Answer, Outgoing } from '../../core/ports.ts'
import type { DeliveryOutcome } from '../../core/delivery.ts'
import type { CapturedRequest, RawHeaders } from '../../core/request.ts'

export interface OutgoingOptions {
  /** Set in place of what is there, or added; an empty value removes. */
  readonly headers: RawHeaders
  /** `keep` sends the Host that the request came with. */
  readonly hostHeader: 'keep' | 'target'
}

/** Our name in `Via` (RFC 9110 §7.6.3): by it a request that comes back to us is known. */
const PSEUDONYM = 'webhook-cli'

/** How often a request may pass us before we take it for a loop. */
const MAX_PASSES = 5

/** True for a request that went through us so often that its targets must lead back to us. */
export function isLooping(headers: RawHeaders): boolean {
  const hops = headerValues(headers, 'via').flatMap((value) => value.split(','))
  return hops.filter((hop) => hop.trim().split(/\s+/)[1] === PSEUDONYM).length >= MAX_PASSES
}

/**
 * A captured request on its way to a target: its own method, headers and bytes, and at the end who passed it on, under
 * which id, and, from the second time on, which attempt this is.
 */
export function outgoingOf(
  request: CapturedRequest,
  target: string,
  attempt: number,
  { headers, hostHeader }: OutgoingOptions,
): Outgoing {
  const kept = headers.length === 0 ? request.headers : editHeaders(request.headers, headers)
  const host = hostHeader === 'keep' ? headerValue(kept, 'host') : undefined
  return {
    method: request.method,
    url: destinationUrl(target, request.target),
    headers: [
      ...kept.filter(([name]) => !/^webhook-cli-(?:id|attempt)$/i.test(name)),
      ['Via', `${request.httpVersion} ${PSEUDONYM}`],
      ['Webhook-Cli-Id', request.id],
      ...(attempt > 1 ? [['Webhook-Cli-Attempt', String(attempt)] as const] : []),
    ],
    body: request.body,
    ...(host !== undefined && { host }),
  }
}

/** What the sender is told where it gets the application's own answer. */
export function mirrored(outcome: DeliveryOutcome, method: string): Answer {
  if (outcome.kind !== 'response') {
    const { kind, code } = outcome
    if (code === 'ETIMEDOUT') return ownAnswer(504, 'the app did not answer in time', code)
    // Whoever is told that nothing arrived may send it elsewhere.
    const what = kind === 'unknown' ? 'the app gave no whole answer' : 'the app cannot be reached'
    return ownAnswer(502, what, code)
  }
  const { status, headers, body, bodySize } = outcome
  if (bodySize > body.byteLength)
    return ownAnswer(502, 'the answer of the app is too large to pass on', 'TOO_LARGE')
  const passed = endToEndHeaders(headers)
  if (method === 'HEAD') return { status, headers: passed, body, toHead: true }
  // Its length is that of the body we have.
  return { status, headers: passed.filter(([name]) => name.toLowerCase() !== 'content-length'), body }
}

function ownAnswer(status: number, error: string, code: string): Answer {
  return {
    status,
    headers: [['Content-Type', 'application/json']],
    body: Buffer.from(JSON.stringify({ error, code })),
  }
}

export const LOOP_ANSWER: Answer = ownAnswer(508, 'this request has been here before', 'LOOP')
