/** Requests that are wrong, nearly wrong, or right but strange; and ways to damage them. Latin1: a character is a byte. */

const H = 'Host: x\r\n'
const CHUNKED = `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\n\r\n`
const many = (text: string, count: number): string => text.repeat(count)

export const SEEDS: readonly string[] = [
  // Right, as ground for mutations.
  `POST /hook HTTP/1.1\r\n${H}Content-Type: application/json\r\nContent-Length: 13\r\n\r\n{"a":[1,2,3]}`,
  `GET /?a=b HTTP/1.1\r\n${H}Accept: */*\r\n\r\n`,
  `${CHUNKED}5\r\nhello\r\n6;ext=1\r\n world\r\n0\r\nX-Trailer: 1\r\n\r\n`,
  `POST / HTTP/1.1\r\n${H}Content-Length: 3\r\n\r\nabcPOST / HTTP/1.1\r\n${H}Content-Length: 3\r\n\r\ndef`,
  'POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nok',
  `POST / HTTP/1.1\r\n${H}Expect: 100-continue\r\nContent-Length: 2\r\n\r\nok`,
  `POST / HTTP/1.1\r\n${H}Connection: close\r\nContent-Length: 2\r\n\r\nok`,
  `POST / HTTP/1.1\r\n${H}Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nok`,
  // Request lines.
  '\r\n\r\n\r\n',
  'GET\r\n\r\n',
  `GET /\r\n\r\n`,
  `GET  / HTTP/1.1\r\n${H}\r\n`,
  `GET / HTTP/1.1 \r\n${H}\r\n`,
  `GET /a b HTTP/1.1\r\n${H}\r\n`,
  `GET / HTTP/1.2\r\n${H}\r\n`,
  `GET / HTTP/2.0\r\n${H}\r\n`,
  `GET / HTTP/0.9\r\n${H}\r\n`,
  `GET / HTTP/11\r\n${H}\r\n`,
  `GET / HTTPS/1.1\r\n${H}\r\n`,
  `GET / ICE/1.0\r\n${H}\r\n`,
  `get / HTTP/1.1\r\n${H}\r\n`,
  `G\x00T / HTTP/1.1\r\n${H}\r\n`,
  `GET /\x00 HTTP/1.1\r\n${H}\r\n`,
  `GET /\x7f HTTP/1.1\r\n${H}\r\n`,
  `GET /\xff HTTP/1.1\r\n${H}\r\n`,
  `GET /#a#b HTTP/1.1\r\n${H}\r\n`,
  `GET ?a HTTP/1.1\r\n${H}\r\n`,
  `GET x:y HTTP/1.1\r\n${H}\r\n`,
  `CONNECT / HTTP/1.1\r\n${H}\r\n`,
  `CONNECT a:1 HTTP/1.1\r\n${H}\r\nraw bytes`,
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00\x00',
  'SSH-2.0-OpenSSH_9.2\r\n',
  // Headers.
  'GET / HTTP/1.1\r\n\r\n',
  `GET / HTTP/1.1\r\n${H}${H}\r\n`,
  `GET / HTTP/1.1\r\nHost : x\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}A\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}: a\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H} A: b\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}A: b\r\n c\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}A(: b\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}A\x80: b\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}A: b\x00c\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}A: \x1b]0;x\x07\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}A: b\rc\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}A: b\nC: d\r\n\r\n`,
  `GET / HTTP/1.1\n${H}\n`,
  `GET / HTTP/1.1\r\r\n${H}\r\n`,
  `GET / HTTP/1.1\r\n${H}A: ${many('x', 70_000)}\r\n\r\n`,
  `GET / HTTP/1.1\r\n${H}${many('a:b\r\n', 20_000)}\r\n`,
  // Framing.
  `POST / HTTP/1.1\r\n${H}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`,
  `POST / HTTP/1.1\r\n${H}Content-Length: 3, 3\r\n\r\nabc`,
  `POST / HTTP/1.1\r\n${H}Content-Length: -1\r\n\r\nabc`,
  `POST / HTTP/1.1\r\n${H}Content-Length: 0x3\r\n\r\nabc`,
  `POST / HTTP/1.1\r\n${H}Content-Length: 3 3\r\n\r\nabc`,
  `POST / HTTP/1.1\r\n${H}Content-Length:\r\n\r\nabc`,
  `POST / HTTP/1.1\r\n${H}Content-Length: 1e1\r\n\r\n0123456789`,
  `POST / HTTP/1.1\r\n${H}Content-Length: 99999999999999999999\r\n\r\nabc`,
  `POST / HTTP/1.1\r\n${H}Content_Length: 3\r\n\r\nabc`,
  `POST / HTTP/1.1\r\n${H}Content-Length: 10\r\n\r\nabc`,
  `POST / HTTP/1.1\r\n${H}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
  `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n`,
  `POST / HTTP/1.1\r\n${H}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`,
  `POST / HTTP/1.1\r\n${H}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
  `POST / HTTP/1.1\r\n${H}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
  `POST / HTTP/1.1\r\n${H}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
  'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
  // Chunks.
  `${CHUNKED}g\r\nhello\r\n0\r\n\r\n`,
  `${CHUNKED}-5\r\nhello\r\n0\r\n\r\n`,
  `${CHUNKED}0x5\r\nhello\r\n0\r\n\r\n`,
  `${CHUNKED}5 \r\nhello\r\n0\r\n\r\n`,
  `${CHUNKED}\r\nhello\r\n0\r\n\r\n`,
  `${CHUNKED}5\nhello\n0\n\n`,
  `${CHUNKED}5\r\nhelloworld\r\n0\r\n\r\n`,
  `${CHUNKED}5\r\nhello0\r\n\r\n`,
  `${CHUNKED}ffffffffffffffffff\r\nhello\r\n0\r\n\r\n`,
  `${CHUNKED}5;${many('x', 20_000)}\r\nhello\r\n0\r\n\r\n`,
  `${CHUNKED}5;a="\x00"\r\nhello\r\n0\r\n\r\n`,
  `${CHUNKED}5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n`,
  `${CHUNKED}5\r\nhello\r\n0\r\nContent-Length: 3\r\n\r\n`,
  `${CHUNKED}5\r\nhello\r\n`,
]

