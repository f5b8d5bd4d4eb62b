import type { Sample, Template } from './types.ts'

const API = 'https://api.bitbucket.org/2.0'
const PAGE = 'https://bitbucket.org/harbour-lane/storefront'

function links(api: string, page: string): Template {
  return { self: { href: api }, html: { href: page } }
}

const ACTOR: Template = {
  type: 'user',
  display_name: 'Mina Okafor',
  nickname: 'mina',
  uuid: '{{uuid@user}}',
  account_id: '{hex:24@account}',
  links: links(`${API}/users/%7B{uuid@user}%7D`, 'https://bitbucket.org/%7B{uuid@user}%7D/'),
}

const REPOSITORY: Template = {
  type: 'repository',
  name: 'storefront',
  full_name: 'harbour-lane/storefront',
  uuid: '{{uuid@repository}}',
  is_private: true,
  scm: 'git',
  website: null,
  owner: {
    type: 'team',
    display_name: 'Harbour Lane',
    username: 'harbour-lane',
    uuid: '{{uuid@team}}',
    links: links(`${API}/workspaces/harbour-lane`, 'https://bitbucket.org/harbour-lane/'),
  },
  links: links(`${API}/repositories/harbour-lane/storefront`, PAGE),
}

const TARGET: Template = {
  type: 'commit',
  hash: '{hex:40@head}',
  date: '{now:utc-1m}',
  message: 'Show the stock of each mug\n',
  author: { type: 'author', raw: 'Mina Okafor <mina.okafor@example.com>', user: ACTOR },
  parents: [{ type: 'commit', hash: '{hex:40@base}' }],
  links: links(
    `${API}/repositories/harbour-lane/storefront/commit/{hex:40@head}`,
    `${PAGE}/commits/{hex:40@head}`,
  ),
}

const PULL_REQUEST: Template = {
  type: 'pullrequest',
  id: 41,
  title: 'Show the stock of each mug',
  description: 'The product page now says how many mugs are left.',
  state: 'OPEN',
  draft: false,
  author: ACTOR,
  source: {
    branch: { name: 'show-stock' },
    commit: { hash: '{hex:12}', type: 'commit' },
    repository: REPOSITORY,
  },
  destination: {
    branch: { name: 'main' },
    commit: { hash: '{hex:12}', type: 'commit' },
    repository: REPOSITORY,
  },
  participants: [],
  reviewers: [],
  merge_commit: null,
  closed_by: null,
  close_source_branch: true,
  comment_count: 0,
  task_count: 0,
  reason: '',
  created_on: '{now:iso}',
  updated_on: '{now:iso}',
  links: links(`${API}/repositories/harbour-lane/storefront/pullrequests/41`, `${PAGE}/pull-requests/41`),
}

/** https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/ */
function bitbucketEvent(event: string, summary: string, payload: Readonly<Record<string, Template>>): Sample {
  return {
    event,
    summary,
    body: { json: { actor: ACTOR, repository: REPOSITORY, ...payload } },
  }
}

export const samples: readonly Sample[] = [
  bitbucketEvent('repo:push', 'A commit was pushed to main: the time to build', {
    push: {
      changes: [
        {
          old: { type: 'branch', name: 'main', target: { type: 'commit', hash: '{hex:40@base}' } },
          new: { type: 'branch', name: 'main', target: TARGET },
          created: false,
          closed: false,
          forced: false,
          truncated: false,
          commits: [TARGET],
        },
      ],
    },
  }),
  bitbucketEvent('pullrequest:created', 'A pull request was opened', { pullrequest: PULL_REQUEST }),
  bitbucketEvent('pullrequest:approved', 'A pull request was approved', {
    pullrequest: PULL_REQUEST,
    approval: { date: '{now:iso}', user: ACTOR },
  }),
]
