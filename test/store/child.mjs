// A process of its own that uses the built store. Arguments: what to do, the store's path, and options as JSON.
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeSync } from 'node:fs'
import { openStore } from '../../dist/store/open.js'

const [, , action, path, json = '{}'] = process.argv
const options = JSON.parse(json)
if (options.umask !== undefined) process.umask(options.umask)

const store = await openStore({
  location: path,
  random: randomBytes,
  uid: process.getuid?.(),
  warnings: process,
  ...(options.driver && { driver: options.driver }),
})
const assessment = { identity: {}, verdict: { status: 'unsigned' } }
const captureOne = async () => {
  const body = randomBytes(1 + (randomBytes(1)[0] ?? 0) * 16)
  const { id } = await store.capture(
    {
      source: 'captured',
      receivedAt: 0,
      receivedMonotonic: 0,
      method: 'POST',
      target: '/',
      httpVersion: '1.1',
      headers: [],
      trailers: [],
      body,
    },
    assessment,
  )
  // Written at once, not through a stream: what is printed has been acknowledged.
  writeSync(1, `acked ${id} ${createHash('sha256').update(body).digest('hex')}\n`)
}

if (action === 'hold') {
  await captureOne()
  await once(process.stdin.resume(), 'end')
} else {
  const groups = action === 'endless' ? Infinity : options.count / options.group
  for (let i = 0; i < groups; i++) await Promise.all(Array.from({ length: options.group }, captureOne))
}
await store.close()
