import type { Clock } from '../core/ports.ts'
import type { ServiceRows } from '../core/service.ts'
import type { Values } from './fields.ts'

export interface Item {
  readonly id: string
  /** Order of creation, from 1, never reused. */
  readonly ordinal: number
  /** The collection's revision that made it what it is. */
  readonly revision: number
  readonly createdAt: number
  readonly updatedAt: number
  readonly values: Values
}

/** What has changed after a revision. */
export interface Changes {
  readonly items: readonly Item[]
  readonly deleted: readonly string[]
  /** Ask for what changed after this the next time. */
  readonly cursor: number
  readonly hasMore: boolean
}

/** Beyond so many, items are refused and the oldest deletions forgotten. */
const MOST = 10_000

/** Items of one kind in the order in which they were made, every change numbered. */
export class Collection {
  readonly name: string
  readonly #clock: Clock
  readonly #rows: ServiceRows | undefined
  readonly #items = new Map<string, Item>()
  /** Revision of each deletion, oldest first. */
  readonly #deleted = new Map<string, number>()
  readonly #listeners = new Set<() => void>()
  #ordinal = 0
  #revision = 0
  #changedAt: number
  /** Deletions up to this revision are forgotten. */
  #forgotten = 0

  constructor(name: string, clock: Clock, rows: ServiceRows | undefined) {
    this.name = name
    this.#clock = clock
    this.#rows = rows
    this.#changedAt = clock.now()
    this.#load()
  }

  get revision(): number {
    return this.#revision
  }

  get changedAt(): number {
    return this.#changedAt
  }

  get isFull(): boolean {
    return this.#items.size >= MOST
  }

  get(id: string): Item | undefined {
    return this.#items.get(id)
  }

  has(predicate: (item: Item) => boolean): boolean {
    for (const item of this.#items.values()) if (predicate(item)) return true
    return false
  }

  /** Items made after the one with this ordinal. */
  page(afterOrdinal: number, limit: number): { readonly items: readonly Item[]; readonly hasMore: boolean } {
    const items: Item[] = []
    for (const item of this.#items.values()) {
      if (item.ordinal <= afterOrdinal) continue
      if (items.length === limit) return { items, hasMore: true }
      items.push(item)
    }
    return { items, hasMore: false }
  }

  /** False for a revision that was never reached, or after which deletions have been forgotten. */
  knows(revision: number): boolean {
    return revision === 0 || (revision <= this.#revision && revision >= this.#forgotten)
  }

  changesAfter(revision: number, limit: number): Changes {
    if (revision >= this.#revision) return { items: [], deleted: [], cursor: this.#revision, hasMore: false }
    const changed = Array.from(this.#items.values(), (item) => ({
      revision: item.revision,
      id: item.id,
      item,
    }))
    const gone = Array.from(this.#deleted, ([id, at]) => ({ revision: at, id, item: undefined }))
    const all = [...changed, ...gone]
      .filter((change) => change.revision > revision)
      .toSorted((a, b) => a.revision - b.revision)
    const taken = all.slice(0, limit)
    const hasMore = taken.length < all.length
    return {
      items: taken.flatMap(({ item }) => item ?? []),
      deleted: taken.filter(({ item }) => item === undefined).map(({ id }) => id),
      cursor: hasMore ? (taken.at(-1)?.revision ?? revision) : this.#revision,
      hasMore,
    }
  }

  put(id: string, values: Values): Item {
    const known = this.#items.get(id)
    const now = this.#clock.now()
    const item: Item = {
      id,
      ordinal: known?.ordinal ?? this.#ordinal + 1,
      revision: this.#revision + 1,
      createdAt: known?.createdAt ?? now,
      updatedAt: now,
      values,
    }
    // First where it can fail.
    this.#rows?.put(this.name, id, JSON.stringify(item))
    this.#items.set(id, item)
    this.#ordinal = Math.max(this.#ordinal, item.ordinal)
    this.#changed(item.revision, now)
    return item
  }

  remove(id: string): void {
    if (!this.#items.has(id)) return
    const revision = this.#revision + 1
    this.#rows?.put(this.name, id, JSON.stringify({ id, deleted: revision }))
    this.#items.delete(id)
    this.#deleted.set(id, revision)
    this.#forgetOldest()
    this.#changed(revision, this.#clock.now())
  }

  /** Calls back on each change, until the function returned is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #forgetOldest(): void {
    const [oldest] = this.#deleted
    if (this.#deleted.size <= MOST || oldest === undefined) return
    const [id, revision] = oldest
    this.#rows?.remove(this.name, id)
    this.#deleted.delete(id)
    this.#forgotten = revision
  }

  #changed(revision: number, at: number): void {
    this.#revision = revision
    this.#changedAt = at
    for (const listener of this.#listeners) listener()
  }

  #load(): void {
    for (const { value } of this.#rows?.all(this.name) ?? []) {
      const row: Item & { readonly deleted?: number } = JSON.parse(value)
      if (row.deleted === undefined) this.#items.set(row.id, row)
      else this.#deleted.set(row.id, row.deleted)
      this.#ordinal = Math.max(this.#ordinal, row.ordinal ?? 0)
      this.#revision = Math.max(this.#revision, row.deleted ?? row.revision)
    }
  }
}
