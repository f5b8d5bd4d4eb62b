import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemClock } from '../../src/ui/io.ts'

const DAY_MS = 86_400_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('a timer of 60 days, longer than Node knows, ends after 60 days', () => {
  let ended = 0
  systemClock.after(60 * DAY_MS, () => ended++)
  const cancel = systemClock.after(60 * DAY_MS, () => ended++)
  vi.advanceTimersByTime(59 * DAY_MS)
  expect(ended).toBe(0)
  cancel()
  vi.advanceTimersByTime(DAY_MS)
  expect(ended).toBe(1)
})

test('a sleep of 60 days ends after 60 days, or when it is told to', async () => {
  const told = new AbortController()
  const ended: string[] = []
  void systemClock.sleep(60 * DAY_MS, new AbortController().signal).then(() => ended.push('slept'))
  void systemClock.sleep(60 * DAY_MS, told.signal).then(() => ended.push('told'))
  await vi.advanceTimersByTimeAsync(59 * DAY_MS)
  expect(ended).toEqual([])
  told.abort()
  await vi.advanceTimersByTimeAsync(DAY_MS)
  expect(ended).toEqual(['told', 'slept'])
})
