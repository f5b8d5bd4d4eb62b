import { destinationUrl } from '../../core/destination.ts'
import { AppError } from '../../core/errors.ts'
import { shortId } from '../../ui/lines.ts'
import type { Session } from '../session.ts'
import { isThisMachine, parseTarget } from '../target.ts'
import type { ReplayPlan } from './replay-plan.ts'
import type { Chosen } from './replay-select.ts'

/** So many to another machine are no test any more, unless its owner says so. */
const MOST_REMOTE = 100

export interface Addressed extends Chosen {
  readonly url: string
}

/**
 * Where each goes: where the user says, else where it last went or is owed to, else the project's target.
 * @throws AppError `usage` where nothing says it, `remote-target`
 */
export function addressesOf(
  chosen: readonly Chosen[],
  plan: Pick<ReplayPlan, 'to' | 'allowRemote' | 'repeat'>,
  session: Session,
): readonly Addressed[] {
  const inFile = session.setting<string | undefined>('target', undefined, parseTarget, undefined)
  let remote = 0
  return chosen.map((request) => {
    const { url, isTyped } = addressOf(request, plan.to, inFile)
    if (plan.allowRemote || isThisMachine(url)) return { ...request, url }
    const target = new URL(url).host
    if (!isTyped) throw new AppError('remote-target', { target, why: 'untyped' })
    remote += plan.repeat
    if (remote > MOST_REMOTE) throw new AppError('remote-target', { target, why: 'many' })
    return { ...request, url }
  })
}

function addressOf(
  { id, isStored, target, lastUrl, owedTo, isForeign }: Chosen,
  to: string | undefined,
  inFile: string | undefined,
): { readonly url: string; readonly isTyped: boolean } {
  if (to !== undefined) return { url: destinationUrl(to, target), isTyped: true }
  if (lastUrl !== undefined) return { url: lastUrl, isTyped: !isForeign }
  if (owedTo !== undefined) return { url: destinationUrl(owedTo, target), isTyped: !isForeign }
  if (inFile !== undefined) return { url: destinationUrl(inFile, target), isTyped: false }
  const ref = isStored ? shortId(id) : undefined
  throw new AppError('usage', {
    message: 'where to?',
    hint: `${ref ?? 'a request from a file'} was not delivered to anybody yet`,
    next: [`webhook-cli replay ${ref ?? '@saved.ndjson'} --to 3000`],
  })
}
