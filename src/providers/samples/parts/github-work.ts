import type { Template } from '../types.ts'
import { FULL_REPOSITORY, OWNER, REPOSITORY_API, REPOSITORY_PAGE, USER } from './github-objects.ts'
import { nulls } from './nulls.ts'

type Fields = Readonly<Record<string, Template>>

const PULL_API = `${REPOSITORY_API}/pulls/41`
const PULL_PAGE = `${REPOSITORY_PAGE}/pull/41`
const ISSUE_API = `${REPOSITORY_API}/issues/42`
const ISSUE_PAGE = `${REPOSITORY_PAGE}/issues/42`

function branch(name: string, sha: string): Fields {
  return { label: `harbour-lane:${name}`, ref: name, sha, user: OWNER, repo: FULL_REPOSITORY }
}

/** https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request */
export const PULL_REQUEST: Fields = {
  url: PULL_API,
  id: '{#int:10@pull}',
  node_id: 'PR_kwDO{id:12}',
  html_url: PULL_PAGE,
  diff_url: `${PULL_PAGE}.diff`,
  patch_url: `${PULL_PAGE}.patch`,
  issue_url: `${REPOSITORY_API}/issues/41`,
  number: 41,
  state: 'open',
  locked: false,
  title: 'Show the stock of each mug',
  user: USER,
  body: 'The product page now says how many mugs are left.',
  created_at: '{now:utc}',
  updated_at: '{now:utc}',
  assignees: [],
  requested_reviewers: [],
  requested_teams: [],
  labels: [],
  draft: false,
  commits_url: `${PULL_API}/commits`,
  review_comments_url: `${PULL_API}/comments`,
  review_comment_url: `${REPOSITORY_API}/pulls/comments{/number}`,
  comments_url: `${REPOSITORY_API}/issues/41/comments`,
  statuses_url: `${REPOSITORY_API}/statuses/{hex:40@head}`,
  head: branch('show-stock', '{hex:40@head}'),
  base: branch('main', '{hex:40@base}'),
  _links: {
    self: { href: PULL_API },
    html: { href: PULL_PAGE },
    issue: { href: `${REPOSITORY_API}/issues/41` },
    comments: { href: `${REPOSITORY_API}/issues/41/comments` },
    review_comments: { href: `${PULL_API}/comments` },
    review_comment: { href: `${REPOSITORY_API}/pulls/comments{/number}` },
    commits: { href: `${PULL_API}/commits` },
    statuses: { href: `${REPOSITORY_API}/statuses/{hex:40@head}` },
  },
  author_association: 'MEMBER',
  merged: false,
  mergeable_state: 'unknown',
  comments: 0,
  review_comments: 0,
  maintainer_can_modify: false,
  commits: 1,
  additions: 34,
  deletions: 6,
  changed_files: 3,
  ...nulls('closed_at', 'merged_at', 'merge_commit_sha', 'assignee', 'milestone', 'auto_merge'),
  ...nulls('active_lock_reason', 'mergeable', 'rebaseable', 'merged_by'),
}

const LABEL: Fields = {
  id: '{#int:10}',
  node_id: 'LA_kwDO{id:12}',
  url: `${REPOSITORY_API}/labels/bug`,
  name: 'bug',
  color: 'd73a4a',
  default: true,
  description: 'Something does not work',
}

const MILESTONE_API = `${REPOSITORY_API}/milestones/1`

const MILESTONE: Fields = {
  url: MILESTONE_API,
  html_url: `${REPOSITORY_PAGE}/milestone/1`,
  labels_url: `${MILESTONE_API}/labels`,
  id: '{#int:8}',
  node_id: 'MI_kwDO{id:12}',
  number: 1,
  title: 'Spring sale',
  description: 'All that has to work before the sale begins',
  creator: USER,
  open_issues: 3,
  closed_issues: 5,
  state: 'open',
  created_at: '{now:utc-20d}',
  updated_at: '{now:utc}',
  due_on: '{now:utc+20d}',
  closed_at: null,
}

const REACTIONS: Fields = {
  url: `${ISSUE_API}/reactions`,
  total_count: 0,
  '+1': 0,
  '-1': 0,
  laugh: 0,
  hooray: 0,
  confused: 0,
  heart: 0,
  rocket: 0,
  eyes: 0,
}

/** https://docs.github.com/en/rest/issues/issues#get-an-issue */
export const ISSUE: Fields = {
  url: ISSUE_API,
  repository_url: REPOSITORY_API,
  labels_url: `${ISSUE_API}/labels{/name}`,
  comments_url: `${ISSUE_API}/comments`,
  events_url: `${ISSUE_API}/events`,
  html_url: ISSUE_PAGE,
  id: '{#int:10@issue}',
  node_id: 'I_kwDO{id:12}',
  number: 42,
  title: 'The basket forgets its mugs',
  user: USER,
  labels: [LABEL],
  state: 'open',
  locked: false,
  assignee: USER,
  assignees: [USER],
  milestone: MILESTONE,
  comments: 0,
  created_at: '{now:utc}',
  updated_at: '{now:utc}',
  closed_at: null,
  author_association: 'MEMBER',
  active_lock_reason: null,
  draft: false,
  body: 'Steps:\n1. put a mug into the basket\n2. reload the page\n\nThe basket is empty again.',
  reactions: REACTIONS,
  timeline_url: `${ISSUE_API}/timeline`,
  performed_via_github_app: null,
  state_reason: null,
}

const COMMENT_API = `${REPOSITORY_API}/issues/comments/{int:10@comment}`

export const ISSUE_COMMENT: Fields = {
  url: COMMENT_API,
  html_url: `${ISSUE_PAGE}#issuecomment-{int:10@comment}`,
  issue_url: ISSUE_API,
  id: '{#int:10@comment}',
  node_id: 'IC_kwDO{id:12}',
  user: USER,
  created_at: '{now:utc}',
  updated_at: '{now:utc}',
  author_association: 'MEMBER',
  body: 'The cookie is gone after a reload; I will look into it.',
  reactions: { ...REACTIONS, url: `${COMMENT_API}/reactions` },
  performed_via_github_app: null,
}

const RELEASE_API = `${REPOSITORY_API}/releases/{int:8@release}`

export const RELEASE: Fields = {
  url: RELEASE_API,
  assets_url: `${RELEASE_API}/assets`,
  upload_url: `https://uploads.github.com/repos/harbour-lane/storefront/releases/{int:8@release}/assets{?name,label}`,
  html_url: `${REPOSITORY_PAGE}/releases/tag/v1.4.0`,
  id: '{#int:8@release}',
  author: USER,
  node_id: 'RE_kwDO{id:12}',
  tag_name: 'v1.4.0',
  target_commitish: 'main',
  name: 'v1.4.0',
  draft: false,
  prerelease: false,
  created_at: '{now:utc-10m}',
  published_at: '{now:utc}',
  assets: [],
  tarball_url: `${REPOSITORY_API}/tarball/v1.4.0`,
  zipball_url: `${REPOSITORY_API}/zipball/v1.4.0`,
  body: 'The product page shows the stock of each mug.',
}
