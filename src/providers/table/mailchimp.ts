import type { Provider } from '../types.ts'

export const mailchimp: Provider = {
  id: 'mailchimp',
  name: 'Mailchimp Marketing',
  docs: 'https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/',
  detect: [
    { header: 'User-Agent', prefix: 'MailChimp' },
    { where: { 'form:type': true, 'form:fired_at': true } },
  ],
  schemes: [],
  event: ['form:type'],
  respond: { codes: '2xx', deadlineMs: 10_000 },
  retry: { delaysS: [300, 600, 1200, 2400], note: 'for about an hour' },
  send: { userAgent: 'MailChimp', contentType: 'application/x-www-form-urlencoded' },
  quirks: ['Not signed: put a secret into the URL.', 'A GET checks the URL when it is saved.'],
  confidence: { signature: 'secondary', events: 'recalled', delivery: 'recalled' },
}
