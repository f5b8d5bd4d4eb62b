import { formatBytes } from '../../core/units.ts'
import type { JsonEscape, JsonLayout, WordsOf } from './types.ts'

type BodyCode =
  | 'body-newline-added'
  | 'body-newline-removed'
  | 'body-line-ends'
  | 'body-bom'
  | 'body-json'
  | 'body-json-parsed'
  | 'body-compressed'
  | 'body-decompressed'
  | 'body-form-field'
  | 'body-form-unwrapped'
  | 'body-form-decoded'
  | 'body-form-reencoded'
  | 'body-form-parsed'
  | 'body-charset'
  | 'body-appended'
  | 'truncated'
  | 'coding-mismatch'
  | 'characters-replaced'

const LAYOUT: Readonly<Record<JsonLayout, string>> = {
  compact: 'without spaces',
  spaced: 'with a space behind each comma and colon, as Python does',
  'indent-2': 'indented by 2 spaces',
  'indent-4': 'indented by 4 spaces',
  tabs: 'indented with tabs',
}

const ESCAPE: Readonly<Record<JsonEscape, string>> = {
  none: 'no needless escapes',
  ascii: String.raw`other letters as \u00e9`,
  'ascii-upper': String.raw`other letters as \u00E9`,
  html: String.raw`<, > and & as \u003c`,
  slashes: String.raw`slashes as \/`,
}

const RAW = 'Verify the bytes as they came, before anything parses them.'

export const BODY_WORDS: WordsOf<BodyCode> = {
  'body-newline-added': ({ bytes }) => ({
    text: `The body has ${bytes === 1 ? 'a newline' : `${bytes} bytes of white space`} at its end that was not signed.`,
    fix: `${RAW} With curl, use --data-binary; an editor adds a newline when it saves.`,
  }),
  'body-newline-removed': ({ newline }) => ({
    text: `The body was signed with a newline (${newline === 'lf' ? 'LF' : 'CRLF'}) at its end, which is gone.`,
    fix: `${RAW} With curl, use --data-binary: -d removes newlines.`,
  }),
  'body-line-ends': ({ signed }) => ({
    text: `The ends of lines were changed: ${signed === 'lf' ? 'LF was signed, CRLF came' : 'CRLF was signed, LF came'}.`,
    fix: `${RAW} A file that went through git or an editor may have been converted.`,
  }),
  'body-bom': ({ change }) => ({
    text:
      change === 'added'
        ? 'A byte order mark stands before the body, which was not signed.'
        : 'The body was signed with a byte order mark before it, which is gone.',
    fix: RAW,
  }),
  'body-json': ({ layout, escapes }) => ({
    text: `The JSON was written anew. Signed was the same ${LAYOUT[layout]}${
      escapes === undefined ? '' : `, ${escapes.map((escape) => ESCAPE[escape]).join(', ')}`
    }.`,
    fix: RAW,
  }),
  'body-json-parsed': ({ layout }) => ({
    text: `The JSON was parsed and written anew. Signed was what JSON.stringify makes of it, ${LAYOUT[layout]}.`,
    fix: RAW,
  }),
  'body-compressed': ({ coding }) => ({
    text: `The body came compressed (${coding}); signed was the content without it.`,
    fix: 'Decompress it before verifying, and before anything parses it.',
  }),
  'body-decompressed': ({ coding }) => ({
    text: `The body was decompressed on the way; signed were the bytes with ${coding} on.`,
    fix: 'Verify before decompressing: switch off the inflating of the proxy or of the body parser.',
  }),
  'body-form-field': ({ field }) => ({
    text: `The body is a form; signed was only the value of its field ${field}.`,
    fix: `Verify the decoded value of ${field}, or have it sent as JSON.`,
  }),
  'body-form-unwrapped': ({ field }) => ({
    text: `Signed was the form ${field}=…, and this is only what its field holds.`,
    fix: `${RAW} Where the sender lets you choose, JSON as content type spares the form.`,
  }),
  'body-form-decoded': () => ({
    text: 'The form came with its escapes; signed was the decoded text.',
    fix: 'Verify the decoded text, as the sender does.',
  }),
  'body-form-reencoded': ({ space }) => ({
    text: `The form was parsed and written anew; signed was the same with spaces as ${space}.`,
    fix: RAW,
  }),
  'body-form-parsed': () => ({
    text: 'Signed was a form, and this is JSON that was made from it.',
    fix: RAW,
  }),
  'body-charset': ({ change }) => ({
    text:
      change === 'latin1-to-utf8'
        ? 'The body was read as Latin-1 and written as UTF-8.'
        : 'The body was signed in UTF-8 and is Latin-1 now.',
    fix: `${RAW} Where it must be a text, read it as UTF-8.`,
  }),
  'body-appended': ({ bytes }) => ({
    text: `Signed were only as many bytes as Content-Length says; ${formatBytes(bytes)} stand behind them.`,
    fix: 'Find out what appends to the body: a proxy, or a file that was saved twice.',
  }),
  truncated: ({ size, expected }) => ({
    text:
      expected === undefined
        ? `The JSON ends in the middle, after ${formatBytes(size)}: the rest is missing.`
        : `The body is cut: Content-Length says ${formatBytes(expected)}, and here are ${formatBytes(size)}.`,
    fix: 'Look for a limit on the size of bodies in the proxy, the parser or whatever saved the request.',
  }),
  'coding-mismatch': ({ coding }) => ({
    text: `Content-Encoding says ${coding}, and the body is not compressed so: it was decompressed on the way, which cannot be undone byte for byte.`,
    fix: 'Verify before decompressing: switch off the inflating of the proxy or of the body parser.',
  }),
  'characters-replaced': ({ count }) => ({
    text: `The body holds U+FFFD ${count === 1 ? 'once' : `${count} times`}, which mostly means that bytes were read as text in a wrong charset and lost.`,
    fix: RAW,
  }),
}
