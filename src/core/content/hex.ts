const BYTES_PER_LINE = 16
const HEX_WIDTH = (BYTES_PER_LINE / 2) * 5 - 1

/** Lines as `xxd` prints them: offset, sixteen bytes in pairs, and what of them is printable ASCII. */
export function* hexLines(bytes: Uint8Array): Generator<string> {
  for (let offset = 0; offset < bytes.byteLength; offset += BYTES_PER_LINE) {
    const row = bytes.subarray(offset, offset + BYTES_PER_LINE)
    let hex = ''
    let ascii = ''
    for (const [i, byte] of row.entries()) {
      hex += (i > 0 && i % 2 === 0 ? ' ' : '') + byte.toString(16).padStart(2, '0')
      ascii += byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.'
    }
    yield `${offset.toString(16).padStart(8, '0')}: ${hex.padEnd(HEX_WIDTH)}  ${ascii}`
  }
}
