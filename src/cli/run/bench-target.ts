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
    throw new AppError('usage', {
      message: '--history and --latest contradict each other',
      hint: '--history: each event can still be read later; --latest: only the last state can',
    })
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
  const makers = Object.entries({
    '--trigger': trigger,
    '--trigger-cmd': triggerCmd,
    '--observe-only': observeOnly,
  })
  const named = makers.filter(([, value]) => value !== undefined).map(([flag]) => flag)
  if (named.length !== 1)
    throw new AppError('usage', {
      message: named.length === 0 ? 'nothing makes an event' : `${named.join(' and ')} contradict each other`,
      hint: '--trigger: a request of ours; --trigger-cmd: a command; --observe-only: somebody else does',
      next: [`webhook-cli bench … --trigger 'POST https://example.com/orders {"ref":"{id}"}'`],
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
  const { webhookListen = '0' } = flags
  const [, host = '127.0.0.1', port] = /^(?:(.+):)?(\d+)$/.exec(webhookListen) ?? []
  if (port === undefined)
    throw new AppError('bad-value', {
      option: '--webhook-listen',
      value: webhookListen,
      expected: 'a port, or an address and a port such as 0.0.0.0:8080',
    })
  const { subscribe, unsubscribe, webhookUrl } = flags
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: parsePort(port, '--webhook-listen'),
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
  if (flags.observeOnly === true)
    throw new AppError('usage', {
      message: '--observe-only cannot tell events apart',
      hint: 'events that somebody else makes have an id of theirs: --id says where',
      next: ["webhook-cli bench … --observe-only --id '/items/*/id'"],
    })
  throw new AppError('usage', {
    message: 'events cannot be told apart',
    hint: 'put {id} into the trigger, where the target will show it, or say with --id where it shows its own',
    next: [
      `webhook-cli bench … --trigger 'POST https://example.com/orders {"ref":"{id}"}'`,
      "webhook-cli bench … --id '/items/*/id'",
    ],
  })
}
