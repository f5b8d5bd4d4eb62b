import { expect, test } from 'vitest'
import type { Transact } from '../../src/store/transactions.ts'
import { GroupCommit } from '../../src/store/transactions.ts'

test('with nothing to write no transaction is begun: a reader that ends waits for no writer', async () => {
  let begun = 0
  const transact: Transact = (work) => {
    begun++
    return work({ nextSeq: 1, kept: 0 })
  }
  const commits = new GroupCommit(transact, () => false)
  commits.flush()
  expect(begun).toBe(0)
  const written = commits.submit(({ nextSeq }) => nextSeq)
  commits.flush()
  expect(await written).toBe(1)
  expect(begun).toBe(1)
})
