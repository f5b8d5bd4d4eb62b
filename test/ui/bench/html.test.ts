import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { chromium, type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { benchToHtml } from '../../../src/ui/bench/html.ts'
import type { BenchResult } from '../../../src/core/bench/result.ts'
import { CONTENT, LEAST_CONTRAST, PRINT_STYLES, SIZES } from '../../helpers/page-checks.ts'
import { simulateBench } from '../../helpers/simulated-bench.ts'

const CHROMIUM = '/usr/bin/chromium'
const isThere = existsSync(CHROMIUM)
if (!isThere) console.log(`skipped: the report in a browser, as there is no ${CHROMIUM}`)

const run = simulateBench()
const troubled = simulateBench({ semantics: 'latest', cacheMs: 120, pushDelayMs: 2000 })
const page = benchToHtml(run)
const screenshots = process.env['WEBHOOK_CLI_SCREENSHOTS']

describe('the page as text', () => {
  test('is one file of moderate size with all its sections', () => {
    const titles = Array.from(page.matchAll(/<h2>([^<]+)</g), ([, title]) => title)
    expect(titles).toEqual([
      'The figures',
      'How soon a client knows',
      'How much the delays spread',
      'What sooner costs',
      'Where the waiting is',
      'When push is cheaper',
      'What was not seen',
      'What follows',
      'How it was measured',
      'Formulas',
    ])
    const kilobytes = Buffer.byteLength(page) / 1000
    console.log(`bench report: ${kilobytes.toFixed(0)} kB for ${run.events.length} events`)
    expect(kilobytes).toBeLessThan(100)
    expect(/\s(?:src|href|on\w+)=|url\(|@import/i.test(page)).toBe(false)
    expect(page.match(/<script/g)).toHaveLength(1)
  })

  test('holds the result as data', () => {
    const data = /<script type="application\/json" id="result">(.*?)<\/script>/s.exec(page)?.[1] ?? ''
    const { seed, modes } = JSON.parse(data)
    expect(seed).toBe(run.seed)
    expect(modes.webhook.samplesMs).toHaveLength(50)
    expect(modes.webhook.delayMs.mean.value).toBeCloseTo(run.modes['webhook']?.delayMs.mean.value ?? 0, 4)
  })

  test('the name of the model stands on no point of a poll', () => {
    const poll = run.modes['poll.2000ms'] ?? fail()
    for (const mean of [50, 100, 200, 300, 400, 471, 600, 800]) {
      const delayMs = { ...poll.delayMs, mean: { value: mean } }
      const modes = { ...run.modes, 'poll.2000ms': { ...poll, delayMs, requestsPerEvent: 50 / mean } }
      const html = benchToHtml({ ...run, modes })
      const [, x = '', y = ''] =
        /<text x="([\d.]+)" y="([\d.]+)" text-anchor="end" class="muted">polling, by/.exec(html) ?? []
      const points = html.matchAll(/<rect class="dot [^"]*" x="([\d.]+)" y="([\d.]+)"/g)
      const covered = Array.from(points, ([, left, top]) => [
        Number(left) - Number(x),
        Number(top) - Number(y),
      ]).filter(([dx = 0, dy = 0]) => dx > -120 && dx < 0 && dy > -22 && dy < 2)
      expect([mean, x !== '', covered]).toEqual([mean, true, []])
    }
  })

  test('a run that saw nothing makes a page without empty figures', () => {
    const tiny = simulateBench({ events: 2 })
    for (const result of [tiny, { ...tiny, modes: {}, events: [], breakEven: [], extrapolated: [] }])
      expect(
        benchToHtml(result)
          .replace(/<script.*<\/script>/s, '')
          .match(/NaN|undefined|Infinity/),
      ).toBeNull()
  })
})

/** Asks a page; the answer has the shape that the question's code gives it. */
async function ask<T>(opened: Page, question: string): Promise<T> {
  return opened.evaluate<T>(question)
}

interface Sizes {
  readonly page: number
  readonly paper: string
  readonly charts: readonly boolean[]
}

describe.skipIf(!isThere)('the page in Chromium', () => {
  let browser: Browser
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(request.url ?? '')
    response.end()
  })
  let origin = ''

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  })
  afterAll(async () => {
    await browser.close()
    await new Promise((resolve) => server.close(resolve))
  })

  async function open(html: string, width = 1000, colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
    const opened = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
    opened.on('request', (request) => requests.push(request.url()))
    opened.on('dialog', (dialog) => {
      requests.push(`dialog ${dialog.message()}`)
      void dialog.dismiss()
    })
    await opened.setContent(html)
    return opened
  }

  test.each([400, 1400])(
    'at %i pixels nothing stands over the edge, and every chart is drawn',
    async (width) => {
      for (const html of [page, benchToHtml(troubled)]) {
        const opened = await open(html, width)
        const sizes = await ask<Sizes>(opened, SIZES)
        expect(sizes.page).toBeLessThanOrEqual(width)
        if (screenshots !== undefined)
          await opened.screenshot({ path: join(screenshots, `bench-${width}.png`), fullPage: true })
        expect(sizes.charts).toEqual(Array.from({ length: 5 }, () => true))
        await opened.close()
      }
    },
  )

  test.each(['light', 'dark'] as const)('%s: all text has a contrast of 4.5 at least', async (scheme) => {
    const opened = await open(benchToHtml(troubled), 1000, scheme)
    const { ratio, text } = await ask<{ ratio: number; text: string }>(opened, LEAST_CONTRAST)
    console.log(`bench report, ${scheme}: least contrast ${ratio.toFixed(1)} ("${text.slice(0, 30)}")`)
    expect(ratio).toBeGreaterThanOrEqual(4.5)
    await opened.close()
  })

  /** A4 within the margins of the style sheet. */
  const PAPER = 700

  test.each([
    ['a run', page],
    ['one with every column', benchToHtml(crowded())],
  ])('%s in print is light, whatever the screen, and its tables are whole', async (_what, html) => {
    const opened = await open(html, PAPER, 'dark')
    await opened.emulateMedia({ media: 'print', colorScheme: 'dark' })
    const { ratio } = await ask<{ ratio: number }>(opened, LEAST_CONTRAST)
    expect(ratio).toBeGreaterThanOrEqual(4.5)
    const sizes = await ask<Sizes>(opened, SIZES)
    expect(sizes.paper).toBe('rgb(255, 255, 255)')
    expect(sizes.page).toBeLessThanOrEqual(PAPER)
    await opened.close()
  })

  test('in print a page ends between charts and between rows, and the legend keeps its colours', async () => {
    const opened = await open(page, PAPER)
    await opened.emulateMedia({ media: 'print' })
    const styles = await ask<Record<string, string>>(opened, PRINT_STYLES)
    expect(styles).toEqual({
      figures: 'auto',
      row: 'avoid',
      chart: 'avoid',
      title: 'avoid',
      swatch: 'exact',
    })
    await opened.close()
  })

  test('what the target says neither runs nor loads nor leaves its place', async () => {
    const evil = `</title></style></script><script>alert(1)</script><img src=${origin}/i onerror=alert(2)><svg onload=alert(3)>"'&\u202e<base href=${origin}><!--`
    const base = simulateBench({ url: evil })
    const html = benchToHtml({
      ...base,
      seed: evil,
      argv: ['bench', evil],
      target: { ...base.target, trigger: evil },
      env: { ...base.env, cpu: evil, os: evil, node: evil },
      warnings: [{ code: 'x', text: evil }],
      modes: { ...base.modes, [evil]: { ...(base.modes['webhook'] ?? fail()) } },
    })
    requests.length = 0
    const opened = await open(html)
    await opened.waitForLoadState('networkidle')
    const found = await ask<{ data: string }>(opened, CONTENT)
    expect(requests).toEqual([])
    expect(found).toMatchObject({ scripts: 1, strangers: 0, charts: 5 })
    expect(JSON.parse(found.data).seed).toBe(evil)
    await opened.close()
  })
})

/** Twenty modes, as many as there may be, that missed and coalesced events, and conditions on them. */
function crowded(): BenchResult {
  const base = simulateBench({ semantics: 'latest', cacheMs: 120, pushDelayMs: 2000, events: 1600 })
  const all = Object.entries(base.modes)
  const modes = Array.from({ length: 20 }, (_, index) => {
    const [name, mode] = all[index % all.length] ?? fail()
    return [`${name}#${index}`, { ...mode, missed: 1234 }] as const
  })
  const assertions = [{ expr: 'webhook.p90<20us', pass: false, actual: 0.95, unit: 'ms' as const }]
  return { ...base, modes: Object.fromEntries(modes), assertions }
}

function fail(): never {
  throw new Error('the simulated run lacks a mode')
}
