// A receiver in a process of its own, to be run under limits and to be weighed alone.
// Needs the build. Prints `port N` once it listens; answers GET /memory with its peak memory in bytes,
// GET /counts with how many requests it was given, and GET /handled with those since it was last asked.
import { DEFAULT_LIMITS, startReceiver } from '../../dist/http/receiver.js'
import { systemClock } from '../../dist/ui/io.js'

const counts = { handled: 0, refused: {} }
/** Method, target and body in hex of each; of large bodies the length. */
const handled = []

function answer(status, body) {
  return { status, headers: [['Content-Type', 'application/json']], body: Buffer.from(JSON.stringify(body)) }
}

const receiver = await startReceiver({
  host: '127.0.0.1',
  port: 0,
  clock: systemClock,
  limits: { ...DEFAULT_LIMITS, ...JSON.parse(process.argv[2] ?? '{}') },
  async handle({ method, target, body }) {
    if (target === '/memory')
      return answer(200, { peak: process.resourceUsage().maxRSS * 1024, now: process.memoryUsage().rss })
    if (target === '/counts') return answer(200, counts)
    if (target === '/handled') return answer(200, handled.splice(0))
    counts.handled++
    const { length } = body
    handled.push(`${method} ${target} ${length > 10_000 ? length : Buffer.from(body).toString('hex')}`)
    return answer(200, {})
  },
  onRefused({ reason, status }) {
    const key = `${reason} ${status ?? '-'}`
    counts.refused[key] = (counts.refused[key] ?? 0) + 1
  },
})
process.stdout.write(`port ${receiver.port}\n`)
