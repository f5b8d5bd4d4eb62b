import { createHash } from 'node:crypto'
import type { Assign, Owing } from '../../core/outbox.ts'
import { commandName, earlierCommandName } from '../../core/outbox.ts'
import type { Query, StoredRequest } from '../../core/query.ts'
import { matches } from '../../core/query.ts'

/** Where requests are passed on to. Only configuration makes one, never a request. */
export type Destination =
  | {
      readonly kind: 'http'
      /** As the user gave it, completed to a URL. */
      readonly target: string
      /** It comes from a file: addresses of other machines are refused. */
      readonly loopbackOnly: boolean
    }
  | { readonly kind: 'exec'; readonly command: readonly string[]; readonly shell: boolean }

/** What a destination is called in the store; the same after a restart with the same configuration. */
export function nameOf(destination: Destination): string {
  if (destination.kind === 'http') return destination.target
  return commandName(destination.command, destination.shell)
}

/** Destinations by their names, and by those under which an older store may hold debts to them. */
export function withEarlierNames(
  destinations: ReadonlyMap<string, Destination>,
): ReadonlyMap<string, Destination> {
  const earlier = new Map<string, Destination>()
  for (const destination of destinations.values())
    if (destination.kind === 'exec') earlier.set(earlierCommandName(destination.command), destination)
  return new Map([...earlier, ...destinations])
}

export interface Route {
  readonly condition: Query
  readonly destination: Destination
}

export interface Routing {
  /** The first that matches takes the request. */
  readonly routes: readonly Route[]
  /** What no route takes goes to all of these. */
  readonly targets: readonly Destination[]
  /** Each that matches runs, whatever route the request takes. */
  readonly commands: readonly Route[]
  /** Requests with the same key arrive in the order of capture. */
  readonly orderKey?: (stored: StoredRequest) => string
}

/** Tells where requests go, and in which order. */
export class Router {
  readonly #routing: Routing
  readonly #destinations: ReadonlyMap<string, Destination>
  /** Without a condition or an order to work out, every request goes to the same. */
  readonly #always: readonly Owing[] | undefined

  constructor(routing: Routing) {
    const { routes, targets, commands, orderKey } = routing
    const conditional = [...routes, ...commands]
    const all = [...routes, ...targets.map((destination) => ({ destination })), ...commands]
    this.#routing = routing
    this.#destinations = new Map(all.map(({ destination }) => [nameOf(destination), destination]))
    this.#always = conditional.length === 0 && orderKey === undefined ? owingsOf(targets) : undefined
  }

  /** By name. */
  get destinations(): ReadonlyMap<string, Destination> {
    return this.#destinations
  }

  /** To whom a request is to be given, the one whose answer counts first. */
  readonly assign: Assign = (stored) => {
    if (this.#always !== undefined) return this.#always
    const { routes, targets, commands, orderKey } = this.#routing
    const takes = ({ condition }: Route): boolean => matches(condition, stored)
    const route = routes.find(takes)
    const chosen = route === undefined ? targets : [route.destination]
    const run = commands.filter(takes).map(({ destination }) => destination)
    return owingsOf([...chosen, ...run], orderKey && bounded(orderKey(stored)))
  }
}

/** Longest key in characters: it is stored with every debt, and a CEL value may be a whole body. */
const MAX_KEY_LENGTH = 256

/** Equal for equal keys. */
function bounded(key: string): string {
  return key.length <= MAX_KEY_LENGTH ? key : `sha256:${createHash('sha256').update(key).digest('hex')}`
}

function owingsOf(destinations: readonly Destination[], orderKey?: string): Owing[] {
  return destinations.map((destination) => {
    const name = nameOf(destination)
    return orderKey === undefined ? { destination: name } : { destination: name, orderKey }
  })
}
