import type { Attempt } from '../core/ports.ts'

/** Whether an answer is what was expected; no answer never is. */
export type Expectation = (attempt: Attempt) => boolean

/**
 * `2xx`, a status, or a condition in CEL over `response`; its library is loaded only for that.
 * @throws AppError `bad-filter`
 */
export async function compileExpectation(text: string): Promise<Expectation> {
  if (/^[1-5]xx$/i.test(text)) return ({ outcome }) => statusOf(outcome)?.startsWith(text.charAt(0)) === true
  if (/^\d{3}$/.test(text)) return ({ outcome }) => statusOf(outcome) === text
  const { compileResponse } = await import('./where.ts')
  const holds = compileResponse(text, '--expect')
  return ({ outcome, durationMs }) => outcome.kind === 'response' && holds(outcome, durationMs)
}

function statusOf(outcome: Attempt['outcome']): string | undefined {
  return outcome.kind === 'response' ? String(outcome.status) : undefined
}
