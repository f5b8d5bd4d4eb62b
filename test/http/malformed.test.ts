import { expect, onTestFinished, test } from 'vitest'
import { PYTHON, secondOpinion } from '../helpers/h11.ts'
import { mutate, seeded, SEEDS } from '../helpers/malformed.ts'
import { post, rawClient } from '../helpers/raw-http.ts'
import { spawnReceiver } from '../helpers/receiver-child.ts'

const COUNT = 10_000
const GOOD_EVERY = 50
const MB = 1_000_000
const GOOD = `POST / ${Buffer.from('good').toString('hex')}`

if (PYTHON === undefined)
  console.log('skipped: no python3 with h11, hence no second opinion on what was handled')

/** Node 20.18 has llhttp 8, which takes a CR followed by anything for the end of a head. Nothing above it can tell. */
const STRICT = Number(process.versions['llhttp']?.split('.')[0]) >= 9

/**
 * Node takes more than one space between method and target, as RFC 9112 §3 allows, and h11 does not. The request is the
 * same either way, so h11 is asked about the one with a single space.
 */
function withSingleSpace(sample: Buffer): Buffer {
  return Buffer.from(sample.toString('latin1').replace(/^([\r\n]*[A-Z-]+) +/, '$1 '), 'latin1')
}

test(
  'R-CAP-9: 10,000 malformed: alive, good ones served between them, nothing handled that another parser would refuse',
  { timeout: 120_000 },
  async () => {
    const receiver = await spawnReceiver()
    onTestFinished(() => receiver.kill())
    const { port } = receiver
    const pick = seeded(20_251_101)
    const good = await rawClient({ port })
    const handled: { sample: Buffer; requests: string[] }[] = []
    const statuses = new Map<string, number>()
    let served = 0
    let before = 0
    for (let i = 0; i < COUNT; i++) {
      const seed = SEEDS[i % SEEDS.length] ?? ''
      const sample = Buffer.from(i < SEEDS.length ? seed : mutate(seed, pick), 'latin1')
      const client = await rawClient({ port })
      void client.send(sample)
      client.socket.end()
      const answers = (await client.rest()).toString('latin1')
      const status = /HTTP\/1\.1 (\d+) [^\r]*\r\n(?!.*HTTP\/1\.1 \d)/s.exec(answers)?.[1] ?? 'none'
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      const requests = await receiver.handled()
      if (requests.length > 0) handled.push({ sample, requests })
      if (i % GOOD_EVERY === 0) {
        await good.send(post('good'))
        const { status } = await good.answer()
        expect(await receiver.handled()).toEqual([GOOD])
        if (status === 200) served++
      }
      // The first thousand warm up the heap.
      if (i === 1000) before = (await receiver.memory()).now
    }
    const growth = (await receiver.memory()).now - before
    good.socket.destroy()

    expect(served).toBe(COUNT / GOOD_EVERY)
    expect(receiver.alive()).toBe(true)
    expect(growth).toBeLessThan(100 * MB)
    const table = Object.fromEntries(statuses)
    console.log(
      `R-CAP-9: ${COUNT} malformed, last answers ${JSON.stringify(table)}, ${served}/${COUNT / GOOD_EVERY} good, ` +
        `+${(growth / MB).toFixed(0)} MB; ${handled.length} of them held complete requests`,
    )
    if (PYTHON === undefined) return
    const opinions = secondOpinion(
      PYTHON,
      handled.map(({ sample }) => withSingleSpace(sample)),
    )
    const disputed = handled.filter(
      ({ requests }, i) => requests.join('\n') !== opinions[i]?.slice(0, requests.length).join('\n'),
    )
    console.log(`R-CAP-9: h11 agrees on ${handled.length - disputed.length} of ${handled.length}`)
    if (!STRICT) return
    expect(
      disputed.map(({ sample, requests }) => [sample.toString('latin1').slice(0, 300), requests]),
    ).toEqual([])
  },
)