const SPLICES: readonly string[] = [
  '\r\n',
  '\n',
  '\r',
  ' ',
  '\t',
  ':',
  ';',
  ',',
  '\0',
  '\x0b',
  '\x1b[2J',
  '\x7f',
  '\x80',
  '\x9b',
  '\xff',
  '0',
  '1',
  'f',
  '-',
  '\r\n\r\n',
  'Content-Length: 3\r\n',
  'Transfer-Encoding: chunked\r\n',
  'Host: y\r\n',
  'HTTP/1.1',
  '%00',
]

/** Numbers from 0 to below `below`, the same ones for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** One to three damages: bytes flipped, dropped, doubled, cut, spliced in, or a piece of another seed. */
export function mutate(seed: string, pick: (below: number) => number): string {
  let text = seed
  for (let round = pick(3); round >= 0; round--) {
    const at = pick(text.length + 1)
    const length = 1 + pick(8)
    switch (pick(6)) {
      case 0:
        text = text.slice(0, at) + String.fromCharCode(pick(256)) + text.slice(at + 1)
        break
      case 1:
        text = text.slice(0, at) + text.slice(at + length)
        break
      case 2:
        text = text.slice(0, at + length) + text.slice(at)
        break
      case 3:
        text = text.slice(0, at)
        break
      case 4:
        text = text.slice(0, at) + (SPLICES[pick(SPLICES.length)] ?? '') + text.slice(at)
        break
      default: {
        const other = SEEDS[pick(SEEDS.length)] ?? ''
        text = text.slice(0, at) + other.slice(pick(other.length + 1))
      }
    }
  }
  return text
}
