/**
 * What curl's options do to a request (curl's manual, `man curl`). `flag`: nothing that is sent is changed. `value`:
 * the same, and a word belongs to it. The others are read.
 */
type Effect =
  | 'flag'
  | 'value'
  | 'method'
  | 'header'
  | 'data'
  | 'data-raw'
  | 'data-binary'
  | 'data-urlencode'
  | 'json'
  | 'user'
  | 'cookie'
  | 'agent'
  | 'referer'
  | 'url'
  | 'target'
  | 'get'
  | 'head'
  | 'globoff'
  | 'as-is'
  | 'compressed'
  | 'http1.0'
  | 'bearer'

const LONG: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ['request', 'method'],
  ['header', 'header'],
  ['data', 'data'],
  ['data-ascii', 'data'],
  ['data-raw', 'data-raw'],
  ['data-binary', 'data-binary'],
  ['data-urlencode', 'data-urlencode'],
  ['json', 'json'],
  ['user', 'user'],
  ['oauth2-bearer', 'bearer'],
  ['cookie', 'cookie'],
  ['user-agent', 'agent'],
  ['referer', 'referer'],
  ['url', 'url'],
  ['request-target', 'target'],
  ['get', 'get'],
  ['head', 'head'],
  ['globoff', 'globoff'],
  ['path-as-is', 'as-is'],
  ['compressed', 'compressed'],
  ['http1.0', 'http1.0'],
  ...words(
    'flag',
    `anyauth basic fail fail-early fail-with-body disable http1.1 http2 http2-prior-knowledge http3 ignore-content-length
     include insecure ipv4 ipv6 keepalive location location-trusted no-buffer no-keepalive no-progress-meter no-sessionid
     parallel progress-bar proxy-insecure raw remote-name remote-header-name show-error show-headers silent ssl tcp-nodelay
     tcp-fastopen tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 trace-time verbose`,
  ),
  ...words(
    'value',
    `cacert capath cert cert-type ciphers connect-timeout connect-to cookie-jar dump-header expect100-timeout interface
     keepalive-time key key-type limit-rate local-port max-filesize max-redirs max-time noproxy output output-dir pass
     proxy proxy-user resolve retry retry-delay retry-max-time speed-limit speed-time stderr tls-max trace trace-ascii
     unix-socket write-out`,
  ),
])

const SHORT: Readonly<Record<string, Effect>> = {
  X: 'method',
  H: 'header',
  d: 'data',
  u: 'user',
  b: 'cookie',
  A: 'agent',
  e: 'referer',
  G: 'get',
  I: 'head',
  g: 'globoff',
  '0': 'http1.0',
  ...Object.fromEntries(words('flag', 'f i k L N O J s S v q # 1 2 3 4 6 j Z')),
  ...Object.fromEntries(words('value', 'o m w x c D E y Y U')),
}

const VALUED: ReadonlySet<Effect> = new Set([
  'value',
  'method',
  'header',
  'data',
  'data-raw',
  'data-binary',
  'data-urlencode',
  'json',
  'user',
  'bearer',
  'cookie',
  'agent',
  'referer',
  'url',
  'target',
])

function words(effect: Effect, names: string): [string, Effect][] {
  return names
    .trim()
    .split(/\s+/)
    .map((name) => [name, effect])
}

export interface CurlOption {
  readonly effect: Effect
  /** Empty where it takes none. */
  readonly value: string
}

/** The options of a command line in order, words that are none being URLs; or the option that is not known. */
export function curlOptions(
  args: readonly string[],
): { readonly options: readonly CurlOption[] } | { readonly unknown: string } {
  const options: CurlOption[] = []
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    if (word.startsWith('--') && word.length > 2) {
      const effect =
        LONG.get(word.slice(2)) ??
        (LONG.get(word.slice(5)) === 'flag' && word.startsWith('--no-') ? 'flag' : undefined)
      if (effect === undefined) return { unknown: word }
      options.push({ effect, value: VALUED.has(effect) ? (args[++at] ?? '') : '' })
    } else if (word.startsWith('-') && word.length > 1) {
      const last = shortOptions(word, options)
      if (last.unknown !== undefined) return { unknown: last.unknown }
      if (last.wanted !== undefined) options.push({ effect: last.wanted, value: args[++at] ?? '' })
    } else options.push({ effect: 'url', value: word })
  }
  return { options }
}

/** `-sSXPOST`: letters without a value, then perhaps one whose value is the rest, or the next word. */
function shortOptions(
  word: string,
  options: CurlOption[],
): { readonly unknown?: string; readonly wanted?: Effect } {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at)
    const effect = Object.hasOwn(SHORT, letter) ? SHORT[letter] : undefined
    if (effect === undefined) return { unknown: `-${letter}` }
    if (!VALUED.has(effect)) options.push({ effect, value: '' })
    else if (at + 1 === word.length) return { wanted: effect }
    else {
      options.push({ effect, value: word.slice(at + 1) })
      break
    }
  }
  return {}
}
