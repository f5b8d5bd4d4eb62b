import type { Sample, Template } from './types.ts'

const SITE = 'https://harbour-lane.atlassian.net'

const USER: Template = {
  self: `${SITE}/rest/api/2/user?accountId={hex:24@user}`,
  accountId: '{hex:24@user}',
  accountType: 'atlassian',
  displayName: 'Priya Nair',
  active: true,
  timeZone: 'Europe/London',
  avatarUrls: { '48x48': 'https://avatar.example.com/priya-48.png' },
}

const ISSUE: Template = {
  id: '{int:5@issue}',
  self: `${SITE}/rest/api/2/{int:5@issue}`,
  key: 'SHOP-42',
  fields: {
    summary: 'The basket forgets its mugs',
    description: 'Reload the page and the basket is empty.',
    issuetype: { self: `${SITE}/rest/api/2/issuetype/10004`, id: '10004', name: 'Bug', subtask: false },
    project: { self: `${SITE}/rest/api/2/project/10001`, id: '10001', key: 'SHOP', name: 'Shop' },
    priority: { self: `${SITE}/rest/api/2/priority/3`, id: '3', name: 'Medium' },
    status: {
      self: `${SITE}/rest/api/2/status/10000`,
      id: '10000',
      name: 'To Do',
      statusCategory: { id: 2, key: 'new', colorName: 'blue-gray', name: 'New' },
    },
    creator: USER,
    reporter: USER,
    assignee: null,
    resolution: null,
    labels: [],
    components: [],
    created: '{now:iso}',
    updated: '{now:iso}',
  },
}

/** https://developer.atlassian.com/cloud/jira/platform/webhooks/ */
function jiraEvent(event: string, summary: string, payload: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: { json: { timestamp: '{#now:ms}', webhookEvent: event, ...payload } },
  }
}

export const samples: readonly Sample[] = [
  jiraEvent('jira:issue_created', 'An issue was created', {
    issue_event_type_name: 'issue_created',
    user: USER,
    issue: ISSUE,
    changelog: {
      id: '{int:5}',
      items: [
        {
          field: 'status',
          fieldtype: 'jira',
          fieldId: 'status',
          from: null,
          fromString: null,
          to: '10000',
          toString: 'To Do',
        },
      ],
    },
  }),
  jiraEvent('jira:issue_updated', 'An issue was moved to another status', {
    issue_event_type_name: 'issue_generic',
    user: USER,
    issue: ISSUE,
    changelog: {
      id: '{int:5}',
      items: [
        {
          field: 'status',
          fieldtype: 'jira',
          fieldId: 'status',
          from: '10002',
          fromString: 'In Progress',
          to: '10000',
          toString: 'To Do',
        },
      ],
    },
  }),
  jiraEvent('comment_created', 'Somebody commented on an issue', {
    comment: {
      self: `${SITE}/rest/api/2/issue/{int:5@issue}/comment/{int:5@comment}`,
      id: '{int:5@comment}',
      author: USER,
      updateAuthor: USER,
      body: 'The cookie is gone after a reload.',
      created: '{now:iso}',
      updated: '{now:iso}',
      jsdPublic: true,
    },
    issue: ISSUE,
    eventType: 'primaryAction',
  }),
]
