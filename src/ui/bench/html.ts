import type { BenchResult } from '../../core/bench/result.ts'
import { shellWord } from '../../core/content/shell.ts'
import { formatDuration } from '../../core/units.ts'
import { measuredText } from './checks.ts'
import { columnsFor } from './columns.ts'
import { eventCount, isPoll, namedModes } from './names.ts'
import { duration, percent, significant } from './numbers.ts'
import { breakEvenChart } from './report/break-even.ts'
import { costChart } from './report/cost.ts'
import { ecdfChart } from './report/ecdf.ts'
import { stripChart } from './report/strips.ts'
import { STYLE } from './report/style.ts'
import { escapeHtml } from './report/svg.ts'
import { timelineChart } from './report/timeline.ts'
import { tilesOf } from './report/tiles.ts'
import { conclusions, headline, partial, remarks } from './sentences.ts'
import { warningTexts } from './warnings.ts'

/** Nothing may be loaded, run or sent; the one style sheet is in the page. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

/** The run as one page that needs nothing else: drawings in it, no script, its data within. */
export function benchToHtml(result: BenchResult): string {
  const body = [
    head(result),
    warnings(result),
    section('The figures', table(result), legendOfTable(result)),
    section('What was asked of it', checks(result)),
    section(
      'How soon a client knows',
      ecdfChart(result),
      'Each curve climbs from 0 to 100 % of the events: the further left it does, the sooner a client knows.',
    ),
    section('How much the delays spread', stripChart(result), 'A box holds the middle half of the delays.'),
    section(
      'What sooner costs',
      costChart(result),
      'Polling can only slide along the dotted line: half the delay takes twice the requests. Push stands off the line.',
    ),
    section(
      'Where the waiting is',
      timelineChart(result),
      'The first five seconds. A hill is made of events that have happened and that the client does not know of; a poll, a tick below the line, flattens it. A dot is an event that a client was told of at once.',
    ),
    section(
      'When push is cheaper',
      breakEvenChart(result),
      'A poll asks whether there are events or not; a webhook asks once for each. Where the lines cross they cost the same: with fewer events push asks less, with more polling does, as one answer carries several. Streams (SSE, WebSocket) ask once and stay connected.',
    ),
    section('What was not seen', losses(result), lossWords(result)),
    section('What follows', list([...conclusions(result), ...remarks(result)])),
    section('How it was measured', method(result)),
    section(
      'Formulas',
      formulas(),
      'T interval, d way back of an answer, R time of a request, λ events per ms, x = λT.',
    ),
  ]
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Poll or be told: ${escapeHtml(titleOf(result))}</title>
<style>${STYLE}</style></head>
<body><main>
${body.filter((part) => part !== '').join('\n')}
</main>
<script type="application/json" id="result">${dataOf(result)}</script>
</body></html>
`
}

function titleOf({ target, seed }: BenchResult): string {
  return `${target.kind === 'builtin' ? 'sample service' : (target.url ?? '')}, seed ${seed}`
}

function head(result: BenchResult): string {
  const tiles = tilesOf(result).map(
    ({ figure, words }) => `<li><b>${escapeHtml(figure)}</b>${escapeHtml(words)}</li>`,
  )
  return `<p class="kicker">webhook-cli bench: ${escapeHtml(titleOf(result))}, ${escapeHtml(result.startedAt)}</p>
<h1>Poll or be told?</h1>
<p class="lead">${escapeHtml(headline(result))}</p>
<ul class="tiles">${tiles.join('')}</ul>`
}

function warnings(result: BenchResult): string {
  const stopped = partial(result)
  const texts = [...(stopped === undefined ? [] : [stopped]), ...warningTexts(result)]
  return texts.length === 0 ? '' : `<div class="warn" role="note">${list(texts)}</div>`
}

function section(title: string, content: string, words = ''): string {
  if (content === '') return ''
  const caption = words === '' ? '' : `<p class="muted">${escapeHtml(words)}</p>`
  return `<section><h2>${escapeHtml(title)}</h2>${caption}${content}</section>`
}

function list(items: readonly string[]): string {
  return `<ul class="plain">${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`
}

function table(result: BenchResult): string {
  const columns = columnsFor(result)
  const rows = namedModes(result).map((named) =>
    columns.map(({ title, cell }) => ({ title, text: cell(named) ?? '–' })),
  )
  return grid(
    columns.map(({ title }) => title),
    rows.map((cells) =>
      cells.map(({ title, text }) =>
        title === 'fit' && text !== '–'
          ? `<span class="${text === 'ok' ? 'ok' : 'bad'}">${escapeHtml(text)}</span>`
          : escapeHtml(text),
      ),
    ),
  )
}

/** Cells are HTML, titles are not. */
function grid(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const headRow = titles.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join('')
  const body = rows.map((cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')
  return `<div class="scroll" tabindex="0"><table><thead><tr>${headRow}</tr></thead><tbody>${body}</tbody></table></div>`
}

function checks({ assertions }: BenchResult): string {
  if (assertions.length === 0) return ''
  return grid(
    ['condition', 'holds', 'measured'],
    assertions.map((check) => [
      `<code>${escapeHtml(check.expr)}</code>`,
      check.pass ? '<span class="ok">yes</span>' : '<span class="bad">no</span>',
      escapeHtml(measuredText(check)),
    ]),
  )
}

function legendOfTable({ modes }: BenchResult): string {
  const needs = Object.values(modes).some(({ delayMs }) => delayMs.p99.needN !== undefined)
  return `Milliseconds from the event to its detection, with 95 % confidence intervals. fit: the delays are spread as the model says (Kolmogorov-Smirnov). wasted: requests that found nothing new.${needs ? ' Percentiles that so few events do not support are left out.' : ''}`
}

function losses(result: BenchResult): string {
  const rows = namedModes(result).map(({ label, mode }) => {
    const share = mode.offered === 0 ? 0 : (100 * mode.coalesced) / mode.offered
    return [
      label,
      String(mode.offered),
      String(mode.missed),
      `${mode.coalesced} (${percent(share)})`,
      mode.model === undefined ? '–' : percent(mode.model.coalescedPct),
      String(mode.duplicates),
      String(mode.outOfOrder),
    ].map(escapeHtml)
  })
  const titles = ['mode', 'events', 'missed', 'coalesced', 'predicted', 'twice', 'out of order']
  return grid(titles, rows)
}

function lossWords({ target, modes }: BenchResult): string {
  const isPolled = Object.values(modes).some(isPoll)
  if (target.semantics === 'history' || !isPolled)
    return 'The endpoint keeps a history, so nothing is overwritten before a poll comes.'
  return 'The endpoint shows its latest state only: what is overwritten before a poll comes is never seen by itself (coalesced).'
}

const CLOCKS = {
  'monotonic-same-host': 'monotonic clock, the same for all processes of this machine',
  'single-process': 'monotonic clock of one process',
  ntp: 'clocks compared as by NTP',
}

function method(result: BenchResult): string {
  const { env, design, target, seed, argv } = result
  const facts: [name: string, fact: string][] = [
    ['command', ['webhook-cli', ...argv.map((word) => shellWord(Buffer.from(word)))].join(' ')],
    ['target', `${target.kind === 'builtin' ? 'sample service' : (target.url ?? '')} (${target.semantics})`],
    ...(target.trigger === undefined ? [] : [['trigger', target.trigger] satisfies [string, string]]),
    [
      'events',
      `${eventCount(result)}, ${design.arrivals}, one about every ${duration(design.meanGapMs)}, over ${formatDuration(design.windowMs)}; ${design.warmupEvents} of warm-up left out`,
    ],
    ['seed', seed],
    [
      'push modes',
      { rotate: 'each event to one of them', slices: 'subscribed in turn', all: 'all events to all' }[
        design.pushAssignment
      ],
    ],
    ['start of a delay', 'the instant for which the event was scheduled'],
    [
      'clock',
      `${CLOCKS[env.clock.source]}${env.clock.boundMs === 0 ? '' : `, to ${duration(env.clock.boundMs)}`}`,
    ],
    [
      'timers',
      `late by ${duration(env.timerOvershootMs.p50)} (median), ${duration(env.timerOvershootMs.max)} at most`,
    ],
    ...(env.requestMs === undefined
      ? []
      : [
          ['a request', `${duration(env.requestMs.p50)} (median of ${env.requestMs.n})`] satisfies [
            string,
            string,
          ],
        ]),
    ['machine', `${env.cpu}, ${env.cores} cores, ${env.os}, Node ${env.node}`],
    [
      'load',
      `the bench itself ${significant(env.harnessCpuPct)} % of a core${env.otherCpuPct === undefined ? '' : `, others ${significant(env.otherCpuPct)} % of the machine`}; its event loop late by ${duration(env.loopDelayP99Ms)} (p99)`,
    ],
  ]
  const rows = facts.map(
    ([name, fact]) =>
      `<dt>${escapeHtml(name)}</dt><dd>${name === 'command' ? `<code>${escapeHtml(fact)}</code>` : escapeHtml(fact)}</dd>`,
  )
  return `<dl>${rows.join('')}</dl>`
}

function formulas(): string {
  return list([
    'Delay of a poll on a grid: T/2 + d on average, uniform between d and T + d. Only the way back counts, the way there moves the grid.',
    'Polls that sleep T after the answer: (T + R)/2 + d. With jitter J: T/2 (1 + J²/3) + d.',
    'Wasted polls: e^-x. Polls per event: 1/x. Events overwritten before a poll: 1 - (1 - e^-x)/x.',
    'To have a mean delay D: T = 2(D - d).',
    'Intervals of means: percentile bootstrap, 2000 resamples. Of percentiles: exact order statistics. Where gaps vary, the gaps are what is counted: ratio of means with Student’s t, and Korn and Graubard’s effective size. Fit: Kolmogorov-Smirnov distance, beyond what the time of the requests leaves open; the limit is that of 5 % for all modes of the run together (Bonferroni).',
  ])
}

/** JSON that no HTML parser can end: no `<` is left in it. Six digits are finer than what was measured. */
function dataOf(result: BenchResult): string {
  return JSON.stringify(result, (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value,
  )
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`)
}
