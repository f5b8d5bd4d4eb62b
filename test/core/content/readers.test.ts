import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formFields } from '../../../src/core/content/form.ts'
import { hexLines } from '../../../src/core/content/hex.ts'
import { parseMediaType, parseParameters, syntaxOf } from '../../../src/core/content/media-type.ts'
import type { MultipartPart } from '../../../src/core/content/multipart.ts'
import { isBoundary, multipartParts } from '../../../src/core/content/multipart.ts'
import { checkXml } from '../../../src/core/content/xml.ts'
import { xmlLines } from '../../../src/core/content/xml-lines.ts'
import { positionAt } from '../../../src/core/content/lines.ts'

const fieldsOf = (body: string): [string, string][] =>
  Array.from(formFields(Buffer.from(body, 'latin1')), ({ name, value }) => [name, value])

const partsOf = (body: string, boundary = 'B'): MultipartPart[] => [
  ...multipartParts(Buffer.from(body), boundary),
]

const textOf = (part: MultipartPart | undefined): string => Buffer.from(part?.body ?? []).toString()

const layOutXml = (text: string): string =>
  Array.from(
    xmlLines(text),
    ({ depth, pieces }) => '  '.repeat(depth) + pieces.map((piece) => piece.text).join(''),
  ).join('\n')

describe('parseMediaType', () => {
  test.each([
    ['application/json', { type: 'application/json' }],
    ['Application/JSON; Charset=UTF-8', { type: 'application/json', charset: 'utf-8' }],
    ['text/plain;charset="iso-8859-1"', { type: 'text/plain', charset: 'iso-8859-1' }],
    ['multipart/form-data; boundary="a;b\\"c"; x=y', { type: 'multipart/form-data', boundary: 'a;b"c' }],
    ['multipart/mixed; boundary=X; boundary=Y', { type: 'multipart/mixed', boundary: 'X' }],
    ['text/xml;;; charset = latin1 ;', { type: 'text/xml', charset: 'latin1' }],
    ['text/plain; charset="unterminated', { type: 'text/plain', charset: 'unterminated' }],
    ['text/plain; charset', { type: 'text/plain' }],
    ['', undefined],
    ['json', undefined],
    ['text/', undefined],
    ['te xt/plain', undefined],
    ['a/b/c', undefined],
  ])('reads %j', (header, expected) => {
    expect(parseMediaType(header)).toEqual(expected)
  })

  test('takes anything without an exception, and a parameter named __proto__ for a parameter', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (header) => void parseMediaType(`a/b;${header}`)),
      { numRuns: 2000 },
    )
    expect(parseParameters('a; __proto__=x').parameters.get('__proto__')).toBe('x')
  })

  test('knows the syntax of families of types', () => {
    expect(['application/vnd.api+json', 'application/cloudevents+json', 'text/json'].map(syntaxOf)).toEqual([
      'json',
      'json',
      'json',
    ])
    expect(['application/soap+xml', 'text/xml'].map(syntaxOf)).toEqual(['xml', 'xml'])
    expect(syntaxOf('application/x-ndjson')).toBe('json-lines')
    expect(syntaxOf('multipart/mixed')).toBe('multipart')
    expect(syntaxOf('text/html')).toBe('text')
    expect(syntaxOf('image/png')).toBe(undefined)
  })
})

describe('formFields', () => {
  test('keeps order and duplicates', () => {
    expect(fieldsOf('b=2&a=1&b=3&&c&=d&e==f')).toEqual([
      ['b', '2'],
      ['a', '1'],
      ['b', '3'],
      ['c', ''],
      ['', 'd'],
      ['e', '=f'],
    ])
  })

  test('decodes escapes and shows bad ones as they are', () => {
    expect(fieldsOf('a+b=%C3%A9%26+&x=100%&y=%zz%4&z=%e2%82')).toEqual([
      ['a b', 'é& '],
      ['x', '100%'],
      ['y', '%zz%4'],
      ['z', '\udce2\udc82'],
    ])
  })

  test('reads what URLSearchParams writes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }))),
        (pairs) => {
          expect(fieldsOf(new URLSearchParams(pairs).toString())).toEqual(pairs)
        },
      ),
    )
  })
})

