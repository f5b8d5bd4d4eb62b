import { writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { withoutLongLists } from '../../app/bench/build.ts'
import { isNoisy } from '../../app/bench/warnings.ts'
import type { Assertion } from '../../core/bench/assert.ts'
import { evaluateAssertions, parseAssertion } from '../../core/bench/assert.ts'
import type { Baseline } from '../../core/bench/baseline.ts'
import { readBaseline } from '../../core/bench/baseline.ts'
import type { Comparison } from '../../core/bench/compare.ts'
import { compareResults } from '../../core/bench/compare.ts'
import { createRandom } from '../../core/bench/random.ts'
import type { BenchResult } from '../../core/bench/result.ts'
import { AppError, EXIT } from '../../core/errors.ts'
import { renderComparison } from '../../ui/bench/comparison.ts'
import { measuredText } from '../../ui/bench/checks.ts'
import { benchToCsv } from '../../ui/bench/csv.ts'
import { benchToHtml } from '../../ui/bench/html.ts'
import { benchToMarkdown } from '../../ui/bench/markdown.ts'
import { renderBenchRows } from '../../ui/bench/records.ts'
import { partial } from '../../ui/bench/sentences.ts'
import { renderBench } from '../../ui/bench/terminal.ts'
import type { Io, Output } from '../../ui/io.ts'
import { sanitizeLine, toJsonLine } from '../../ui/sanitize.ts'
import type { Theme } from '../../ui/theme.ts'
import { makeFolder } from '../folders.ts'
import type { Session } from '../session.ts'
import { readFileOf, systemCode } from '../session.ts'
import type { BenchInput } from './bench-flags.ts'

/** What the result will be held against, read before anything is run. */
export interface Checks {
  readonly assertions: readonly Assertion[]
  readonly baseline?: Baseline
}

const DEFAULT_COLUMNS = 80

/** @throws AppError `bad-value`, `file-unreadable` or that of a baseline */
export async function planChecks({ flags, folder }: BenchInput): Promise<Checks> {
  const assertions = (flags.assert ?? []).map(parseAssertion)
  if (flags.compare === undefined) return { assertions }
  const text = (await readFileOf('--compare', flags.compare, folder)).toString('utf8')
  return { assertions, baseline: readBaseline(text, flags.compare) }
}

/** Prints and writes what was asked for, and says how the command ends. */
export async function showResult(
  measured: BenchResult,
  { flags }: Pick<BenchInput, 'flags'>,
  { assertions, baseline }: Checks,
  session: Pick<Session, 'out' | 'err'>,
  { io }: { readonly io: Pick<Io, 'stdout' | 'stderr' | 'cwd'> },
): Promise<number> {
  const isEmpty = Object.values(measured.modes).every(({ offered }) => offered === 0)
  if (isEmpty && measured.interrupted && flags.json !== true) {
    io.stderr.write('stopped before the first event: there is nothing to show\n')
    return EXIT.nothingSeen
  }
  const result = { ...measured, assertions: evaluateAssertions(assertions, measured.modes) }
  const comparison = baseline && compareResults(baseline, result, createRandom(`${result.seed}/compare`))
  const listed = withoutLongLists(result)
  if (flags.json === true) io.stdout.write(toJsonLine(listed))
  else if (flags.csv === true) io.stdout.write(benchToCsv(listed))
  else if (flags.markdown === true) io.stdout.write(benchToMarkdown(listed))
  else if (io.stdout.isTTY)
    io.stdout.write(renderBench(result, session.out, io.stdout.columns() ?? DEFAULT_COLUMNS))
  else io.stdout.write(renderBenchRows(result))
  if (comparison !== undefined)
    io.stderr.write(renderComparison(comparison, session.err, io.stderr.columns() ?? DEFAULT_COLUMNS))
  for (const path of await saved(listed, flags, io.cwd)) io.stderr.write(`saved ${sanitizeLine(path)}\n`)
  if (flags.json === true || !io.stdout.isTTY) tellAsides(result, session.err, io.stderr)
  return statusOf(result, comparison, flags.strict === true)
}

/** What a table for people says anyway, and a program's reader must not overlook. */
function tellAsides(result: BenchResult, err: Theme, stderr: Output): void {
  const stopped = partial(result)
  const notes = [...(stopped === undefined ? [] : [stopped]), ...result.warnings.map(({ text }) => text)]
  for (const note of notes) stderr.write(`${err.warn('note:')} ${sanitizeLine(note)}\n`)
  for (const check of result.assertions) {
    if (!check.pass)
      stderr.write(
        `${err.bad(err.symbols.bad)} ${sanitizeLine(check.expr)} does not hold: ${measuredText(check)}\n`,
      )
  }
}

/** What weighs most comes first: without events there is nothing to judge, on a busy machine nothing to trust. */
function statusOf(result: BenchResult, comparison: Comparison | undefined, isStrict: boolean): number {
  const modes = Object.values(result.modes)
  if (modes.every(({ offered }) => offered === 0)) return EXIT.nothingSeen
  if (modes.some(({ offered, detected }) => offered > 0 && detected === 0)) return EXIT.nothingSeen
  if (isStrict && isNoisy(result)) return EXIT.tooNoisy
  const isSlower = comparison?.modes.some(
    (mode) => mode.status === 'compared' && mode.mean.verdict === 'higher',
  )
  if (isSlower === true || result.assertions.some(({ pass }) => !pass)) return EXIT.checkFailed
  return result.warnings.some(({ code }) => code === 'target-died') ? EXIT.failed : EXIT.ok
}

async function saved(
  result: BenchResult,
  { html, out }: BenchInput['flags'],
  cwd: string,
): Promise<string[]> {
  const files: [path: string, text: () => string][] = []
  if (html !== undefined) files.push([resolve(cwd, html), () => benchToHtml(result)])
  if (out !== undefined) {
    const place = (ending: string): string =>
      join(resolve(cwd, out), `bench-${result.seed.replaceAll(/[^\w.-]/g, '_').slice(0, 40)}.${ending}`)
    files.push(
      [place('json'), () => `${JSON.stringify(result)}\n`],
      [place('csv'), () => benchToCsv(result)],
      [place('md'), () => benchToMarkdown(result)],
      [place('html'), () => benchToHtml(result)],
    )
  }
  for (const [path, text] of files) {
    try {
      makeFolder(dirname(path), 0o777)
      await writeFile(path, text())
    } catch (error) {
      throw new AppError('file-unwritable', { path, reason: systemCode(error) }, { cause: error })
    }
  }
  return files.map(([path]) => path)
}
