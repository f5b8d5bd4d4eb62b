import type { Caller } from '../../core/bench/ports.ts'
import type { DeliveryOutcome } from '../../core/delivery.ts'
import { outcomeName, wasAccepted } from '../../core/delivery.ts'
import { AppError } from '../../core/errors.ts'
import { headerValue } from '../../core/headers.ts'
import type { WebhookPlan } from './plan.ts'
import { parseSelector, select } from './selector.ts'
import type { Places } from './template.ts'
import { fillRequest, placesOf } from './template.ts'

export interface Subscription {
  /** Takes it back. What the target says to that changes nothing any more. */
  end(): Promise<void>
}

const TIMEOUT_MS = 10_000

/**
 * Asks the target to deliver to `webhookUrl`. Once that is done it can be undone even while the run is being ended:
 * a subscription left behind would deliver to nobody for ever.
 * @throws AppError `bench-refused`
 */
export async function subscribe(
  { subscribe: asked, unsubscribe }: WebhookPlan,
  webhookUrl: string,
  caller: Caller,
): Promise<Subscription> {
  if (asked === undefined) return { end: () => Promise.resolve() }
  const options = { timeoutMs: TIMEOUT_MS, signal: new AbortController().signal }
  const request = fillRequest(asked, { webhookUrl })
  const outcome = await caller.call(request, options)
  if (outcome.kind !== 'response' || !wasAccepted(outcome)) {
    throw new AppError('bench-refused', {
      step: 'subscribe',
      url: request.url,
      outcome: outcomeName(outcome),
    })
  }
  return {
    async end() {
      if (unsubscribe === undefined) return
      const places = { webhookUrl, ...answered(outcome, placesOf(unsubscribe), request.url) }
      await caller.call(fillRequest(unsubscribe, places), options)
    },
  }
}

/** What the answer to a subscription tells: `{location}`, and `{/pointer}` into its JSON body. */
function answered(
  { headers, body }: Extract<DeliveryOutcome, { kind: 'response' }>,
  wanted: ReadonlySet<string>,
  url: string,
): Places {
  const places: Record<string, string> = {}
  const location = locationOf(headerValue(headers, 'location'), url)
  if (location !== undefined) places['location'] = location
  for (const name of wanted) {
    const selector = name.startsWith('/') ? parseSelector(name) : undefined
    const value = selector === undefined ? undefined : select(selector, headers, body)[0]
    if (value !== undefined) places[name] = encodeURIComponent(value)
  }
  return places
}

/** Only where it stays with the target's own origin: a DELETE with the user's credentials goes nowhere else. */
function locationOf(location: string | undefined, url: string): string | undefined {
  if (location === undefined || !URL.canParse(location, url)) return undefined
  const resolved = new URL(location, url)
  return resolved.origin === new URL(url).origin ? resolved.href : undefined
}
