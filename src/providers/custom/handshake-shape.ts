import { placeholdersOf } from '../engine/content.ts'
import { isSource } from '../reader.ts'
import type { Handshake } from '../types.ts'
import { condition, headerName, headerText, source, status } from './fields.ts'
import type { Shape } from './shape.ts'
import { dictionary, either, object, oneOf, positive, ShapeError, text, UNSAFE_KEY, yes } from './shape.ts'

/** What an answer may hold: sources, options, and the HMAC of a source. */
const answerTemplate: Shape<string> = (value, path) => {
  const template = text()(value, path)
  for (const name of placeholdersOf(template)) {
    const bare = name.replace(/^hmac-(?:sha1|sha256)-(?:hex|base64):/, '')
    const isKnown = isSource(bare) || /^option:\w+$/.test(name)
    if (!isKnown || UNSAFE_KEY.test(bare))
      throw new ShapeError(path, `unknown placeholder {${name.slice(0, 60)}}`)
  }
  return template
}

/** Handshakes as in the table, but for patterns and URLs to fetch: a stranger meets those, and code decides there. */
export const handshakeShape: Shape<Handshake> = object(
  {
    name: text(),
    when: object({}, { method: text(/^[A-Z]+$/, 'a method in capitals'), where: condition }),
    reply: object(
      { status },
      {
        text: answerTemplate,
        json: dictionary(
          text(),
          either(positive, answerTemplate, (value) => typeof value === 'number'),
        ),
        headers: dictionary(headerName, answerTemplate),
      },
    ),
    play: object(
      {
        method: text(/^[A-Z]+$/, 'a method in capitals'),
        status: text(/^(?:\d{3}|2xx)(?:,(?:\d{3}|2xx))*$/, '2xx or codes'),
      },
      {
        query: dictionary(text(), text()),
        headers: dictionary(headerName, headerText),
        json: text(),
        signed: yes,
        body: oneOf(['same', 'challenge', 'any']),
        header: headerName,
        deadlineMs: positive,
      },
    ),
  },
  {
    check: object({ source, option: text(/^\w+$/, 'a word') }, {}),
    signed: oneOf(['valid', 'not-invalid']),
    refusal: status,
    capture: source,
  },
)
