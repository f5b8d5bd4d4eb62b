import type { Sample } from './types.ts'

/** https://developer.paypal.com/braintree/docs/reference/general/webhooks/overview: XML in base64 in a form. */
function braintreeEvent(event: string, summary: string, subject: string): Sample {
  return {
    event,
    summary,
    body: {
      form: {
        bt_signature: '',
        bt_payload: {
          base64: `<?xml version="1.0" encoding="UTF-8"?>
<notification>
  <kind>${event}</kind>
  <timestamp type="datetime">{now:utc}</timestamp>
  <subject>
${subject}
  </subject>
</notification>
`,
        },
      },
    },
  }
}

function subscription(status: string, transactions: string): string {
  return `    <subscription>
      <id>{lower:6@subscription}</id>
      <plan-id>studio_monthly</plan-id>
      <price>19.00</price>
      <status>${status}</status>
      <balance>0.00</balance>
      <billing-day-of-month type="integer">12</billing-day-of-month>
      <current-billing-cycle type="integer">3</current-billing-cycle>
      <failure-count type="integer">0</failure-count>
      <first-billing-date type="date">{now:date-60d}</first-billing-date>
      <next-billing-date type="date">{now:date+30d}</next-billing-date>
      <payment-method-token>{lower:6}</payment-method-token>
      <transactions type="array">${transactions}</transactions>
      <add-ons type="array"></add-ons>
      <discounts type="array"></discounts>
    </subscription>`
}

const TRANSACTION = `
        <transaction>
          <id>{lower:8}</id>
          <status>submitted_for_settlement</status>
          <type>sale</type>
          <currency-iso-code>EUR</currency-iso-code>
          <amount>19.00</amount>
          <subscription-id>{lower:6@subscription}</subscription-id>
          <created-at type="datetime">{now:utc}</created-at>
          <credit-card>
            <bin>411111</bin>
            <last-4>1111</last-4>
            <card-type>Visa</card-type>
            <expiration-month>09</expiration-month>
            <expiration-year>2031</expiration-year>
          </credit-card>
        </transaction>
      `

export const samples: readonly Sample[] = [
  braintreeEvent(
    'subscription_charged_successfully',
    'A subscription was paid for another month',
    subscription('Active', TRANSACTION),
  ),
  braintreeEvent('subscription_canceled', 'A subscription was cancelled', subscription('Canceled', '')),
  braintreeEvent(
    'dispute_opened',
    'A customer disputes a payment',
    `    <dispute>
      <id>{lower:16}</id>
      <amount>34.50</amount>
      <amount-disputed>34.50</amount-disputed>
      <currency-iso-code>GBP</currency-iso-code>
      <kind>chargeback</kind>
      <reason>product_not_received</reason>
      <status>open</status>
      <received-date type="date">{now:date}</received-date>
      <reply-by-date type="date">{now:date+10d}</reply-by-date>
      <transaction>
        <id>{lower:8}</id>
        <amount>34.50</amount>
        <created-at type="datetime">{now:utc-20d}</created-at>
      </transaction>
    </dispute>`,
  ),
]
