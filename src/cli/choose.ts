import type { Store } from '../core/ports.ts'
import type { Query, StoredRequest } from '../core/query.ts'
import { matches } from '../core/query.ts'

/** A request that was named, or those of a range by their order of capture, both ends included. */
type Choice =
  | { readonly kind: 'one'; readonly stored: StoredRequest }
  | { readonly kind: 'range'; readonly query: Query }

/**
 * The requests that refs name and for which the query holds, each once: in the order of the refs, of a range
 * `ref..ref` in the order of capture; without refs all that match, the oldest first. Every ref is looked up before
 * the first request is given.
 * @throws AppError `no-such-request` or `ambiguous-ref`
 */
export async function* chosenRequests(
  refs: readonly string[],
  query: Query,
  store: Store,
): AsyncGenerator<StoredRequest> {
  if (refs.length === 0) return yield* store.read({ ...query, oldestFirst: true })
  const choices: Choice[] = []
  for (const ref of refs) choices.push(await choiceOf(ref, query, store))
  const given = new Set<string>()
  for (const choice of choices) {
    for await (const stored of requestsOf(choice, query, store)) {
      if (given.has(stored.request.id)) continue
      given.add(stored.request.id)
      yield stored
    }
  }
}

const RANGE = /^([^./\\@]+)\.\.([^./\\@]+)$/

/**
 * The query narrowed to a range `ref..ref`: both ends belong to it, whichever is the older one. Undefined for what is
 * no range.
 * @throws AppError `no-such-request` or `ambiguous-ref`
 */
export async function rangeOf(word: string, query: Query, store: Store): Promise<Query | undefined> {
  const [, from, to] = RANGE.exec(word) ?? []
  if (from === undefined || to === undefined) return undefined
  const ends = [(await store.get(from)).request.seq, (await store.get(to)).request.seq]
  return { ...query, afterSeq: Math.min(...ends) - 1, beforeSeq: Math.max(...ends) + 1 }
}

async function choiceOf(ref: string, query: Query, store: Store): Promise<Choice> {
  const range = await rangeOf(ref, query, store)
  return range === undefined ? { kind: 'one', stored: await store.get(ref) } : { kind: 'range', query: range }
}

async function* requestsOf(choice: Choice, query: Query, store: Store): AsyncGenerator<StoredRequest> {
  if (choice.kind === 'one') {
    if (matches(query, choice.stored)) yield choice.stored
    return
  }
  yield* store.read({ ...choice.query, oldestFirst: true })
}
