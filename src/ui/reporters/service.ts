import type { Clock } from '../../core/ports.ts'
import type { ServiceActivity } from '../../core/service.ts'
import { formatCount, formatDuration } from '../../core/units.ts'
import { createPrintQueue } from '../print-queue.ts'
import { sanitizeLine, toJsonLine } from '../sanitize.ts'
import { activityLine, activityRow, activityToJson, isFailure } from '../service-lines.ts'
import type { BannerOptions } from './banner-rows.ts'
import { bannerRow, bannerTitle } from './banner-rows.ts'

/** What `serve` tells when it begins. */
export interface ServiceReady {
  /** With a trailing slash. */
  readonly endpoint: string
  readonly host: string
  readonly port: number
  /** Address bound, where others can reach it. */
  readonly exposedHost?: string
  /** The file that keeps the data; absent where they are in memory. */
  readonly data?: string
  readonly token?: { readonly origin: string; readonly masked: string }
  readonly emit?: { readonly rate: string; readonly seed: string }
  readonly startMs: number
}

export interface ServiceReporter {
  ready(ready: ServiceReady): void
  report(activity: ServiceActivity): void
  stopped(durationMs: number): void
  close(patienceMs: number): Promise<void>
}

export interface ServiceReporterOptions extends BannerOptions {
  readonly clock: Clock
  readonly quiet: boolean
  readonly json: boolean
}

/** A line for each request, event and delivery on stdout; what is said beside them on stderr. */
export function createServiceReporter(options: ServiceReporterOptions): ServiceReporter {
  const { stdout, theme, talk, clock, quiet, json } = options
  const queue = createPrintQueue(stdout, clock)
  let goodbye: string | undefined
  const counts = { request: 0, event: 0, delivery: 0 }

  const print = (render: () => string): void => queue.add({ bytes: 512, render })
  const printJson = (value: object): void => print(() => toJsonLine(value))

  return {
    ready(ready) {
      if (json) printJson(readyToJson(ready))
      else if (!quiet) printBanner(ready, options)
    },
    report(activity) {
      if (activity.type === 'bug') return tellBug(activity.error, options)
      if (activity.type !== 'disabled') counts[activity.type]++
      if (quiet && !isFailure(activity)) return
      print(() => {
        if (json) return toJsonLine(activityToJson(activity))
        const columns = stdout.columns()
        return `${columns === undefined ? activityRow(activity) : activityLine(activity, theme, columns)}\n`
      })
    },
    stopped(durationMs) {
      const { request, event, delivery } = counts
      if (json) {
        const total = { requests: request, events: event, deliveries: delivery }
        return printJson({ v: 1, type: 'stopped', ...total, durationMs: Math.round(durationMs) })
      }
      if (quiet) return
      const parts = [
        formatCount(request, 'request'),
        formatCount(event, 'event'),
        formatCount(delivery, 'webhook'),
      ]
      goodbye = `  stopped after ${formatDuration(durationMs)}   ${parts.join(` ${theme.symbols.dot} `)}`
    },
    async close(patienceMs) {
      await queue.close(patienceMs)
      // What was still to be printed stands above it.
      if (goodbye !== undefined) talk.line(goodbye)
    },
  }
}

function readyToJson({ endpoint, host, port, data, emit }: ServiceReady): object {
  return {
    v: 1,
    type: 'ready',
    endpoint,
    host,
    port,
    ...(data !== undefined && { data }),
    ...(emit !== undefined && { emit: emit.rate, seed: emit.seed }),
  }
}

function tellBug(error: unknown, { talk, theme }: ServiceReporterOptions): void {
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error)
  talk.line(`${theme.bad(theme.symbols.bad)} a bug in webhook-cli, sorry: ${sanitizeLine(words)}`)
}

function printBanner(ready: ServiceReady, options: BannerOptions): void {
  const { theme, talk } = options
  const row = (name: string, value: string, note: string): void => bannerRow(name, value, note, options)
  const { data, token, emit, exposedHost } = ready
  bannerTitle('webhook-cli serve', ready.startMs, options)
  row('Endpoint', theme.id(ready.endpoint), 'open it in a browser')
  if (data === undefined) row('Data', 'memory', 'gone when webhook-cli stops')
  else row('Data', talk.path(data), '')
  if (token !== undefined) row('Token', `from ${token.origin} (${token.masked})`, '')
  if (emit !== undefined) {
    const rate = emit.rate.includes('/') ? emit.rate : `${emit.rate}/s`
    row('Events', `${rate} by themselves`, `seed ${emit.seed}`)
  }
  if (exposedHost !== undefined) {
    talk.line('')
    talk.line(theme.warn(`  others can reach this service, if they know the token (--host ${exposedHost})`))
  }
  const auth = token === undefined ? '' : ` -H 'Authorization: Bearer …'`
  talk.line('')
  talk.line(`  Ask         ${theme.id(`curl${auth} '${ready.endpoint}events?wait=30s'`)}`)
  talk.line(`  Be told     ${theme.id(`curl${auth} -N ${ready.endpoint}events/stream`)}`)
  talk.line('')
}
