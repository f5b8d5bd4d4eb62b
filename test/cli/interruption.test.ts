import { EventEmitter } from 'node:events'
import { beforeEach, expect, test } from 'vitest'
import type { Interruption } from '../../src/cli/deps.ts'
import { watchSignals } from '../../src/cli/interruption.ts'

let signals: EventEmitter
let now: number
let ended: number
let watched: Interruption

beforeEach(() => {
  signals = new EventEmitter()
  now = 5000
  ended = 0
  watched = watchSignals(
    (signal, callback) => void signals.on(signal, callback),
    { monotonic: () => now },
    () => void ended++,
  )
})

const send = (signal: string, afterMs = 0): void => {
  now += afterMs
  signals.emit(signal)
}

test('one SIGINT asks to finish and is what the process dies by', () => {
  expect([watched.stop.aborted, watched.bySigint()]).toEqual([false, false])
  send('SIGINT')
  expect([watched.stop.aborted, watched.bySigint(), ended]).toEqual([true, true, 0])
})

test('the same SIGINT passed on by npm or timeout(1) is not a second one', () => {
  send('SIGINT')
  send('SIGINT')
  send('SIGINT', 99)
  expect(ended).toBe(0)
})

test('a second SIGINT ends it there and then, also where copies of the first had come', () => {
  send('SIGINT')
  send('SIGINT', 60)
  send('SIGINT', 60)
  expect(ended).toBe(1)
})

test.each(['SIGTERM', 'SIGHUP'])('%s asks to finish, however often; a SIGINT later on ends it', (signal) => {
  send(signal)
  send(signal, 500)
  expect([watched.stop.aborted, watched.bySigint(), ended]).toEqual([true, false, 0])
  send('SIGINT', 500)
  expect(ended).toBe(1)
})
