import type { Sample, Template } from './types.ts'

const USER: Readonly<Record<string, Template>> = {
  id: '{uuid@user}',
  name: 'Priya Nair',
  email: 'priya.nair@example.com',
  avatarUrl: 'https://avatar.example.com/priya.png',
  url: 'https://linear.app/harbour-lane/profiles/priya.nair',
}

const ISSUE_URL = 'https://linear.app/harbour-lane/issue/SHOP-42/the-basket-forgets-its-mugs'
const TEAM: Template = { id: '{uuid@team}', key: 'SHOP', name: 'Shop' }

/** https://linear.app/developers/webhooks */
function linearEvent(type: string, action: string, summary: string, url: string, data: Template): Sample {
  return {
    event: `${type}.${action}`,
    summary,
    headers: { 'Linear-Event': type },
    body: {
      json: {
        action,
        actor: { ...USER, type: 'user' },
        createdAt: '{now:iso}',
        data,
        url,
        type,
        organizationId: '{uuid}',
        webhookTimestamp: '{#now:ms}',
        webhookId: '{uuid}',
      },
    },
  }
}

export const samples: readonly Sample[] = [
  linearEvent('Issue', 'create', 'An issue was created', ISSUE_URL, {
    id: '{uuid@issue}',
    createdAt: '{now:iso}',
    updatedAt: '{now:iso}',
    number: 42,
    title: 'The basket forgets its mugs',
    description: 'Reload the page and the basket is empty.',
    priority: 2,
    priorityLabel: 'High',
    sortOrder: -41.5,
    prioritySortOrder: -41.5,
    identifier: 'SHOP-42',
    url: ISSUE_URL,
    labelIds: [],
    labels: [],
    previousIdentifiers: [],
    reactionData: [],
    releases: [],
    subscriberIds: ['{uuid@user}'],
    creatorId: '{uuid@user}',
    teamId: '{uuid@team}',
    team: TEAM,
    stateId: '{uuid@state}',
    state: { id: '{uuid@state}', color: '#e2e2e2', name: 'Todo', type: 'unstarted' },
  }),
  linearEvent('Comment', 'create', 'Somebody commented on an issue', `${ISSUE_URL}#comment-{hex:8}`, {
    id: '{uuid@comment}',
    createdAt: '{now:iso}',
    updatedAt: '{now:iso}',
    body: 'The cookie is gone after a reload.',
    issueId: '{uuid@issue}',
    userId: '{uuid@user}',
    reactionData: [],
    issue: {
      id: '{uuid@issue}',
      identifier: 'SHOP-42',
      title: 'The basket forgets its mugs',
      teamId: '{uuid@team}',
      team: TEAM,
      url: ISSUE_URL,
    },
    user: USER,
  }),
  linearEvent(
    'Project',
    'update',
    'A project was changed',
    'https://linear.app/harbour-lane/project/spring-sale',
    {
      id: '{uuid@project}',
      createdAt: '{now:iso-20d}',
      updatedAt: '{now:iso}',
      name: 'Spring sale',
      description: 'All that has to work before the sale begins',
      slugId: '{hex:12}',
      color: '#bec2c8',
      statusId: '{uuid@status}',
      status: { id: '{uuid@status}', name: 'In Progress', color: '#f0bf00', type: 'started' },
      priority: 2,
      sortOrder: 12.5,
      prioritySortOrder: 12.5,
      labelIds: [],
      memberIds: ['{uuid@user}'],
      issueCountHistory: [5, 8],
      completedIssueCountHistory: [2, 5],
      scopeHistory: [5, 8],
      completedScopeHistory: [2, 5],
      inProgressScopeHistory: [1, 1],
      progress: 0.62,
      creatorId: '{uuid@user}',
      leadId: '{uuid@user}',
      targetDate: '{now:date+20d}',
      teamIds: ['{uuid@team}'],
      url: 'https://linear.app/harbour-lane/project/spring-sale',
    },
  ),
]
