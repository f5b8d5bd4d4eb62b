import type { Provider } from '../types.ts'
import { adobe } from './adobe.ts'
import { adyen } from './adyen.ts'
import { airtable } from './airtable.ts'
import { asana } from './asana.ts'
import { awsSns } from './aws-sns.ts'
import { azureEventGrid } from './azure-event-grid.ts'
import { bitbucket } from './bitbucket.ts'
import { braintree } from './braintree.ts'
import { brex } from './brex.ts'
import { cal } from './cal.ts'
import { calendly } from './calendly.ts'
import { chargebee } from './chargebee.ts'
import { circleci } from './circleci.ts'
import { clerk } from './clerk.ts'
import { cloudevents } from './cloudevents.ts'
import { coinbaseCdp } from './coinbase-cdp.ts'
import { coinbaseCommerce } from './coinbase-commerce.ts'
import { contentful } from './contentful.ts'
import { customerIo } from './customer-io.ts'
import { discord } from './discord.ts'
import { docusign } from './docusign.ts'
import { dropbox } from './dropbox.ts'
import { elevenlabs } from './elevenlabs.ts'
import { gemini } from './gemini.ts'
import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { gocardless } from './gocardless.ts'
import { heroku } from './heroku.ts'
import { hookdeck } from './hookdeck.ts'
import { hubspot } from './hubspot.ts'
import { intercom } from './intercom.ts'
import { jira } from './jira.ts'
import { knock } from './knock.ts'
import { langfuse } from './langfuse.ts'
import { lemonsqueezy } from './lemonsqueezy.ts'
import { linear } from './linear.ts'
import { linkedin } from './linkedin.ts'
import { loops } from './loops.ts'
import { mailchimp } from './mailchimp.ts'
import { mailgun } from './mailgun.ts'
import { meta } from './meta.ts'
import { mollie } from './mollie.ts'
import { monday } from './monday.ts'
import { msGraph } from './ms-graph.ts'
import { mux } from './mux.ts'
import { notion } from './notion.ts'
import { nylas } from './nylas.ts'
import { okta } from './okta.ts'
import { openai } from './openai.ts'
import { orb } from './orb.ts'
import { paddle } from './paddle.ts'
import { pagerduty } from './pagerduty.ts'
import { paypal } from './paypal.ts'
import { paystack } from './paystack.ts'
import { pipedrive } from './pipedrive.ts'
import { polar } from './polar.ts'
import { postmark } from './postmark.ts'
import { razorpay } from './razorpay.ts'
import { render } from './render.ts'
import { replicate } from './replicate.ts'
import { resend } from './resend.ts'
import { revenuecat } from './revenuecat.ts'
import { revolut } from './revolut.ts'
import { sanity } from './sanity.ts'
import { sendgrid } from './sendgrid.ts'
import { sentry } from './sentry.ts'
import { shopify } from './shopify.ts'
import { slack } from './slack.ts'
import { square } from './square.ts'
import { standardWebhooks } from './standard-webhooks.ts'
import { strava } from './strava.ts'
import { stripe } from './stripe.ts'
import { svix } from './svix.ts'
import { tailscale } from './tailscale.ts'
import { telegram } from './telegram.ts'
import { telnyx } from './telnyx.ts'
import { trello } from './trello.ts'
import { twilio } from './twilio.ts'
import { twitch } from './twitch.ts'
import { typeform } from './typeform.ts'
import { vercel } from './vercel.ts'
import { webflow } from './webflow.ts'
import { websub } from './websub.ts'
import { woocommerce } from './woocommerce.ts'
import { workos } from './workos.ts'
import { x } from './x.ts'
import { xero } from './xero.ts'
import { zendesk } from './zendesk.ts'
import { zoom } from './zoom.ts'

/**
 * Every provider we know. Where several share a sign and nothing tells them apart, the earlier one is taken:
 * the families' own names come first.
 */
export const PROVIDERS: readonly Provider[] = [
  github,
  standardWebhooks,
  svix,
  adobe,
  adyen,
  airtable,
  asana,
  awsSns,
  azureEventGrid,
  bitbucket,
  braintree,
  brex,
  cal,
  calendly,
  chargebee,
  circleci,
  clerk,
  cloudevents,
  coinbaseCdp,
  coinbaseCommerce,
  contentful,
  customerIo,
  discord,
  docusign,
  dropbox,
  elevenlabs,
  gemini,
  gitlab,
  gocardless,
  heroku,
  hookdeck,
  hubspot,
  intercom,
  jira,
  knock,
  langfuse,
  lemonsqueezy,
  linear,
  linkedin,
  loops,
  mailchimp,
  mailgun,
  meta,
  mollie,
  monday,
  msGraph,
  mux,
  notion,
  nylas,
  okta,
  openai,
  orb,
  paddle,
  pagerduty,
  paypal,
  paystack,
  pipedrive,
  polar,
  postmark,
  razorpay,
  render,
  replicate,
  resend,
  revenuecat,
  revolut,
  sanity,
  sendgrid,
  sentry,
  shopify,
  slack,
  square,
  strava,
  stripe,
  tailscale,
  telegram,
  telnyx,
  trello,
  twilio,
  twitch,
  typeform,
  vercel,
  webflow,
  websub,
  woocommerce,
  workos,
  x,
  xero,
  zendesk,
  zoom,
]

const byName: ReadonlyMap<string, Provider> = new Map(
  PROVIDERS.flatMap((provider) =>
    [provider.id, ...(provider.aliases ?? [])].map((name) => [name, provider] as const),
  ),
)

/** The provider with this id or alias, in any case. */
export function findProvider(name: string): Provider | undefined {
  return byName.get(name.toLowerCase())
}
