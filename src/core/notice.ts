/** What a desktop notification says. May hold a stranger's words. */
export interface Notice {
  readonly title: string
  readonly text: string
}

/** What came of showing one. */
export type NoticeOutcome =
  | { readonly kind: 'shown' }
  /** The platform's program for it is not installed. */
  | { readonly kind: 'no-tool'; readonly tool: string }
  /** The program failed: its exit status, signal or error code. */
  | { readonly kind: 'failed'; readonly tool: string; readonly status: number | string }

/** Shows notifications on the desktop. Never throws. */
export interface Notifier {
  notify(notice: Notice): Promise<NoticeOutcome>
}
