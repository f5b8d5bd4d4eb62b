import * as fc from 'fast-check'

/** Values that a field of JSON may have, where somebody means harm. */
const HOSTILE: readonly string[] = [
  'null',
  'true',
  '-1',
  '1e999',
  '""',
  '"\\u0000\\u001b[2J"',
  '"\\ud800"',
  '"../../../../etc/passwd"',
  '"a\\r\\nX-Injected: 1"',
  '"x".repeat',
  '[]',
  '[[]]',
  '[["A","b","c"]]',
  '[["A B","c"],[1,2],["\\n","x"]]',
  '{}',
  '{"__proto__":{"method":"POST"}}',
  '{"size":99999999999,"encoding":"utf8","data":"x"}',
  '{"size":1,"encoding":"base64","data":"!"}',
  '{"toString":1,"constructor":{"prototype":1}}',
  `"${'A'.repeat(70_000)}"`,
  '['.repeat(300),
  '{"a":'.repeat(300),
]

/** What is no JSON at all, or more of it than anybody sends. */
const WHOLE: readonly string[] = [
  '',
  '\0',
  '[',
  '{',
  '"',
  '['.repeat(1_000_000),
  '{"a":'.repeat(1_000_000),
  `[${'[],'.repeat(200_000)}[]]`,
  '{"log":{"entries":[null,1,"x",[],{}]}}',
  '{"log":{"entries":{"0":{}}}}',
  '{"__proto__":{"v":1,"type":"request"}}',
  '\ufeff[]',
  '\ufeff'.repeat(10),
]

/** Files that are nearly what we export: bytes changed, cut or doubled, values exchanged for hostile ones. */
export function damaged(documents: readonly Buffer[], count: number): Buffer[] {
  const text = fc.constantFrom(...documents.map((document) => document.toString('utf8')))
  const place = fc.nat({ max: 1_000_000 })
  const file = fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...WHOLE).map((whole) => Buffer.from(whole)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...documents),
          fc.array(fc.tuple(place, fc.nat({ max: 255 })), { minLength: 1, maxLength: 8 }),
        )
        .map(([document, changes]) => {
          const bytes = Buffer.from(document)
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte
          return bytes
        }),
    },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(...documents), place, place).map(([document, from, to]) => {
        const [start, end] = [from % document.length, to % document.length].toSorted((a, b) => a - b)
        return Buffer.concat([document.subarray(0, start), document.subarray(end)])
      }),
    },
    {
      weight: 5,
      arbitrary: fc.tuple(text, place, fc.constantFrom(...HOSTILE)).map(([document, at, value]) => {
        const fields = [...document.matchAll(/"[A-Za-z_]+": ?("(?:[^"\\]|\\.)*"|[\d.]+)/g)]
        const field = fields[at % fields.length]
        const [whole = '', old = ''] = field ?? []
        const start = (field?.index ?? 0) + whole.length - old.length
        return Buffer.from(document.slice(0, start) + value + document.slice(start + old.length))
      }),
    },
  )
  return fc.sample(file, { numRuns: count, seed: 4 })
}
