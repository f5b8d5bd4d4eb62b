import { describe, expect, test } from 'vitest'
import { redactText } from '../../src/core/credentials.ts'

describe('a text that was typed', () => {
  test.each([
    [
      'a field of a query',
      'http://x.test/a?page=2&token=hunter2#top',
      'http://x.test/a?page=2&token=redacted#top',
    ],
    ['the user of a URL', 'GET https://me:hunt@er2@x.test/a', 'GET https://redacted@x.test/a'],
    [
      'a field of JSON',
      'POST http://x.test/a {"secret":"hunter\\"2","n":1}',
      'POST http://x.test/a {"secret":"redacted","n":1}',
    ],
    [
      'one with escaped quotes',
      String.raw`curl -d "{\"api_key\": \"hunter2\"}"`,
      String.raw`curl -d "{\"api_key\": \"redacted\"}"`,
    ],
    [
      'a header',
      `curl -H 'Authorization: Bearer hunter2' -X POST`,
      `curl -H 'Authorization: Bearer redacted' -X POST`,
    ],
    ['a header without a space', `curl -H "X-Api-Key:hunter2" u`, `curl -H "X-Api-Key:redacted" u`],
    ['an assignment before a command', 'API_TOKEN=hunter2 ./make-event', 'API_TOKEN=redacted ./make-event'],
    ['one in quotes', `PASSWORD='hun ter2' ./make-event`, `PASSWORD='redacted' ./make-event`],
    ['a flag', './make-event --token hunter2 --id 7', './make-event --token redacted --id 7'],
    ['a flag with an equals sign', './make-event --api-key=hunter2', './make-event --api-key=redacted'],
    ['the user of curl', 'curl -u me:hunter2 http://x.test/', 'curl -u redacted http://x.test/'],
  ])('loses its credential: %s', (_what, typed, told) => {
    expect(redactText(typed)).toBe(told)
  })

  test.each([
    'POST http://token-service:3000/orders {"ref":"{id}","url":"{webhookUrl}"}',
    `curl -H "Authorization: Bearer $TOKEN" -H 'Accept: application/json' "http://x.test/?key=$KEY"`,
    'POST http://x.test/a {"token":"{id}"}',
    'python -u make.py http://127.0.0.1:8000/',
    './make-event --token --id 7',
    'wss://x.test/stream?since=5',
  ])('without one it stays as it is: %s', (typed) => {
    expect(redactText(typed)).toBe(typed)
  })

  test('of a megabyte is read in no time', () => {
    for (const piece of ['token', 'a.', '--', 'a:', '"a":"', 'http://a', '-u a', '--a ', "token='"]) {
      const began = performance.now()
      redactText(piece.repeat(100_000))
      expect(performance.now() - began, piece).toBeLessThan(2000)
    }
  })
})
