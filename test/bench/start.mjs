// How much heavier than `node -e 0` our quickest commands start: run in pairs, A B A B …, so that a machine that
// slows down or speeds up does it to both. Prints medians and the median of the pairwise ratios.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/webhook-cli.cjs', import.meta.url))
const PAIRS = Number(process.argv[2] ?? 40)
const GOAL = 1.15
const LIMIT = 1.3

function time(args) {
  const start = process.hrtime.bigint()
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}`)
  return Number((process.hrtime.bigint() - start) / 1000n) / 1000
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2
}

console.log(`${PAIRS} pairs each, node ${process.version}; goal ≤ ${GOAL}, must be ≤ ${LIMIT}`)
let worst = 0
for (const flag of ['--version', '--help', 'list']) {
  const args = flag === 'list' ? [BIN, 'list', '--store', ':memory:'] : [BIN, flag]
  time(args)
  time(['-e', '0'])
  const ours = []
  const bare = []
  for (let pair = 0; pair < PAIRS; pair++) {
    // Which goes first alternates too.
    if (pair % 2 === 0) ours.push(time(args))
    bare.push(time(['-e', '0']))
    if (pair % 2 === 1) ours.push(time(args))
  }
  const ratio = median(ours.map((ms, pair) => ms / bare[pair]))
  if (flag !== 'list') worst = Math.max(worst, ratio)
  const verdict =
    flag === 'list'
      ? 'for comparison'
      : ratio <= GOAL
        ? 'goal met'
        : ratio <= LIMIT
          ? 'within the limit'
          : 'TOO SLOW'
  console.log(
    `${flag.padEnd(10)} ${median(ours).toFixed(1)} ms   node -e 0 ${median(bare).toFixed(1)} ms   ratio ${ratio.toFixed(3)}   ${verdict}`,
  )
}
process.exitCode = worst > LIMIT ? 1 : 0
