import type { Sample, Template } from './types.ts'

const API = 'https://sentry.io/api/0'

interface Action {
  readonly resource: string
  readonly action: string
  readonly summary: string
  readonly actor: Template
  readonly data: Template
}

/** https://docs.sentry.io/organization/integrations/integration-platform/webhooks/ */
function sentryEvent({ resource, action, summary, actor, data }: Action): Sample {
  return {
    event: `${resource}.${action}`,
    summary,
    headers: { 'Sentry-Hook-Resource': resource },
    body: { json: { action, installation: { uuid: '{uuid@installation}' }, data, actor } },
  }
}

const BY_SENTRY: Template = { type: 'application', id: 'sentry', name: 'Sentry' }

const ISSUE: Readonly<Record<string, Template>> = {
  id: '{int:10@issue}',
  shortId: 'STOREFRONT-4',
  title: "TypeError: Cannot read properties of undefined (reading 'stock')",
  culprit: 'stockOf(product-page)',
  permalink: null,
  logger: null,
  level: 'error',
  status: 'unresolved',
  statusDetails: {},
  substatus: 'new',
  isPublic: false,
  platform: 'javascript',
  project: { id: '{int:7@project}', name: 'storefront', slug: 'storefront', platform: 'javascript' },
  type: 'error',
  metadata: {
    value: "Cannot read properties of undefined (reading 'stock')",
    type: 'TypeError',
    filename: '/stock.js',
    function: 'stockOf',
  },
  numComments: 0,
  assignedTo: null,
  isBookmarked: false,
  hasSeen: false,
  count: '1',
  userCount: 1,
  firstSeen: '{now:iso}',
  lastSeen: '{now:iso}',
  url: `${API}/organizations/harbour-lane/issues/{int:10@issue}/`,
  web_url: 'https://harbour-lane.sentry.io/issues/{int:10@issue}/',
  project_url: 'https://harbour-lane.sentry.io/issues/?project={int:7@project}',
}

export const samples: readonly Sample[] = [
  sentryEvent({
    resource: 'issue',
    action: 'created',
    summary: 'An error was seen for the first time',
    actor: BY_SENTRY,
    data: { issue: ISSUE },
  }),
  sentryEvent({
    resource: 'issue',
    action: 'resolved',
    summary: 'An issue was resolved',
    actor: { type: 'user', id: '{int:6}', name: 'Mina Okafor' },
    data: { issue: { ...ISSUE, status: 'resolved', substatus: null }, resolution_type: 'now' },
  }),
  sentryEvent({
    resource: 'event_alert',
    action: 'triggered',
    summary: 'An alert rule fired',
    actor: BY_SENTRY,
    data: {
      event: {
        event_id: '{hex:32@event}',
        project: '{#int:7@project}',
        issue_id: '{int:10@issue}',
        title: "TypeError: Cannot read properties of undefined (reading 'stock')",
        culprit: 'stockOf(product-page)',
        level: 'error',
        platform: 'javascript',
        datetime: '{now:iso}',
        timestamp: '{#now:unix}',
        tags: [
          ['environment', 'production'],
          ['release', 'v1.4.0'],
        ],
        url: `${API}/projects/harbour-lane/storefront/events/{hex:32@event}/`,
        web_url: 'https://harbour-lane.sentry.io/issues/{int:10@issue}/events/{hex:32@event}/',
        issue_url: `${API}/organizations/harbour-lane/issues/{int:10@issue}/`,
      },
      triggered_rule: 'Tell us about every new error',
      issue_alert: { title: 'Tell us about every new error', settings: [] },
    },
  }),
]
