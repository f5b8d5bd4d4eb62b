import type { Ready } from '../../core/events.ts'
import { sanitizeLine } from '../sanitize.ts'
import { besideOrBelow, wrapped } from '../text.ts'
import { lookWords } from '../words.ts'
import type { BannerOptions } from './banner-rows.ts'
import { BANNER_INDENT, bannerRow, bannerTitle } from './banner-rows.ts'

/** What `listen` says when it begins: where it listens, what it does with requests, and what one can type. */
export function printBanner(ready: Ready, options: BannerOptions): void {
  const { theme, talk, stdout } = options
  const columns = stdout.columns()
  const row = (name: string, value: string, note: string): void => bannerRow(name, value, note, options)
  bannerTitle('webhook-cli', ready.startMs, options)
  row(
    'Endpoint',
    theme.id(ready.endpoint),
    ready.path === undefined ? 'any path, any method' : `only ${ready.path}`,
  )
  for (const [index, { name, when, look }] of (ready.targets ?? []).entries()) {
    const answers = look === undefined ? '' : lookWords(look, theme)
    row(
      index === 0 ? 'Passes to' : '',
      theme.id(sanitizeLine(name)),
      when === undefined ? answers : `${when}   ${answers}`,
    )
  }
  for (const [index, { provider, origin, masked }] of (ready.secrets ?? []).entries()) {
    const words = `${provider ?? 'any provider'}, secret from ${origin} (${masked})`
    const lines = wrapped(words, (columns ?? Infinity) - BANNER_INDENT)
    row(index === 0 ? 'Signature' : '', lines.join(`\n${' '.repeat(BANNER_INDENT)}`), '')
  }
  if (ready.store === undefined) row('Store', 'none', 'requests are gone when webhook-cli stops')
  else row('Store', talk.path(ready.store.location), `${ready.store.kept} kept`)
  if (ready.selfSigned !== undefined) {
    row('TLS', 'self-signed', `certificate ${talk.path(ready.selfSigned.path)}`)
  }
  if (ready.exposedHost !== undefined) {
    talk.line('')
    talk.line(
      theme.warn(`  anyone who can reach this machine can send requests here (--host ${ready.exposedHost})`),
    )
  }
  talk.line('')
  talk.line(besideOrBelow('  Try it', theme.id(tryIt(ready)), { columns, gap: 4, indent: 4 }))
  if (talk.hasKeys) {
    const keys = wrapped(talk.keysLine(), (columns ?? Infinity) - 12)
    talk.line(`  Keys      ${keys.join(`\n${' '.repeat(12)}`)}`)
  }
  talk.line('')
  talk.startWaiting('waiting for the first request')
}

function tryIt(ready: Ready): string {
  const url =
    ready.path === undefined ? ready.endpoint : new URL(ready.path.replaceAll('*', 'x'), ready.endpoint).href
  return `curl ${ready.selfSigned === undefined ? '' : '-k '}-d '{"hello":"webhook"}' ${url}`
}
