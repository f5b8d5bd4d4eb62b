import type { Delivery } from './delivery.ts'
import type { StoredRequest } from './query.ts'
import type { RequestId } from './request.ts'

/** A request that is owed to a destination: kept with the request itself, so that no crash forgets it. */
export interface Owing {
  /** The target as configured, or what `commandName` calls the command. */
  readonly destination: string
  /** Requests with the same key go to a destination one after the other, in the order of capture. */
  readonly orderKey?: string
}

/** What is still owed, as people are told of it. */
export interface OpenDebt extends Owing {
  readonly attempts: number
  /** `given-up`: no further attempt will be made unless somebody asks for one. */
  readonly state: 'waiting' | 'given-up'
  /** Epoch milliseconds before which it is not tried again. */
  readonly dueAt: number
}

/** A debt that this process has taken, and no other will touch while it lives. */
export interface Debt extends Owing {
  readonly requestId: RequestId
  /** Attempts made so far. */
  readonly attempts: number
}

/** What becomes of a debt after an attempt. */
export type Settlement =
  | { readonly kind: 'paid' }
  | { readonly kind: 'given-up' }
  /** Tried again after so many milliseconds, by whoever is free then. */
  | { readonly kind: 'retry'; readonly delayMs: number }
  /** Nothing was attempted: it goes back as it was taken. */
  | { readonly kind: 'returned' }

/** Which debts a worker takes. */
export interface Demand {
  readonly limit: number
  /** Wall clock, epoch milliseconds. */
  readonly now: number
  /** Only debts to these destinations. */
  readonly destinations: readonly string[]
}

/** What was taken, and when to ask again. */
export interface Taken {
  readonly debts: readonly Debt[]
  /** Milliseconds until the next debt is due that nobody has taken; absent where there is none. */
  readonly nextInMs?: number
}

/** Where a request goes; nowhere is an answer too. */
export type Assign = (stored: StoredRequest) => readonly Owing[]

export interface Claimed {
  readonly made: number
  /** False: all requests of the store have been looked at. */
  readonly more: boolean
}

/** A process that takes debts, in words that another process can check. */
export interface WorkerMark {
  readonly pid: number
  /** When it began, in the system's own units: tells it from a later process with the same pid. Empty: unknown. */
  readonly began: string
}

/** A debt as far as settling it needs to know it. */
export type Settled = Omit<Debt, 'attempts'>

/**
 * Debts between captured requests and destinations. A debt has at most one worker, and a worker that died loses its
 * debts to the others. All changes are durable when their promise resolves.
 */
export interface Outbox {
  /** Takes what is due, in the order of capture; of each order key only the oldest that is still owed. */
  take(demand: Demand): Promise<Taken>
  /**
   * Records an attempt and what becomes of the debt, both or neither.
   * @returns false where the debt was no longer this worker's; the attempt is recorded all the same
   */
  settle(debt: Settled, settlement: Settlement, now: number, delivery?: Delivery): Promise<boolean>
  /**
   * Gives destinations to captured requests that nobody is owed and nobody has accepted. Goes on where it ended last
   * time; the first time in the life of a process it begins with the oldest.
   */
  claim(assign: Assign, now: number): Promise<Claimed>
  /**
   * Makes debts that nobody works on, given-up ones too, due again, at the destinations that `assign` names now. What
   * waits for the same destination keeps its count of attempts; what was given up begins anew. One whose request has
   * been accepted somewhere else keeps its own destination, and what is owed to a command is so to that command alone.
   */
  adopt(assign: Assign, now: number): Promise<number>
  /** How many debts there are to these destinations. */
  count(destinations: readonly string[]): Promise<{ readonly waiting: number; readonly givenUp: number }>
  /** How many debts there are to any others. */
  countOthers(destinations: readonly string[]): Promise<number>
  /** Lets go of all that this process has taken. */
  release(): Promise<void>
}

/** Who we are to other processes, and whether they are still there. */
export interface Workers {
  readonly self: WorkerMark
  isRunning(mark: WorkerMark): boolean
}

/** What the destinations that are commands begin with. */
export const EXEC_PREFIX = 'exec:'

const ARGV_PREFIX = `${EXEC_PREFIX}argv:`
const SHELL_PREFIX = `${EXEC_PREFIX}shell:`

/** What a command is called as a destination: no two commands share a name. */
export function commandName(command: readonly string[], shell: boolean): string {
  return shell ? `${SHELL_PREFIX}${command.join(' ')}` : `${ARGV_PREFIX}${JSON.stringify(command)}`
}

/** What it was called at first, the same for a program with arguments and for a line of the shell. */
export function earlierCommandName(command: readonly string[]): string {
  return `${EXEC_PREFIX}${command.join(' ')}`
}

export function isCommand({ destination }: Pick<Owing, 'destination'>): boolean {
  return destination.startsWith(EXEC_PREFIX)
}

/** The command that a destination names, as people know it; undefined where it names none. */
export function commandIn(destination: string): string | undefined {
  if (!isCommand({ destination })) return undefined
  if (destination.startsWith(SHELL_PREFIX)) return destination.slice(SHELL_PREFIX.length)
  if (destination.startsWith(ARGV_PREFIX)) {
    const words = wordsIn(destination.slice(ARGV_PREFIX.length))
    if (words !== undefined) return words.join(' ')
  }
  return destination.slice(EXEC_PREFIX.length)
}

function wordsIn(json: string): unknown[] | undefined {
  try {
    const words: unknown = JSON.parse(json)
    return Array.isArray(words) ? words : undefined
  } catch {
    return undefined
  }
}
