import type { ProviderId } from '../../core/verdict.ts'
import type { Sample } from './types.ts'

/** The samples of one provider: what may be asked for, and how to get them. */
export interface SampleSet {
  readonly events: readonly string[]
  readonly load: () => Promise<{ readonly samples: readonly Sample[] }>
}

/** What there is, without loading it: for the overview of `send` and for completion. */
export const SAMPLE_SETS: Readonly<Record<ProviderId, SampleSet>> = {
  adyen: { events: ['AUTHORISATION', 'CAPTURE', 'REFUND'], load: () => import('./adyen.ts') },
  airtable: { events: ['notification'], load: () => import('./airtable.ts') },
  asana: { events: ['task.added', 'task.changed', 'task.deleted'], load: () => import('./asana.ts') },
  'aws-sns': {
    events: ['notification', 'alarm', 'subscription_confirmation'],
    load: () => import('./aws-sns.ts'),
  },
  'azure-event-grid': {
    events: ['Microsoft.Storage.BlobCreated', 'Microsoft.ContainerRegistry.ImagePushed'],
    load: () => import('./azure-event-grid.ts'),
  },
  bitbucket: {
    events: ['repo:push', 'pullrequest:created', 'pullrequest:approved'],
    load: () => import('./bitbucket.ts'),
  },
  braintree: {
    events: ['subscription_charged_successfully', 'subscription_canceled', 'dispute_opened'],
    load: () => import('./braintree.ts'),
  },
  cal: {
    events: ['BOOKING_CREATED', 'BOOKING_RESCHEDULED', 'BOOKING_CANCELLED'],
    load: () => import('./cal.ts'),
  },
  calendly: { events: ['invitee.created', 'invitee.canceled'], load: () => import('./calendly.ts') },
  chargebee: {
    events: ['customer_created', 'subscription_created', 'payment_succeeded'],
    load: () => import('./chargebee.ts'),
  },
  circleci: { events: ['workflow-completed', 'job-completed'], load: () => import('./circleci.ts') },
  clerk: {
    events: ['user.created', 'user.updated', 'user.deleted', 'session.created'],
    load: () => import('./clerk.ts'),
  },
  cloudevents: { events: ['structured', 'binary', 'batch'], load: () => import('./cloudevents.ts') },
  'coinbase-commerce': {
    events: ['charge:created', 'charge:pending', 'charge:confirmed'],
    load: () => import('./coinbase-commerce.ts'),
  },
  contentful: {
    events: [
      'ContentManagement.Entry.publish',
      'ContentManagement.Asset.publish',
      'ContentManagement.Entry.unpublish',
    ],
    load: () => import('./contentful.ts'),
  },
  'customer-io': {
    events: ['email.sent', 'email.delivered', 'email.clicked'],
    load: () => import('./customer-io.ts'),
  },
  discord: {
    events: ['command', 'APPLICATION_AUTHORIZED', 'ENTITLEMENT_CREATE'],
    load: () => import('./discord.ts'),
  },
  docusign: {
    events: ['envelope-sent', 'recipient-completed', 'envelope-completed'],
    load: () => import('./docusign.ts'),
  },
  dropbox: { events: ['list_folder', 'list_folder.several'], load: () => import('./dropbox.ts') },
  elevenlabs: {
    events: ['post_call_transcription', 'voice_removal_notice'],
    load: () => import('./elevenlabs.ts'),
  },
  github: {
    events: ['ping', 'push', 'pull_request', 'issues', 'issue_comment', 'release', 'workflow_run', 'star'],
    load: () => import('./github.ts'),
  },
  gitlab: { events: ['push', 'merge_request', 'pipeline', 'issue'], load: () => import('./gitlab.ts') },
  gocardless: {
    events: ['payments.confirmed', 'payments.failed', 'mandates.created'],
    load: () => import('./gocardless.ts'),
  },
  heroku: { events: ['api:build.create', 'api:release.update'], load: () => import('./heroku.ts') },
  hubspot: {
    events: ['contact.creation', 'contact.propertyChange', 'deal.creation'],
    load: () => import('./hubspot.ts'),
  },
  intercom: {
    events: ['contact.user.created', 'conversation.user.created', 'ping'],
    load: () => import('./intercom.ts'),
  },
  jira: {
    events: ['jira:issue_created', 'jira:issue_updated', 'comment_created'],
    load: () => import('./jira.ts'),
  },
  knock: { events: ['message.sent', 'message.delivered', 'message.read'], load: () => import('./knock.ts') },
  lemonsqueezy: {
    events: ['order_created', 'subscription_created', 'subscription_payment_failed'],
    load: () => import('./lemonsqueezy.ts'),
  },
  linear: { events: ['Issue.create', 'Comment.create', 'Project.update'], load: () => import('./linear.ts') },
  loops: { events: ['contact.created', 'email.delivered'], load: () => import('./loops.ts') },
  mailchimp: { events: ['subscribe', 'unsubscribe'], load: () => import('./mailchimp.ts') },
  mailgun: { events: ['delivered', 'opened', 'failed'], load: () => import('./mailgun.ts') },
  meta: {
    events: ['whatsapp_business_account.messages', 'page.feed', 'instagram.comments', 'page.leadgen'],
    load: () => import('./meta.ts'),
  },
  mollie: { events: ['payment', 'order', 'subscription'], load: () => import('./mollie.ts') },
  monday: {
    events: ['create_pulse', 'update_column_value', 'create_update'],
    load: () => import('./monday.ts'),
  },
  'ms-graph': { events: ['created', 'updated', 'deleted'], load: () => import('./ms-graph.ts') },
  mux: {
    events: ['video.asset.created', 'video.asset.ready', 'video.asset.errored'],
    load: () => import('./mux.ts'),
  },
  notion: {
    events: ['page.created', 'page.content_updated', 'comment.created'],
    load: () => import('./notion.ts'),
  },
  nylas: { events: ['message.created', 'event.created'], load: () => import('./nylas.ts') },
  okta: {
    events: ['user.lifecycle.create', 'user.session.start', 'user.account.lock'],
    load: () => import('./okta.ts'),
  },
  openai: {
    events: ['response.completed', 'batch.completed', 'fine_tuning.job.succeeded'],
    load: () => import('./openai.ts'),
  },
  orb: { events: ['customer.created', 'invoice.issued'], load: () => import('./orb.ts') },
  paddle: {
    events: ['transaction.completed', 'subscription.created', 'customer.created'],
    load: () => import('./paddle.ts'),
  },
  pagerduty: {
    events: ['incident.triggered', 'incident.acknowledged', 'incident.resolved'],
    load: () => import('./pagerduty.ts'),
  },
  paypal: {
    events: ['PAYMENT.CAPTURE.COMPLETED', 'CHECKOUT.ORDER.APPROVED', 'BILLING.SUBSCRIPTION.ACTIVATED'],
    load: () => import('./paypal.ts'),
  },
  paystack: {
    events: ['charge.success', 'subscription.create', 'transfer.success'],
    load: () => import('./paystack.ts'),
  },
  pipedrive: {
    events: ['deal.create', 'deal.change', 'person.create'],
    load: () => import('./pipedrive.ts'),
  },
  polar: {
    events: ['customer.created', 'order.paid', 'subscription.created'],
    load: () => import('./polar.ts'),
  },
  postmark: { events: ['Delivery', 'Bounce', 'Open'], load: () => import('./postmark.ts') },
  razorpay: {
    events: ['payment.captured', 'payment.failed', 'order.paid'],
    load: () => import('./razorpay.ts'),
  },
  render: { events: ['build_started', 'deploy_ended', 'server_failed'], load: () => import('./render.ts') },
  replicate: { events: ['starting', 'succeeded', 'failed'], load: () => import('./replicate.ts') },
  resend: {
    events: ['email.sent', 'email.delivered', 'email.bounced', 'email.opened'],
    load: () => import('./resend.ts'),
  },
  revenuecat: {
    events: ['INITIAL_PURCHASE', 'RENEWAL', 'CANCELLATION'],
    load: () => import('./revenuecat.ts'),
  },
  revolut: {
    events: ['ORDER_COMPLETED', 'ORDER_AUTHORISED', 'ORDER_PAYMENT_DECLINED'],
    load: () => import('./revolut.ts'),
  },
  sanity: { events: ['create', 'update'], load: () => import('./sanity.ts') },
  sendgrid: { events: ['processed', 'delivered', 'open', 'bounce'], load: () => import('./sendgrid.ts') },
  sentry: {
    events: ['issue.created', 'issue.resolved', 'event_alert.triggered'],
    load: () => import('./sentry.ts'),
  },
  shopify: {
    events: ['orders/create', 'orders/paid', 'customers/create', 'products/update', 'app/uninstalled'],
    load: () => import('./shopify.ts'),
  },
  slack: {
    events: ['message', 'app_mention', 'team_join', 'reaction_added', 'slash_command'],
    load: () => import('./slack.ts'),
  },
  square: {
    events: ['payment.updated', 'order.created', 'customer.created', 'refund.updated'],
    load: () => import('./square.ts'),
  },
  'standard-webhooks': {
    events: ['user.registered', 'order.created', 'payment.succeeded', 'build.triggered'],
    load: () => import('./standard-webhooks.ts'),
  },
  strava: {
    events: ['activity.create', 'activity.update', 'activity.delete'],
    load: () => import('./strava.ts'),
  },
  stripe: {
    events: [
      'charge.succeeded',
      'charge.refunded',
      'checkout.session.completed',
      'payment_intent.succeeded',
      'payment_intent.payment_failed',
      'customer.created',
      'customer.subscription.created',
      'invoice.paid',
      'invoice.payment_failed',
    ],
    load: () => import('./stripe.ts'),
  },
  svix: { events: ['invoice.paid', 'user.created'], load: () => import('./svix.ts') },
  tailscale: {
    events: ['nodeCreated', 'nodeNeedsApproval', 'nodeDeleted'],
    load: () => import('./tailscale.ts'),
  },
  telegram: {
    events: ['message', 'callback_query', 'pre_checkout_query'],
    load: () => import('./telegram.ts'),
  },
  telnyx: {
    events: ['message.received', 'message.finalized', 'call.initiated'],
    load: () => import('./telnyx.ts'),
  },
  trello: { events: ['createCard', 'updateCard', 'commentCard'], load: () => import('./trello.ts') },
  twilio: {
    events: ['message.received', 'message.delivered', 'call.received', 'call.completed'],
    load: () => import('./twilio.ts'),
  },
  twitch: {
    events: ['stream.online', 'channel.follow', 'channel.subscribe'],
    load: () => import('./twitch.ts'),
  },
  typeform: { events: ['form_response', 'form_response_partial'], load: () => import('./typeform.ts') },
  vercel: {
    events: ['deployment.created', 'deployment.succeeded', 'deployment.error'],
    load: () => import('./vercel.ts'),
  },
  webflow: {
    events: ['form_submission', 'site_publish', 'ecomm_new_order'],
    load: () => import('./webflow.ts'),
  },
  websub: { events: ['feed'], load: () => import('./websub.ts') },
  woocommerce: {
    events: ['order.created', 'customer.created', 'product.updated'],
    load: () => import('./woocommerce.ts'),
  },
  workos: {
    events: ['user.created', 'connection.activated', 'dsync.user.created'],
    load: () => import('./workos.ts'),
  },
  x: {
    events: ['tweet_create_events', 'follow_events', 'direct_message_events'],
    load: () => import('./x.ts'),
  },
  xero: { events: ['INVOICE.CREATE', 'INVOICE.UPDATE', 'CONTACT.CREATE'], load: () => import('./xero.ts') },
  zendesk: {
    events: [
      'zen:event-type:ticket.created',
      'zen:event-type:ticket.status_changed',
      'zen:event-type:user.created',
    ],
    load: () => import('./zendesk.ts'),
  },
  zoom: {
    events: ['meeting.started', 'meeting.participant_joined', 'recording.completed'],
    load: () => import('./zoom.ts'),
  },
}
