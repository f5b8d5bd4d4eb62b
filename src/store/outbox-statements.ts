import { EXEC_PREFIX } from '../core/outbox.ts'
import type { Database, Statement } from './sqlite-driver.ts'

/**
 * The worker of a debt that waits behind another of its key: who looks for work does not step over it. With 10,000
 * behind a slow target, looking at each of them took 4 ms for every capture. It may only stand where an older debt of
 * the key waits; whatever ends that one frees the next.
 */
export const PARKED = ''

const ARE_PARKED_FIRST = `worker = '${PARKED}' AND NOT EXISTS (SELECT 1 FROM owed AS earlier
  WHERE earlier.destination = owed.destination AND earlier.order_key = owed.order_key
  AND earlier.request_seq < owed.request_seq AND earlier.state = 0)`

/** After debts were deleted, whichever they were. */
export const FREE_PARKED: string = `UPDATE owed SET worker = NULL WHERE ${ARE_PARKED_FIRST}`

type Name =
  | 'insert'
  | 'due'
  | 'nextDue'
  | 'hold'
  | 'workers'
  | 'free'
  | 'unstick'
  | 'clockBack'
  | 'pay'
  | 'giveUp'
  | 'retry'
  | 'giveBack'
  | 'payFree'
  | 'isBehind'
  | 'keysOf'
  | 'freeNext'
  | 'ofRequests'
  | 'unclaimed'
  | 'newest'
  | 'wasAcceptedOnce'
  | 'freeAfter'
  | 'revive'
  | 'count'
  | 'countOthers'

/** All that is asked of the table `owed`. */
export function prepareOutboxStatements(db: Database): Readonly<Record<Name, Statement>> {
  const isWanted = `destination IN (SELECT value FROM json_each(?))`
  // Of each order key only the oldest that is owed still, whoever has it.
  const free = `state = 0 AND worker IS NULL AND ${isWanted}
    AND (order_key IS NULL OR NOT EXISTS (SELECT 1 FROM owed AS earlier WHERE earlier.destination = owed.destination
      AND earlier.order_key = owed.order_key AND earlier.request_seq < owed.request_seq AND earlier.state = 0))`
  const isNobodys = `(worker IS NULL OR worker = '${PARKED}')`
  const mine = `request_seq = ?1 AND destination = ?2 AND worker = ?3`
  const notCommand = `substr(destination, 1, ${EXEC_PREFIX.length}) <> '${EXEC_PREFIX}'`
  return {
    insert:
      db.prepare(`INSERT OR IGNORE INTO owed (request_seq, destination, order_key, due_at, worker, attempts)
      VALUES (?, ?, ?, ?, ?, ?)`),
    due: db.prepare(`SELECT request_seq, CAST(destination AS TEXT) AS destination, order_key, attempts FROM owed
      WHERE due_at <= ? AND ${free} ORDER BY due_at, request_seq LIMIT ?`),
    nextDue: db.prepare(`SELECT due_at FROM owed WHERE ${free} ORDER BY due_at LIMIT 1`),
    hold: db.prepare(`UPDATE owed SET worker = ? WHERE request_seq = ? AND destination = ?`),
    workers: db.prepare(`SELECT DISTINCT worker FROM owed WHERE worker > '${PARKED}' AND worker <> ?`),
    free: db.prepare(`UPDATE owed SET worker = NULL WHERE worker = ?`),
    unstick: db.prepare(
      `SELECT 1 FROM owed WHERE state = 0 AND worker IS NULL AND due_at - delay > ? LIMIT 1`,
    ),
    clockBack: db.prepare(
      `UPDATE owed SET due_at = ?1 + delay WHERE state = 0 AND worker IS NULL AND due_at - delay > ?1`,
    ),
    pay: db.prepare(`DELETE FROM owed WHERE ${mine}`),
    giveUp: db.prepare(`UPDATE owed SET attempts = attempts + 1, state = 1, worker = NULL WHERE ${mine}`),
    retry: db.prepare(
      `UPDATE owed SET attempts = attempts + 1, due_at = ?4, delay = ?5, worker = NULL WHERE ${mine}`,
    ),
    giveBack: db.prepare(`UPDATE owed SET worker = NULL WHERE ${mine}`),
    payFree: db.prepare(`DELETE FROM owed WHERE request_seq = ? AND ${isNobodys} AND ${notCommand}`),
    isBehind:
      db.prepare(`SELECT 1 FROM owed WHERE destination = ? AND order_key = ? AND request_seq < ? AND state = 0
      LIMIT 1`),
    keysOf: db.prepare(`SELECT CAST(destination AS TEXT) AS destination, order_key FROM owed
      WHERE request_seq = ? AND order_key IS NOT NULL`),
    freeNext:
      db.prepare(`UPDATE owed SET worker = NULL WHERE destination = ?1 AND worker = '${PARKED}' AND request_seq =
      (SELECT min(request_seq) FROM owed WHERE destination = ?1 AND order_key = ?2 AND state = 0)`),
    ofRequests: db.prepare(`SELECT request_seq, destination, order_key, attempts, state, due_at FROM owed
      WHERE request_seq IN (SELECT value FROM json_each(?)) ORDER BY request_seq, destination`),
    unclaimed:
      db.prepare(`SELECT seq FROM requests WHERE seq > ? AND NOT EXISTS (SELECT 1 FROM owed WHERE request_seq = seq)
      AND NOT EXISTS (SELECT 1 FROM deliveries WHERE request_seq = seq AND accepted = 1) ORDER BY seq LIMIT ?`),
    newest: db.prepare('SELECT coalesce(max(seq), 0) AS newest FROM requests'),
    wasAcceptedOnce: db.prepare(`SELECT 1 FROM deliveries WHERE request_seq = ? AND accepted = 1 LIMIT 1`),
    freeAfter: db.prepare(`SELECT DISTINCT request_seq FROM owed WHERE request_seq > ? AND ${isNobodys}
      ORDER BY request_seq LIMIT ?`),
    revive:
      db.prepare(`UPDATE owed SET state = 0, attempts = iif(state = 0, attempts, 0), delay = 0, due_at = ?3
      WHERE request_seq = ?1 AND destination = ?2 AND ${isNobodys}`),
    count: db.prepare(`SELECT coalesce(sum(state = 0), 0) AS waiting, coalesce(sum(state = 1), 0) AS given_up
      FROM owed WHERE ${isWanted}`),
    countOthers: db.prepare(`SELECT count(*) AS others FROM owed WHERE NOT (${isWanted})`),
  }
}
