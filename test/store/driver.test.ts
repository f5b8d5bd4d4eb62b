import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openDatabase } from '../../src/store/sqlite-driver.ts'
import { DRIVERS } from './drivers.ts'
import { makeDirectory } from './samples.ts'

test.each(DRIVERS)('%s: a statement takes new values each time, in whatever way it is run', (driver) => {
  const directory = makeDirectory()
  const path = join(directory.path, 'a.db')
  writeFileSync(path, '')
  const db = openDatabase(path, driver, undefined)
  const same = db.prepare('SELECT ? AS value')
  expect(same.all('a')).toEqual([{ value: 'a' }])
  expect(same.get('b')).toEqual({ value: 'b' })
  expect(same.all('c')).toEqual([{ value: 'c' }])
  expect(same.get('d')).toEqual({ value: 'd' })
  expect(same.get('e')).toEqual({ value: 'e' })
  db.close()
  directory.remove()
})

test.each(DRIVERS)('%s: no bytes are no bytes and not NULL, whatever they are a view of', (driver) => {
  const directory = makeDirectory()
  const path = join(directory.path, 'a.db')
  writeFileSync(path, '')
  const db = openDatabase(path, driver, undefined)
  const typeOf = db.prepare('SELECT typeof(?) AS type')
  const some = Buffer.from('some')
  const none = [
    new Uint8Array(),
    Buffer.alloc(0),
    Buffer.alloc(0).subarray(0),
    some.subarray(4),
    Buffer.concat([]),
  ]
  expect(none.map((bytes) => typeOf.get(bytes)?.['type'])).toEqual(none.map(() => 'blob'))
  db.close()
  directory.remove()
})
