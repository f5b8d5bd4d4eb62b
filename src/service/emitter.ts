import type { Clock, Random } from '../core/ports.ts'
import type { Item } from './collection.ts'
import { Problem } from './problem.ts'
import type { Resource } from './resources.ts'
import { RESOURCES } from './resources.ts'
import type { Shop } from './shop.ts'

/** It keeps so many of its own users and orders; with a new one the oldest goes. */
const MOST_KEPT = 500

export interface EmitterOptions {
  readonly shop: Shop
  readonly clock: Clock
  readonly perSecond: number
  readonly random: Random
  readonly onError: (error: unknown) => void
}

/** A shop with customers: makes events by itself, at random moments (a Poisson process), the same for the same seed. */
export class Emitter {
  readonly #options: EmitterOptions
  readonly #users: string[] = []
  readonly #orders: string[] = []
  readonly #payments: string[] = []
  #nextAt = 0
  #cancel = (): void => {}

  constructor(options: EmitterOptions) {
    this.#options = options
  }

  start(): void {
    this.#nextAt = this.#options.clock.monotonic()
    this.#plan()
  }

  stop(): void {
    this.#cancel()
  }

  /** The next one is due by the schedule, not by when the last one was done: the rate holds. */
  #plan(): void {
    this.#nextAt += (-Math.log(1 - this.#uniform()) / this.#options.perSecond) * 1000
    this.#cancel = this.#options.clock.after(
      Math.max(0, this.#nextAt - this.#options.clock.monotonic()),
      () => {
        this.#act()
        this.#plan()
      },
    )
  }

  #act(): void {
    try {
      this.step()
    } catch (error) {
      // A client has deleted what this was about. The next one will be about something else.
      if (!(error instanceof Problem)) this.#options.onError(error)
    }
  }

  /** One thing happens. */
  step(): void {
    const order = this.#pick(this.#orders)
    const chance = this.#uniform()
    if (this.#users.length === 0 || chance < 0.2) return this.#register()
    if (order === undefined || chance < 0.5) return this.#order()
    if (order.values['status'] !== 'open') return this.#order()
    if (chance < 0.6) return this.#update(order, { amount: this.#amount() })
    if (chance < 0.7) return this.#update(order, { status: 'cancelled' })
    const status = chance < 0.95 ? 'succeeded' : 'failed'
    const amount = order.values['amount']
    this.#add('payments', this.#payments, { order_id: order.id, amount, status })
  }

  #register(): void {
    const tag = Buffer.from(this.#options.random(4)).toString('hex')
    this.#add('users', this.#users, { name: `Customer ${tag}`, email: `${tag}@example.com` })
  }

  #order(): void {
    const userId = this.#users[Math.floor(this.#uniform() * this.#users.length)]
    this.#add('orders', this.#orders, { user_id: userId, amount: this.#amount() })
  }

  #add(name: Resource['name'], own: string[], body: Readonly<Record<string, unknown>>): void {
    const resource = resourceNamed(name)
    const collection = this.#options.shop.collection(resource)
    if (own.length >= MOST_KEPT) collection.remove(own.shift() ?? '')
    own.push(this.#options.shop.create(resource, body, this.#options.random).id)
  }

  #update(order: Item, change: Readonly<Record<string, unknown>>): void {
    this.#options.shop.update(resourceNamed('orders'), order, change, true, this.#options.random)
  }

  #pick(own: readonly string[]): Item | undefined {
    const id = own[Math.floor(this.#uniform() * own.length)]
    return id === undefined ? undefined : this.#options.shop.collection(resourceNamed('orders')).get(id)
  }

  #amount(): number {
    return 100 + Math.floor(this.#uniform() * 20_000)
  }

  #uniform(): number {
    return Buffer.from(this.#options.random(4)).readUInt32BE() / 2 ** 32
  }
}

function resourceNamed(name: Resource['name']): Resource {
  const resource = RESOURCES.find((candidate) => candidate.name === name)
  if (resource === undefined) throw new TypeError(`no resource ${name}`)
  return resource
}
