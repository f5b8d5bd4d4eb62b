import { StringDecoder } from 'node:string_decoder'

/** A stream without line ends is no stream of events; so much of a line is kept at most. */
const MAX_EVENT_CHARS = 1_048_576

/** Reads `text/event-stream` as WHATWG HTML §9.2.6 has it; of an event's fields those that carry something. */
export class SseParser {
  readonly #onEvent: (data: string, id: string | undefined) => void
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #data: string[] = []
  #size = 0
  #id: string | undefined
  #atStart = true

  constructor(onEvent: (data: string, id: string | undefined) => void) {
    this.#onEvent = onEvent
  }

  push(chunk: Uint8Array): void {
    let text = this.#rest + this.#decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
    if (this.#atStart && text !== '') {
      this.#atStart = false
      if (text.startsWith('\ufeff')) text = text.slice(1)
    }
    // A CR at the end may be half of a CR LF: it waits.
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    this.#rest = (lines.pop() ?? '').slice(0, MAX_EVENT_CHARS)
    for (const line of lines) this.#take(line)
  }

  #take(line: string): void {
    if (line === '') return this.#dispatch()
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
    if (field === 'id' && !value.includes('\0')) this.#id = value
    if (field !== 'data' || this.#size > MAX_EVENT_CHARS) return
    this.#data.push(value)
    this.#size += value.length
  }

  #dispatch(): void {
    if (this.#data.length > 0) this.#onEvent(this.#data.join('\n'), this.#id)
    this.#data = []
    this.#size = 0
  }
}
