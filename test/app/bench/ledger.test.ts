import { expect, test } from 'vitest'
import type { LedgerEvent } from '../../../src/app/bench/ledger.ts'
import { Ledger } from '../../../src/app/bench/ledger.ts'

const event = (seq: number): LedgerEvent => ({ seq, at: 0, warm: false, scheduledAt: 0 })

test('a trigger whose answer lists all events so far names its own, and takes none of the earlier ids', () => {
  const ledger = new Ledger()
  for (const seq of [1, 2, 3]) {
    const made = event(seq)
    ledger.add(made, `run-${seq}`)
    for (let listed = 1; listed <= seq; listed++) {
      ledger.name(made, `run-${listed}`)
      ledger.name(made, `given-${listed}`)
    }
  }
  const found = [1, 2, 3].flatMap((seq) => [ledger.find(`run-${seq}`)?.seq, ledger.find(`given-${seq}`)?.seq])
  expect(found).toEqual([1, 1, 2, 2, 3, 3])
})
