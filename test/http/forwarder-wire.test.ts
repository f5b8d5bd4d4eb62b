import { expect, onTestFinished, test } from 'vitest'
import { destinationUrl } from '../../src/core/destination.ts'
import { startChain } from '../helpers/chain.ts'
import { PYTHON, secondOpinion } from '../helpers/h11.ts'
import { mutate, seeded, SEEDS } from '../helpers/malformed.ts'
import { behindHaproxy, HAPROXY } from '../helpers/haproxy.ts'
import { rawClient } from '../helpers/raw-http.ts'

const MUTATED = 1500
/** So many of the seeds, the first ones, are right: damaged a little they are often still accepted. */
const RIGHT = 8

if (PYTHON === undefined)
  console.log('skipped: no python3 with h11, hence no second opinion on what was sent')

if (HAPROXY === undefined) console.log('skipped: no haproxy, hence no third opinion')

function textOf({ method, url, body }: { method: string; url: string; body: Uint8Array }): string {
  return `${method} ${url} ${Buffer.from(body).toString('hex')}`
}

test(
  'R-FWD-6: whatever was accepted goes out as one request that all parsers read alike, framed by us alone',
  { timeout: 90_000 },
  async () => {
    const chain = await startChain()
    onTestFinished(() => chain.close())
    const pick = seeded(20_251_121)
    const damaged = Array.from({ length: MUTATED }, (_, i) => mutate(SEEDS[i % RIGHT] ?? '', pick))
    for (const sample of [...SEEDS, ...damaged]) {
      const client = await rawClient({ port: chain.port })
      void client.send(sample)
      client.socket.end()
      await client.rest()
    }
    const { captured, attempts, target } = chain
    await expect.poll(() => attempts.length).toBe(captured.length)
    const accepted = captured.map(({ method, target: requestTarget, body }) =>
      textOf({ method, url: destinationUrl('', requestTarget), body }),
    )

    expect(attempts.filter(({ outcome }) => outcome.kind !== 'response')).toEqual([])
    expect(target.arrived.map(textOf)).toEqual(accepted)

    const wires = target.wires.map((pieces) => Buffer.concat(pieces))
    const all = Buffer.concat(wires).toString('latin1')
    expect(all).not.toMatch(/\r\n(?:transfer-encoding|te|trailer|upgrade|expect|keep-alive)[ \t]*:/i)
    const lengths = target.arrived.map(
      ({ headers }) => headers.filter(([name]) => name.toLowerCase() === 'content-length').length,
    )
    expect(Math.max(...lengths)).toBe(1)
    expect(target.arrived.filter(({ body }, i) => body.length > 0 && lengths[i] !== 1)).toEqual([])

    console.log(
      `R-FWD-6: ${SEEDS.length} seeds and ${MUTATED} damaged ones, ${accepted.length} requests accepted, ` +
        `${target.arrived.length} at the target on ${wires.length} connections`,
    )
    expect(accepted.length).toBeGreaterThan(150)
    if (PYTHON !== undefined) {
      const opinions = secondOpinion(PYTHON, wires).flat()
      expect(opinions).toEqual(accepted)
      console.log(
        `R-FWD-6: h11 and llhttp agree with what was accepted on ${opinions.length} of ${accepted.length}`,
      )
    }
    if (HAPROXY !== undefined) {
      const handedOn = await behindHaproxy(HAPROXY, wires)
      expect(handedOn.map(textOf)).toEqual(accepted)
      console.log(`R-FWD-6: haproxy hands on ${handedOn.length} of ${accepted.length}, and nothing else`)
    }
  },
)
