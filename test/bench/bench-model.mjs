// How often the benchmark's polling rows agree with theory: many seeds of `bench` against its own service, one row for
// each interval. A row agrees where its mean lies within the 95 % band of T/2 + d, that is within 1.96 T/√(12 n).
// Usage: node test/bench/bench-model.mjs [seeds] [events] [gap in ms]
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../bin/webhook-cli.cjs', import.meta.url))
const SEEDS = Number(process.argv[2] ?? 20)
const EVENTS = Number(process.argv[3] ?? 200)
const GAP_MS = Number(process.argv[4] ?? 50)
const INTERVALS = '100ms,300ms,1s'
const GOAL = 0.93
/** Standard normal quantile of 0.975. */
const Z = 1.959964

let rows = 0
let inBand = 0
let inInterval = 0
let fits = 0
console.log(
  `node ${process.version}, ${SEEDS} seeds, ${EVENTS} events, one about every ${GAP_MS} ms, polls every ${INTERVALS}`,
)
for (let seed = 1; seed <= SEEDS; seed++) {
  const args = ['bench', '--json', '--poll', INTERVALS, '--events', String(EVENTS), '--gap', `${GAP_MS}ms`]
  const text = execFileSync(process.execPath, [BIN, ...args, '--seed', `model-${seed}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 64 * 1024 ** 2,
  })
  const { modes, env } = JSON.parse(text)
  const shown = []
  for (const { intervalMs, detected, delayMs, model } of Object.values(modes)) {
    const half = (Z * intervalMs) / Math.sqrt(12 * detected)
    const residual = delayMs.mean.value - model.meanMs
    const [low, high] = delayMs.mean.ci95
    rows++
    if (Math.abs(residual) <= half) inBand++
    if (low <= model.meanMs && model.meanMs <= high) inInterval++
    if (model.fit) fits++
    shown.push(
      `${intervalMs} ms: ${delayMs.mean.value.toFixed(1)} (model ${model.meanMs.toFixed(1)} ± ${half.toFixed(1)})${Math.abs(residual) <= half ? '' : ' OUT'}`,
    )
  }
  console.log(
    `seed ${String(seed).padStart(2)}   ${shown.join('   ')}   others ${env.otherCpuPct?.toFixed(0) ?? '?'} % CPU`,
  )
}
const share = inBand / rows
console.log(
  `${inBand} of ${rows} rows (${(100 * share).toFixed(1)} %) within the 95 % band of T/2 + d; ${inInterval} intervals hold the model's mean; ${fits} fit by KS; must be ≥ ${100 * GOAL} %`,
)
process.exitCode = share < GOAL ? 1 : 0
