import { makeParcel } from '../../app/replay-parcel.ts'
import { wasRefusedByUs } from '../../core/delivery.ts'
import { destinationUrl } from '../../core/destination.ts'
import { isAppError } from '../../core/errors.ts'
import type { StoredRequest } from '../../core/query.ts'
import type { KeyContext } from './keys.ts'

const TIMEOUT_MS = 30_000

/** `r` while listening: the newest request once more, to where it last went, else to the listener's first target. */
export async function replayLast(context: KeyContext): Promise<void> {
  const { store, reporter, talk, deps } = context
  try {
    const stored = await store.get('last')
    const url = urlOf(stored, context)
    if (url === undefined) return talk.line('  replay where to? webhook-cli replay last --to 3000')
    const { request, deliveries } = stored
    const replay = deliveries.filter(({ cause }) => cause === 'replay').length + 1
    const mark = { replay, id: request.id, now: deps.io.clock.now() }
    const { outgoing } = makeParcel(stored, url, { edits: { sets: [], headers: [] } }, mark)
    const forwarder = await deps.openForwarder({ connections: 1, loopbackOnly: !isOwnWord(url, context) })
    const attempt = await forwarder.deliver(outgoing, { timeoutMs: TIMEOUT_MS })
    await forwarder.close()
    const delivery = { requestId: request.id, cause: 'replay', target: url, ...attempt } as const
    const settlement = { kind: 'paid' } as const
    const notice = { request, delivery, settlement, isMirrored: false, isHidden: false }
    reporter.report({ type: 'delivery', attempt: notice })
    await store.record(delivery)
  } catch (error) {
    const isEmpty = isAppError(error) && error.code === 'no-such-request'
    talk.line(
      isEmpty
        ? '  nothing captured yet'
        : `  not replayed: ${isAppError(error) ? error.code : String(error)}`,
    )
  }
}

function urlOf({ request, deliveries }: StoredRequest, { destinations }: KeyContext): string | undefined {
  const before = deliveries.findLast(
    ({ cause, outcome }) => (cause === 'forward' || cause === 'replay') && !wasRefusedByUs(outcome),
  )
  const target = destinations.find((destination) => destination.kind === 'http')?.target
  return before?.target ?? (target === undefined ? undefined : destinationUrl(target, request.target))
}

/** Only what the user typed leads to other machines. */
function isOwnWord(url: string, { destinations }: KeyContext): boolean {
  return destinations.some(
    (destination) =>
      destination.kind === 'http' &&
      !destination.loopbackOnly &&
      new URL(destination.target).origin === new URL(url).origin,
  )
}
