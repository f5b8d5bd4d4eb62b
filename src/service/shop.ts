import type { Random } from '../core/ports.ts'
import type { Item } from './collection.ts'
import { Collection } from './collection.ts'
import type { EventLog } from './event-log.ts'
import type { Values } from './fields.ts'
import { checkFields } from './fields.ts'
import { newId } from './ids.ts'
import type { FieldError } from './problem.ts'
import { Problem } from './problem.ts'
import type { Resource } from './resources.ts'
import { RESOURCES } from './resources.ts'
import type { ServiceTools } from '../core/service.ts'

type Body = Readonly<Record<string, unknown>>

/** Users, orders and payments, and the rules among them. Whatever changes here is an event in the log. */
export class Shop {
  readonly #collections: ReadonlyMap<string, Collection>
  readonly #log: EventLog
  readonly #random: Random

  constructor(log: EventLog, { clock, rows, random }: Pick<ServiceTools, 'clock' | 'rows' | 'random'>) {
    this.#log = log
    this.#random = random
    this.#collections = new Map(RESOURCES.map(({ name }) => [name, new Collection(name, clock, rows)]))
  }

  collection({ name }: Pick<Resource, 'name'>): Collection {
    return this.#named(name)
  }

  /** @throws Problem 404 */
  get(resource: Resource, id: string): Item {
    const item = this.collection(resource).get(id)
    if (item === undefined) throw new Problem(404, `there is no ${resource.singular} of this id`)
    return item
  }

  /** @throws Problem 409, 422 or 507 */
  create(resource: Resource, body: Body, random: Random = this.#random): Item {
    const collection = this.collection(resource)
    const values = this.#checked(resource, body, undefined, undefined)
    if (collection.isFull) throw new Problem(507, `this sample keeps no more ${resource.name}; delete some`)
    let id = newId(resource.idPrefix, random)
    // A seed that made what the file holds from an earlier run makes the same ids.
    while (collection.get(id) !== undefined) id = newId(resource.idPrefix, random)
    const item = collection.put(id, values)
    this.#announce(resource, undefined, item, random)
    return item
  }

  /** Puts a whole body in place of an item's values, or with `isPatch` only what the body has. @throws Problem */
  update(resource: Resource, item: Item, body: Body, isPatch: boolean, random: Random = this.#random): Item {
    const values = this.#checked(resource, body, item.id, isPatch ? item.values : undefined)
    const updated = this.collection(resource).put(item.id, values)
    this.#announce(resource, item, updated, random)
    return updated
  }

  remove(resource: Resource, item: Item): void {
    this.collection(resource).remove(item.id)
    this.#announce(resource, item, undefined, this.#random)
  }

  #checked(resource: Resource, body: Body, id: string | undefined, current: Values | undefined): Values {
    const { values, errors } = checkFields(resource.fields, body, current)
    const unknown = this.#unknownReferences(resource, values)
    if (errors.length + unknown.length > 0) {
      throw new Problem(422, `not a valid ${resource.singular}`, { errors: [...errors, ...unknown] })
    }
    this.#refuseConflict(resource, values, id)
    return values
  }

  #unknownReferences({ fields }: Resource, values: Values): FieldError[] {
    return Object.entries(fields).flatMap(([name, { refersTo }]) => {
      const id = values[name]
      if (refersTo === undefined || id === undefined) return []
      const isThere = this.#named(refersTo).get(String(id)) !== undefined
      return isThere ? [] : [{ pointer: `/${name}`, detail: `names none of /${refersTo}` }]
    })
  }

  #refuseConflict(resource: Resource, values: Values, id: string | undefined): void {
    for (const [name, { unique }] of Object.entries(resource.fields)) {
      const taken = (item: Item): boolean => item.id !== id && item.values[name] === values[name]
      if (unique === true && this.collection(resource).has(taken))
        throw new Problem(409, `another ${resource.singular} has this ${name}`)
    }
    const order = id === undefined ? this.#named('orders').get(String(values['order_id'] ?? '')) : undefined
    if (order?.values['status'] === 'cancelled') throw new Problem(409, 'this order was cancelled')
  }

  #announce(resource: Resource, before: Item | undefined, after: Item | undefined, random: Random): void {
    const event = resource.eventOf(before?.values, after?.values)
    const item = after ?? before
    if (event === undefined || item === undefined) return
    const subject = [`${resource.singular}_id`, item.id] as const
    this.#log.append({ event, subject, data: representationOf(item) }, random)
  }

  #named(name: string): Collection {
    const collection = this.#collections.get(name)
    if (collection === undefined) throw new TypeError(`no collection ${name}`)
    return collection
  }
}

/** An item as clients see it. */
export function representationOf({
  id,
  values,
  createdAt,
  updatedAt,
}: Item): Readonly<Record<string, unknown>> {
  return {
    id,
    ...values,
    created_at: new Date(createdAt).toISOString(),
    updated_at: new Date(updatedAt).toISOString(),
  }
}
