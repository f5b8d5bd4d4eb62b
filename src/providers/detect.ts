import type { Identity, ProviderId } from '../core/verdict.ts'
import type { ProviderRequest } from './reader.ts'
import { isFormRequest, isRecord, isSource, parseSource, RequestReader } from './reader.ts'
import { PROVIDERS } from './table/index.ts'
import type { DetectRule, Provider, Selector } from './types.ts'

/** What is known of a request's sender. */
export interface Detection {
  readonly identity: Identity
  readonly provider?: Provider
  /** False where only a sign was found that others use too: enough to name it, not to answer its challenges. */
  readonly certain: boolean
}

// Above this a body is not parsed only to name its event: a 25 MiB body would stop everything for a while.
const MAX_EVENT_BODY = 1024 * 1024
const MAX_UNKNOWN_BODY = 32 * 1024
const MAX_NAME_CHARS = 200

// Header names differ little from one request to the next; a sender who invents new ones fills no memory.
const MAX_CACHED_NAMES = 1024

interface CompiledRule {
  readonly provider: Provider
  readonly rule: DetectRule
  /** Lower is better: a header of its own, a header with a test, the body, a sign shared with others. */
  readonly rank: number
  /** Among all rules, the best first: of several that hold, the one with the lowest counts. */
  readonly order: number
}

const RANK = { own: 0, tested: 1, body: 2, shared: 3 } as const

/** Rules sorted for one pass over a request's headers, and one over the names in its body and query. */
export class Detector {
  readonly #byHeader = new Map<string, CompiledRule[]>()
  /** By `json:type`, `form:type`, `query:type`: what a rule without a header must find first. */
  readonly #byName = new Map<string, CompiledRule[]>()
  readonly #cachedNames = new Map<string, readonly CompiledRule[] | null>()

  /** `preferred`: the providers the user has secrets for; of several that share a sign, one of these is meant. */
  constructor(providers: readonly Provider[], preferred: ReadonlySet<ProviderId> = new Set()) {
    const ordered = [
      ...providers.filter((provider) => preferred.has(provider.id)),
      ...providers.filter((provider) => !preferred.has(provider.id)),
    ]
    const rules = ordered.flatMap((provider) =>
      provider.detect.map((rule) => ({ provider, rule, rank: rankOf(rule) })),
    )
    for (const [order, rule] of rules.toSorted((a, b) => a.rank - b.rank).entries())
      this.#add({ ...rule, order })
  }

  /** Never throws: a request that nothing is known of has an empty identity. */
  detect(request: ProviderRequest): Detection {
    const reader = new RequestReader(request, { maxJsonBytes: MAX_EVENT_BODY })
    const found = this.#byHeaders(request, reader) ?? this.#byBody(reader)
    if (found === undefined) return { identity: genericIdentity(reader), certain: false }
    const { provider } = found
    const event = firstOf(reader, provider.event)
    const deliveryId = firstOf(reader, provider.delivery)
    return {
      identity: {
        provider: provider.id,
        ...(event === undefined ? {} : { event }),
        ...(deliveryId === undefined ? {} : { deliveryId }),
      },
      provider,
      certain: found.rank !== RANK.shared,
    }
  }

  #add(compiled: CompiledRule): void {
    const header = compiled.rule.header?.toLowerCase()
    const [index, name] =
      header === undefined ? [this.#byName, firstNameOf(compiled.rule)] : [this.#byHeader, header]
    const rules = index.get(name)
    if (rules === undefined) index.set(name, [compiled])
    else rules.push(compiled)
  }

  #byHeaders(request: ProviderRequest, reader: RequestReader): CompiledRule | undefined {
    let best: CompiledRule | undefined
    for (const [name, value] of request.headers) {
      const rules = this.#rulesFor(name)
      if (rules === null) continue
      for (const candidate of rules) {
        // Of equal rules the first header's first stands, so that the body is not parsed in vain.
        if (best !== undefined && candidate.rank >= best.rank) continue
        if (ruleHolds(candidate.rule, value, reader)) best = candidate
      }
      if (best?.rank === RANK.own) return best
    }
    // A shared sign in the headers is no better than a body that is somebody's own.
    return best?.rank === RANK.shared ? (this.#byBody(reader, RANK.body) ?? best) : best
  }

