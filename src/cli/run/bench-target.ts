import type { Trigger, WebhookPlan } from '../../app/bench/plan.ts'
import type { Selector } from '../../app/bench/selector.ts'
import { placesOf } from '../../app/bench/template.ts'
import { AppError } from '../../core/errors.ts'
import type { RawHeaders } from '../../core/request.ts'
import type { BenchFlags } from '../commands/bench.ts'
import type { CliDeps } from '../deps.ts'
import { parsePort, parseStatus } from '../settings.ts'
import { parseTarget } from '../target.ts'
import type { Places } from './bench-arms.ts'
import type { BenchInput } from './bench-flags.ts'
import { parseHeaders, parseIdSelector, parseRequest, parseSince } from './bench-requests.ts'

/** Everything a run needs of its target, from flags or of our own service. */
export interface Target {
  readonly places: Places
  readonly trigger?: Trigger
  readonly webhook?: WebhookPlan
  readonly selectors: readonly Selector[]
  readonly semantics: 'history' | 'latest'
  readonly url?: string
}

/** The user's own endpoint. */
export async function ownTarget(input: BenchInput, deps: CliDeps): Promise<Target> {
  const { flags, folder, url } = input
  const headers = await parseHeaders(flags.header, '--header', folder, deps)
  const poll = url === undefined ? undefined : parseTarget(url, 'bench')
  const trigger = await triggerOf(flags, headers, folder, deps)
  const ids = (flags.id ?? []).map((text) => parseIdSelector(text, '--id'))
  const webhook = await webhookOf(flags, headers, folder)
  const since = flags.sinceParam === undefined ? undefined : parseSince(flags.sinceParam)
  return {
    places: { headers, webhook: flags.webhook === true, ...(poll && { poll }), ...(since && { since }) },
    ...(trigger && { trigger }),
    ...(webhook && { webhook }),
    selectors: ids,
    semantics: semanticsOf(flags),
    url: poll ?? String(flags.longPoll ?? flags.sse ?? flags.ws ?? 'webhook'),
  }
}

/** Without a word, a resource of which one id is read shows its latest state, and a list its history. */
function semanticsOf({ history, latest, id }: BenchFlags): Target['semantics'] {
  if (history === true && latest === true)
    throw new AppError('usage', { message: '--history and --latest contradict each other' })
  if (history === true || latest === true) return latest === true ? 'latest' : 'history'
  const [first] = id ?? []
  return first === undefined || first.includes('*') || first.startsWith('regex:') ? 'history' : 'latest'
}

async function triggerOf(
  flags: BenchFlags,
  headers: RawHeaders,
  folder: string,
  deps: CliDeps,
): Promise<Trigger | undefined> {
  const { trigger, triggerCmd, triggerHeader, observeOnly } = flags
  if ([trigger, triggerCmd, observeOnly].filter((flag) => flag !== undefined).length !== 1)
    throw new AppError('usage', {
      message: 'what makes an event? One of --trigger, --trigger-cmd or --observe-only',
      next: ['webhook-cli bench URL --trigger \'POST URL {"ref":"{id}"}\''],
    })
  if (triggerCmd !== undefined) return { kind: 'command', command: triggerCmd }
  if (trigger === undefined) return undefined
  const own = await parseHeaders(triggerHeader, '--trigger-header', folder, deps)
  return { kind: 'request', template: await parseRequest(trigger, '--trigger', [...headers, ...own], folder) }
}

async function webhookOf(
  flags: BenchFlags,
  headers: RawHeaders,
  folder: string,
): Promise<WebhookPlan | undefined> {
  if (flags.webhook !== true) return undefined
  const [, host = '127.0.0.1', port = '0'] = /^(?:(.+):)?(\d+)$/.exec(flags.webhookListen ?? '0') ?? []
  const { subscribe, unsubscribe, webhookUrl } = flags
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: parsePort(flags.webhookListen === undefined ? '0' : port, '--webhook-listen'),
    status: flags.webhookAnswer === undefined ? 200 : parseStatus(flags.webhookAnswer, '--webhook-answer'),
    ...(webhookUrl !== undefined && { publicUrl: parseTarget(webhookUrl, '--webhook-url') }),
    ...(subscribe !== undefined && {
      subscribe: await parseRequest(subscribe, '--subscribe', headers, folder),
    }),
    ...(unsubscribe !== undefined && {
      unsubscribe: await parseRequest(unsubscribe, '--unsubscribe', headers, folder),
    }),
  }
}

/** Events must be told apart: by an id of ours that the trigger carries, or by one that the target gives. */
export function checkTrigger(flags: BenchFlags, { trigger, selectors }: Target): void {
  const isMarked =
    trigger !== undefined && (trigger.kind === 'command' || placesOf(trigger.template).has('id'))
  if (isMarked || selectors.length > 0) return
  throw new AppError('usage', {
    message:
      flags.observeOnly === true
        ? '--observe-only needs --id: where is the id of an event?'
        : 'events cannot be told apart',
    hint: 'put {id} into the trigger, where the target will show it, or say with --id where its own id is',
  })
}
