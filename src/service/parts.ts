import type { ServiceSettings, ServiceTools } from '../core/service.ts'
import type { EventLog } from './event-log.ts'
import type { Guard } from './guard.ts'
import type { Shop } from './shop.ts'
import type { Closing } from './waiting.ts'
import type { Webhooks } from './webhooks.ts'

/** What the routes work on. */
export interface Parts {
  readonly settings: ServiceSettings
  readonly tools: ServiceTools
  readonly log: EventLog
  readonly shop: Shop
  readonly webhooks: Webhooks
  readonly guard: Guard
  readonly closing: Closing
  /** Another one at each start: revisions begin anew where data are in memory, and entity tags must not. */
  readonly run: string
}

/** @param page what a representation shows that is not all there is: who has one page has not the next */
export function entityTag({ run }: Pick<Parts, 'run'>, revision: number, page = ''): string {
  return `"${run}-${revision}${page}"`
}