  #byBody(reader: RequestReader, worstRank: number = RANK.shared): CompiledRule | undefined {
    const { body, target } = reader.request
    if (body.byteLength > MAX_UNKNOWN_BODY) return undefined
    if (body.byteLength === 0 && !target.includes('?')) return undefined
    let best: CompiledRule | undefined
    for (const name of namesIn(reader)) {
      for (const candidate of this.#byName.get(name) ?? []) {
        if (candidate.rank > worstRank || (best !== undefined && candidate.order >= best.order)) continue
        if (reader.matches(candidate.rule.where ?? {})) best = candidate
      }
    }
    return best
  }

  #rulesFor(name: string): readonly CompiledRule[] | null {
    const cached = this.#cachedNames.get(name)
    if (cached !== undefined) return cached
    const rules = this.#byHeader.get(name.toLowerCase()) ?? null
    if (this.#cachedNames.size < MAX_CACHED_NAMES) this.#cachedNames.set(name, rules)
    return rules
  }
}

let defaultDetector: Detector | undefined

/** Who sent a request, what it announces and under which id. */
export function identify(request: ProviderRequest, detector?: Detector): Identity {
  defaultDetector ??= new Detector(PROVIDERS)
  return (detector ?? defaultDetector).detect(request).identity
}

/** The name that a request must hold at the top level for a rule without a header to be worth asking. */
function firstNameOf(rule: DetectRule): string {
  for (const [source, wanted] of Object.entries(rule.where ?? {})) {
    if (wanted === null || !isSource(source)) continue
    const parsed = parseSource(source)
    if (parsed.kind === 'json') return `json:${parsed.path[0] ?? ''}`
    if (parsed.kind === 'form' || parsed.kind === 'query') return `${parsed.kind}:${parsed.name}`
  }
  return ANY_NAME
}

/** For rules that name no field at the top level, such as a user's own. */
const ANY_NAME = '*'

// A body of many thousand keys is no event, and would be searched at our cost.
const MAX_NAMES = 256

/** What the query and the body of a request name at their top level. */
function* namesIn(reader: RequestReader): Generator<string> {
  yield ANY_NAME
  for (const [name] of reader.query().slice(0, MAX_NAMES)) yield `query:${name}`
  if (reader.request.body.byteLength === 0) return
  const json = reader.json()
  if (Array.isArray(json)) yield 'json:0'
  else if (isRecord(json)) for (const key of Object.keys(json).slice(0, MAX_NAMES)) yield `json:${key}`
  else if (isFormRequest(reader)) {
    for (const [name] of reader.form().slice(0, MAX_NAMES)) yield `form:${name}`
  }
}

function rankOf(rule: DetectRule): number {
  if (rule.shared === true) return RANK.shared
  if (rule.header === undefined) return RANK.body
  return rule.where === undefined && rule.prefix === undefined ? RANK.own : RANK.tested
}

function ruleHolds(rule: DetectRule, value: string, reader: RequestReader): boolean {
  if (rule.prefix !== undefined && !value.startsWith(rule.prefix)) return false
  return rule.where === undefined || reader.matches(rule.where)
}

/** The value of the first selector that has one; what is not printed on one line is no name. */
function firstOf(reader: RequestReader, selectors: readonly Selector[] | undefined): string | undefined {
  for (const selector of selectors ?? []) {
    const value = valueOf(reader, selector)
    if (value !== undefined && value !== '' && value.length <= MAX_NAME_CHARS) return value
  }
  return undefined
}

function valueOf(reader: RequestReader, selector: Selector): string | undefined {
  if (typeof selector === 'string') return reader.text(selector)
  const values = selector.map((source) => reader.text(source))
  return values[0] === undefined ? undefined : values.filter((value) => value !== undefined).join('.')
}

const GENERIC_EVENT = [
  'json:event',
  'json:type',
  'json:event_type',
  'json:eventType',
  'json:topic',
  'json:event.type',
  'json:action',
] as const satisfies readonly Selector[]

/** The event of a sender we do not know, by the names that most people give it. */
function genericIdentity(reader: RequestReader): Identity {
  const { body } = reader.request
  if (body.byteLength === 0 || body.byteLength > MAX_UNKNOWN_BODY) return {}
  const event = firstOf(reader, GENERIC_EVENT)
  return event === undefined ? {} : { event }
}
