import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestService } from './service.ts'
import { startTestService } from './service.ts'

const CHROMIUM = '/usr/bin/chromium'
const missing = existsSync(CHROMIUM) ? '' : ' (skipped: no Chromium)'
let service: TestService

beforeAll(async () => {
  service = await startTestService()
})
afterAll(() => service.close())

const BROWSER = { Accept: 'text/html,*/*;q=0.8' }

test('whoever asks with curl gets what a browser shows as plain text', async () => {
  const { text, headers } = await service.get('/', { Accept: '*/*' })
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(headers.get('vary')).toBe('Accept')
  expect(text).not.toMatch(/<[a-z!]|&(?:amp|quot|#39);/i)
  expect(text).toContain(`curl '${service.url}/events?since=0'\n`)
  expect(text).toContain('then send {"type":"subscribe"}.\n')
  expect(text).toMatch(/\n {2}POST {4}\/webhooks\/\{id\}\/ping +\w/)
})

test('the page is text: no script, nothing loaded, and it may not be framed', async () => {
  const { text, headers } = await service.get('/', BROWSER)
  expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-ancestors 'none'/)
  expect(text).not.toMatch(/<script|<img|<link|\bon\w+=|url\(|javascript:/i)
  expect(text).toContain('/webhooks/{id}/deliveries/{delivery}/redeliver')
})

test('what a client says is escaped', async () => {
  const { text } = await service.get('/', { ...BROWSER, Host: '127.0.0.1' })
  expect(text).toContain('http://127.0.0.1')
  const hostile = await service.get('/?<script>alert(1)</script>', BROWSER)
  expect(hostile.text).not.toContain('<script>')
})

test.skipIf(missing !== '')(
  `it fits a phone and a wide screen, light and dark, without a violation${missing}`,
  async () => {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
    try {
      for (const colorScheme of ['light', 'dark'] as const) {
        for (const width of [400, 1400]) {
          const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
          const complaints: string[] = []
          page.on('console', (message) => complaints.push(message.text()))
          await page.goto(`${service.url}/`)
          const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
          expect([colorScheme, width, overflow]).toEqual([colorScheme, width, 0])
          // Chromium asks for an icon by itself, and the policy says no.
          expect(complaints.filter((text) => !text.includes('favicon'))).toEqual([])
          const to = process.env['WEBHOOK_CLI_SCREENSHOTS']
          if (to !== undefined)
            await page.screenshot({ path: join(to, `serve-${width}-${colorScheme}.png`), fullPage: true })
          await page.close()
        }
      }
    } finally {
      await browser.close()
    }
  },
)
