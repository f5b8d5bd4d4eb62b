import type { LookupAddress, LookupOptions } from 'node:dns'
import { lookup as lookUp } from 'node:dns'
import { isIP } from 'node:net'
import { isLoopbackAddress, isMetadataAddress, isPrivateAddress } from './addresses.ts'

type LookupDone = (error: Error | null, address: string | LookupAddress[], family?: number) => void
export type Lookup = (hostname: string, options: LookupOptions, done: LookupDone) => void

/** Why an address is not connected to; undefined where it may be. */
function refusalOf(address: string, loopbackOnly: boolean, noPrivate: boolean): string | undefined {
  if (isMetadataAddress(address)) return 'METADATA_ADDRESS'
  if (isLoopbackAddress(address)) return undefined
  if (loopbackOnly) return 'NOT_LOOPBACK'
  return noPrivate && isPrivateAddress(address) ? 'PRIVATE_ADDRESS' : undefined
}

/** Why a URL's host is refused, where it is a literal address: those are never looked up. */
export function literalRefusal(url: string, loopbackOnly: boolean, noPrivate = false): string | undefined {
  const literal = new URL(url).hostname.replace(/^\[|\]$/g, '')
  return isIP(literal) === 0 ? undefined : refusalOf(literal, loopbackOnly, noPrivate)
}

/** Looks a name up and refuses its addresses there and then: a second look could bring others. */
export function checkedLookup(
  loopbackOnly: boolean,
  lookup: typeof lookUp = lookUp,
  noPrivate = false,
): Lookup {
  return (hostname, options, done) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, [])
      const refused = addresses
        .map(({ address }) => refusalOf(address, loopbackOnly, noPrivate))
        .find((code) => code !== undefined)
      if (refused !== undefined) return done(Object.assign(new Error(refused), { code: refused }), [])
      const [first] = addresses
      if (options.all === true || first === undefined) return done(null, addresses)
      done(null, first.address, first.family)
    })
  }
}
