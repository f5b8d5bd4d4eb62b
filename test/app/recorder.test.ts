import { expect, test } from 'vitest'
import { Recorder } from '../../src/app/recorder.ts'
import type { Delivery } from '../../src/core/delivery.ts'
import type { Clock } from '../../src/core/ports.ts'
import { createMemoryStore } from '../../src/store/memory.ts'
import { answerOf, deliveryOf, random } from '../store/samples.ts'

const delivery: Delivery = deliveryOf('aaaaaaaa', answerOf(200))
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** A store that keeps when it is told to, and a clock whose timers run when they are told to. */
function setUp(isTimed: boolean) {
  const kept: (() => void)[] = []
  const timers = new Set<() => void>()
  const failing = { error: undefined as Error | undefined }
  const store = Object.assign(createMemoryStore({ random }), {
    record: () =>
      new Promise<void>((resolve, reject) => {
        if (failing.error !== undefined) reject(failing.error)
        else kept.push(resolve)
      }),
  })
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after(_ms, callback) {
      timers.add(callback)
      return () => timers.delete(callback)
    },
    sleep: () => Promise.resolve(),
  }
  const recorder = new Recorder(store, clock, isTimed)
  return {
    recorder,
    failing,
    waiting: () => kept.length,
    keepAll: () => kept.splice(0).forEach((keep) => keep()),
    ringAll: () => timers.forEach((ring) => ring()),
  }
}

test('deliveries are handed to the store together: after a moment, or 256 of them', async () => {
  const { recorder, waiting, ringAll } = setUp(false)
  for (let nth = 0; nth < 10; nth++) await recorder.add(delivery)
  expect(waiting()).toBe(0)
  ringAll()
  expect(waiting()).toBe(10)
  for (let nth = 0; nth < 256; nth++) await recorder.add(delivery)
  expect(waiting()).toBe(266)
})

test('of a run with places in time they wait for a pause, short ones not counted', async () => {
  const { recorder, waiting, ringAll } = setUp(true)
  await recorder.add(delivery)
  ringAll()
  recorder.pause(5)
  expect(waiting()).toBe(0)
  recorder.pause(50)
  expect(waiting()).toBe(1)
})

test('in a short pause as many are written as take half of it, where that is worth it', async () => {
  const { recorder, waiting } = setUp(true)
  for (let nth = 0; nth < 40; nth++) await recorder.add(delivery)
  recorder.pause(3)
  expect(waiting()).toBe(0)
  recorder.pause(10)
  expect(waiting()).toBe(30)
  recorder.pause(10)
  expect(waiting()).toBe(30)
  recorder.pause(30)
  expect(waiting()).toBe(40)
})

test('no more than 1,024 wait for the disk: then adding waits too', async () => {
  const { recorder, waiting, keepAll } = setUp(false)
  let added = 0
  const adding = (async () => {
    for (let nth = 0; nth < 2000; nth++) {
      await recorder.add(delivery)
      added++
    }
  })()
  await nextTurn()
  expect(waiting()).toBe(1024)
  expect(added).toBe(1023)
  for (let turn = 0; turn < 5; turn++) {
    keepAll()
    await nextTurn()
  }
  await adding
  expect(added).toBe(2000)
})

test('settled waits for all, and both it and adding tell of a failure', async () => {
  const { recorder, failing, waiting, keepAll } = setUp(false)
  await recorder.add(delivery)
  let isSettled = false
  const settling = recorder.settled().then(() => (isSettled = true))
  await nextTurn()
  expect([waiting(), isSettled]).toEqual([1, false])
  keepAll()
  await settling
  failing.error = new Error('the disk is full')
  await recorder.add(delivery)
  await expect(recorder.settled()).rejects.toThrow('the disk is full')
  await expect(recorder.add(delivery)).rejects.toThrow('the disk is full')
})
