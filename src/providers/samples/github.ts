import {
  COMMIT_AUTHOR,
  FULL_REPOSITORY,
  ORGANIZATION,
  OWNER,
  REPOSITORY_API,
  REPOSITORY_PAGE,
  USER,
} from './parts/github-objects.ts'
import { WORKFLOW, WORKFLOW_RUN } from './parts/github-actions.ts'
import { ISSUE, ISSUE_COMMENT, PULL_REQUEST, RELEASE } from './parts/github-work.ts'
import type { Sample, Template } from './types.ts'

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads */
function githubEvent(event: string, summary: string, payload: Readonly<Record<string, Template>>): Sample {
  return { event, summary, body: { json: payload } }
}

const COMMON = { repository: FULL_REPOSITORY, sender: USER } as const

const COMMIT: Template = {
  id: '{hex:40@head}',
  tree_id: '{hex:40@tree}',
  distinct: true,
  message: 'Show the stock of each mug',
  timestamp: '{now:utc-1m}',
  url: `${REPOSITORY_PAGE}/commit/{hex:40@head}`,
  author: { ...COMMIT_AUTHOR, username: 'mina-okafor' },
  committer: { ...COMMIT_AUTHOR, username: 'mina-okafor' },
  added: ['src/stock.ts'],
  removed: [],
  modified: ['src/product-page.ts'],
}

/** Only a push writes these times as numbers and names its owner. */
const PUSHED_REPOSITORY: Readonly<Record<string, Template>> = {
  ...FULL_REPOSITORY,
  owner: { ...OWNER, name: 'harbour-lane', email: 'hello@example.com' },
  created_at: '{#now:unix-400d}',
  pushed_at: '{#now:unix}',
  stargazers: 12,
  master_branch: 'main',
}

const HOOK: Template = {
  type: 'Repository',
  id: '{#int:9@hook}',
  name: 'web',
  active: true,
  events: ['push', 'pull_request'],
  config: { content_type: 'json', insecure_ssl: '0', url: 'https://shop.example.com/webhooks/github' },
  updated_at: '{now:utc}',
  created_at: '{now:utc}',
  url: `${REPOSITORY_API}/hooks/{int:9@hook}`,
  test_url: `${REPOSITORY_API}/hooks/{int:9@hook}/test`,
  ping_url: `${REPOSITORY_API}/hooks/{int:9@hook}/pings`,
  deliveries_url: `${REPOSITORY_API}/hooks/{int:9@hook}/deliveries`,
  last_response: { code: null, status: 'unused', message: null },
}

export const samples: readonly Sample[] = [
  githubEvent('ping', 'A webhook was set up', {
    zen: 'A small hook catches the big fish.',
    hook_id: '{#int:9@hook}',
    hook: HOOK,
    ...COMMON,
  }),
  githubEvent('push', 'A commit was pushed to main: the time to build', {
    ref: 'refs/heads/main',
    before: '{hex:40@base}',
    after: '{hex:40@head}',
    repository: PUSHED_REPOSITORY,
    pusher: { name: 'mina-okafor', email: 'mina.okafor@example.com' },
    sender: USER,
    created: false,
    deleted: false,
    forced: false,
    base_ref: null,
    compare: `${REPOSITORY_PAGE}/compare/{hex:40@base}...{hex:40@head}`,
    commits: [COMMIT],
    head_commit: COMMIT,
  }),
  githubEvent('pull_request', 'A pull request was opened', {
    action: 'opened',
    number: 41,
    pull_request: PULL_REQUEST,
    ...COMMON,
  }),
  githubEvent('issues', 'An issue was opened', { action: 'opened', issue: ISSUE, ...COMMON }),
  githubEvent('issue_comment', 'Somebody commented on an issue', {
    action: 'created',
    issue: ISSUE,
    comment: ISSUE_COMMENT,
    ...COMMON,
  }),
  githubEvent('release', 'A release was published', { action: 'published', release: RELEASE, ...COMMON }),
  githubEvent('workflow_run', 'A workflow of Actions finished', {
    action: 'completed',
    workflow_run: WORKFLOW_RUN,
    workflow: WORKFLOW,
    organization: ORGANIZATION,
    ...COMMON,
  }),
  githubEvent('star', 'Somebody starred the repository', {
    action: 'created',
    starred_at: '{now:utc}',
    ...COMMON,
  }),
]
