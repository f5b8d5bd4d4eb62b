import { sanitizeLine } from './sanitize.ts'

/** So much of an answer is looked at, in bytes. */
const WINDOW = 512

const TITLE = /<title[^>]*>([^<]*)<\/title>/i

/** What an answer says, as one line: its first; of a page, as frameworks answer errors with, its words. */
export function gistOf(body: Uint8Array): string {
  const text = Buffer.from(body.subarray(0, WINDOW)).toString('utf8').trim()
  const isPage = /^<(?:!doctype html|html)\b/i.test(text)
  return sanitizeLine(isPage ? wordsOf(text) : (text.split('\n')[0] ?? ''))
}

/** The title mostly says the status again: it stands in where nothing else is near enough to the beginning. */
function wordsOf(page: string): string {
  const shown = page
    .replace(TITLE, ' ')
    .replace(/<(script|style)\b[\s\S]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<[^>]*(?:>|$)/g, ' ')
  return spacedOnce(shown) || spacedOnce(TITLE.exec(page)?.[1] ?? '')
}

function spacedOnce(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
