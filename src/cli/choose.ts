import type { Store } from '../core/ports.ts'
import type { Query, StoredRequest } from '../core/query.ts'
import { matches } from '../core/query.ts'

/** A request that was named, or those of a range by their order of capture, both ends included. */
type Choice =
  | { readonly kind: 'one'; readonly stored: StoredRequest }
  | { readonly kind: 'range'; readonly from: number; readonly to: number }

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
  for (const ref of refs) choices.push(await choiceOf(ref, store))
  const given = new Set<string>()
  for (const choice of choices) {
    for await (const stored of requestsOf(choice, query, store)) {
      if (given.has(stored.request.id)) continue
      given.add(stored.request.id)
      yield stored
    }
  }
}

async function choiceOf(ref: string, store: Store): Promise<Choice> {
  const [, from, to] = /^(.+?)\.\.(.+)$/s.exec(ref) ?? []
  if (from === undefined || to === undefined) return { kind: 'one', stored: await store.get(ref) }
  const ends = [(await store.get(from)).request.seq, (await store.get(to)).request.seq]
  return { kind: 'range', from: Math.min(...ends), to: Math.max(...ends) }
}

async function* requestsOf(choice: Choice, query: Query, store: Store): AsyncGenerator<StoredRequest> {
  if (choice.kind === 'one') {
    if (matches(query, choice.stored)) yield choice.stored
    return
  }
  yield* store.read({ ...query, afterSeq: choice.from - 1, beforeSeq: choice.to + 1, oldestFirst: true })
}