describe('multipartParts', () => {
  test('reads what FormData writes', async () => {
    const form = new FormData()
    form.append('text', 'line one\r\nline two')
    form.append('ünï"code', 'ü')
    form.append(
      'file',
      new Blob([new Uint8Array([0, 1, 13, 10, 255])], { type: 'image/png' }),
      'pic ture.png',
    )
    form.append('empty', '')
    const response = new Response(form)
    const boundary = parseMediaType(response.headers.get('content-type') ?? '')?.boundary ?? ''
    const parts = [...multipartParts(new Uint8Array(await response.arrayBuffer()), boundary)]
    expect(
      parts.map(({ name, filename, contentType, complete }) => ({ name, filename, contentType, complete })),
    ).toEqual([
      { name: 'text', filename: undefined, contentType: undefined, complete: true },
      { name: 'ünï%22code', filename: undefined, contentType: undefined, complete: true },
      { name: 'file', filename: 'pic ture.png', contentType: 'image/png', complete: true },
      { name: 'empty', filename: undefined, contentType: undefined, complete: true },
    ])
    expect(parts.map((part) => Buffer.from(part.body).toString('latin1'))).toEqual([
      'line one\r\nline two',
      'Ã¼',
      '\0\x01\r\n\xff',
      '',
    ])
  })

  test('skips preamble and epilogue, and takes bare line feeds', () => {
    const parts = partsOf(
      'hello\n--B\nA: 1\n folded\n\none\n--B\n\ntwo\n--B--\nbye\n--B\n\nnot a part\n--B--',
    )
    expect(parts.map(textOf)).toEqual(['one', 'two'])
    expect(parts[0]?.headers).toEqual([['A', '1 folded']])
  })

  test('does not take a boundary in the middle of a line for one', () => {
    expect(partsOf('--B\r\n\r\na--B\r\nb\r\n--B--').map(textOf)).toEqual(['a--B\r\nb'])
  })

  test('tells that a part is cut off', () => {
    const parts = partsOf('--B\r\nContent-Disposition: form-data; name="a"\r\n\r\nhal')
    expect(parts.map(({ name, complete }) => ({ name, complete }))).toEqual([{ name: 'a', complete: false }])
    expect(textOf(parts[0])).toBe('hal')
  })

  test('yields nothing where there is no delimiter', () => {
    expect(partsOf('no delimiter here')).toEqual([])
    expect(partsOf('')).toEqual([])
    expect(partsOf('--B--')).toEqual([])
  })

  test('refuses boundaries that are none', () => {
    expect(['a', "gc0pJq0M:08jU534c0p'?=", ' '].map(isBoundary)).toEqual([true, true, true])
    expect(['', 'x'.repeat(71), 'a\r\nb', 'é', '\0'].map(isBoundary)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ])
  })

  test('takes random bytes around delimiters without an exception and stays within the body', () => {
    const chunk = fc.constantFrom(
      '--B',
      '--B--',
      '\r\n',
      '\n',
      ': ',
      'Content-Disposition: form-data; name="',
      '"',
      'é',
      '\0',
      ' ',
    )
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 30 }), (chunks) => {
        const body = Buffer.from(chunks.join(''))
        for (const part of multipartParts(body, 'B')) {
          expect(body.subarray(part.start, part.start + part.body.byteLength).equals(part.body)).toBe(true)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

describe('xmlLines', () => {
  test('puts an element on a line, with its text where that is all it holds', () => {
    const text =
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y>">]><a b=">"><c>te xt &amp; &x;</c> <!-- no < tag --><d/><e></e><f><![CDATA[<raw>]]></f>mixed<g/>\n</a>'
    expect(layOutXml(text)).toBe(`<?xml version="1.0"?>
<!DOCTYPE a [<!ENTITY x "y>">]>
<a b=">">
  <c>te xt &amp; &x;</c>
  <!-- no < tag -->
  <d/>
  <e></e>
  <f><![CDATA[<raw>]]></f>
  mixed
  <g/>
</a>`)
  })

  test('parts a text from its tag where more follows', () => {
    expect(layOutXml('<a>one<b/>two</a>')).toBe('<a>\n  one\n  <b/>\n  two\n</a>')
  })

  test('never resolves an entity', () => {
    const laughs =
      '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]><l>&b;&x;</l>'
    expect(layOutXml(laughs)).toContain('<l>&b;&x;</l>')
  })

  test.each([
    '',
    'text',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a/>text',
    '<a',
    '<a b="',
    '<!-- x',
    '<![CDATA[',
    '<a><</a>',
    '< a/>',
    '<1/>',
  ])('does not take %j for XML', (text) => {
    expect(checkXml(text).ok).toBe(false)
  })

  test('goes 256 levels deep and no deeper, and takes a start for cut', () => {
    expect(checkXml('<a>'.repeat(256) + '</a>'.repeat(256))).toEqual({ ok: true })
    expect(checkXml('<a>'.repeat(300_000))).toMatchObject({ code: 'too-deep' })
    expect(checkXml('<a><b>te', { cut: true })).toMatchObject({ code: 'cut' })
  })

  test('keeps every character that is not white space, whatever it is given', () => {
    const chunk = fc.constantFrom(
      '<a>',
      '</a>',
      '<b c="d">',
      '</b>',
      '<e/>',
      'te xt',
      ' ',
      '\n',
      '<!--x-->',
      '<![CDATA[y]]>',
      '<',
      '>',
      '&',
    )
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 20 }), (chunks) => {
        const text = `<r>${chunks.join('')}</r>`
        if (checkXml(text).ok) expect(layOutXml(text).replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''))
        else layOutXml(text)
      }),
      { numRuns: 3000 },
    )
  })
})

describe('hexLines', () => {
  test('prints what xxd prints', () => {
    expect([...hexLines(Buffer.from('hello, \0\xff world\n and more', 'latin1'))]).toEqual([
      '00000000: 6865 6c6c 6f2c 2000 ff20 776f 726c 640a  hello, .. world.',
      '00000010: 2061 6e64 206d 6f72 65                    and more',
    ])
    expect([...hexLines(new Uint8Array())]).toEqual([])
  })
})

describe('positionAt', () => {
  test('counts lines and code points from 1', () => {
    expect(positionAt('', 0)).toEqual({ line: 1, column: 1 })
    expect(positionAt('a\nb👍c', 5)).toEqual({ line: 2, column: 3 })
    expect(positionAt('a\n\n', 3)).toEqual({ line: 3, column: 1 })
  })
})
