import { join } from 'node:path'
import type { Store } from '../../src/core/ports.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import type { Keeping } from '../../src/store/retention.ts'
import type { DriverName } from '../../src/store/sqlite-driver.ts'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import { storeContract } from './contract.ts'
import { DRIVERS } from './drivers.ts'
import { outboxContract } from './outbox-contract.ts'
import { makeDirectory, random } from './samples.ts'

for (const contract of [storeContract, outboxContract]) {
  contract('memory', async (keeping) => createMemoryStore({ ...keeping, random }))
  for (const driver of DRIVERS) contract(driver, (keeping) => openTemporary(driver, keeping))
}

async function openTemporary(driver: DriverName, keeping: Keeping = {}): Promise<Store> {
  const directory = makeDirectory()
  const store = await openSqliteStore({
    ...keeping,
    path: join(directory.path, 'requests.db'),
    random,
    driver,
  })
  const close = store.close.bind(store)
  return Object.assign(store, {
    async close() {
      await close()
      directory.remove()
    },
  })
}
