import type { Notice } from '../../core/notice.ts'
import type { Reporter } from '../../core/ports.ts'
import type { Query, StoredRequest } from '../../core/query.ts'
import { matches } from '../../core/query.ts'
import { pathOf } from '../../core/request.ts'
import { formatCount } from '../../core/units.ts'
import { sanitizeLine } from '../../ui/sanitize.ts'
import type { Talk } from '../../ui/talk.ts'
import type { CliDeps } from '../deps.ts'

/** Raises a desktop notification for requests that meet one of the conditions, and reports everything as before. */
export async function withNotices(
  reporter: Reporter,
  conditions: readonly Query[],
  talk: Talk,
  deps: CliDeps,
): Promise<Reporter> {
  const notifier = await deps.openNotifier()
  let isShowing = false
  let more = 0
  let hasComplained = false

  /** One at a time; what comes meanwhile is counted: a burst must not cover the screen. */
  async function show(notice: Notice): Promise<void> {
    isShowing = true
    const outcome = await notifier.notify(notice)
    if (outcome.kind !== 'shown' && !hasComplained) {
      hasComplained = true
      const why = outcome.kind === 'no-tool' ? `no ${outcome.tool} for them here` : String(outcome.status)
      talk.line(`note: desktop notifications do not work: ${sanitizeLine(why)}`)
    }
    isShowing = false
    if (more === 0) return
    const count = more
    more = 0
    await show({ title: 'webhook-cli', text: formatCount(count, 'more request') })
  }

  return {
    report(event) {
      reporter.report(event)
      if (event.type !== 'request') return
      const stored: StoredRequest = { request: event.request, ...event.assessment, deliveries: [] }
      if (!conditions.some((condition) => matches(condition, stored))) return
      if (isShowing) more++
      else void show(noticeOf(stored))
    },
    close: (patienceMs) => reporter.close(patienceMs),
  }
}

function noticeOf({ request, identity }: StoredRequest): Notice {
  const where = `${request.method} ${pathOf(request.target)}`
  return identity.event === undefined
    ? { title: 'webhook-cli', text: where }
    : {
        title: identity.event,
        text: identity.provider === undefined ? where : `${identity.provider}   ${where}`,
      }
}
