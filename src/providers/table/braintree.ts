import type { Provider } from '../types.ts'

export const braintree: Provider = {
  id: 'braintree',
  name: 'Braintree',
  docs: 'https://developer.paypal.com/braintree/docs/guides/webhooks/overview',
  detect: [
    { where: { 'form:bt_signature': true, 'form:bt_payload': true } },
    { where: { 'query:bt_challenge': true } },
  ],
  schemes: [
    {
      name: 'sha1',
      algorithm: 'hmac-sha1',
      encoding: 'hex',
      signature: 'form:bt_signature',
      format: '{keyId}|{sig}',
      separator: '&',
      key: { form: 'sha1' },
      content: '{form:bt_payload}',
      also: 'trailing-newline',
    },
  ],
  event: ['xml:bt_payload/kind'],
  handshakes: [
    {
      name: 'bt_challenge',
      when: {
        method: 'GET',
        // Anything else would be signing a text of the asker's choice.
        pattern: { source: 'query:bt_challenge', regex: /^[0-9a-f]{20,32}$/ },
      },
      reply: { status: 200, text: '{option:publicKey}|{hmac-sha1-hex:query:bt_challenge}' },
      play: { method: 'GET', query: { bt_challenge: '{hex:32}' }, status: '2xx', body: 'same' },
    },
  ],
  respond: { codes: '2xx', deadlineMs: 30_000 },
  retry: { delaysS: Array.from({ length: 24 }, () => 3600), note: 'hourly for 24 hours; sandbox for 3' },
  send: { contentType: 'application/x-www-form-urlencoded' },
  secret: {
    env: 'BRAINTREE_PRIVATE_KEY',
    make: { kind: 'hex', bytes: 16 },
    hint: 'the private API key; its SHA-1 is the key',
  },
  options: [
    {
      name: 'publicKey',
      about: 'the public API key that stands before the signature; without it every pair is tried',
    },
  ],
  quirks: ['The payload is base64 of XML with a newline at its end; signed is the base64 text.'],
  confidence: { signature: 'verified', events: 'verified', delivery: 'secondary' },
}
