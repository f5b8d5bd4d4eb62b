import type { Template } from '../types.ts'

type Fields = Readonly<Record<string, Template>>

const API = 'https://api.github.com'
const REPOSITORY = 'harbour-lane/storefront'
export const REPOSITORY_API: string = `${API}/repos/${REPOSITORY}`
export const REPOSITORY_PAGE: string = `https://github.com/${REPOSITORY}`

/** Field names with their URLs: `{ forks_url: '<base>/forks' }`. */
function urls(base: string, paths: Readonly<Record<string, string>>): Fields {
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [`${name}_url`, base + path]))
}

function account(login: string, id: string, type: string): Fields {
  return {
    login,
    id,
    node_id: 'MDQ6VXNlcg{id:8}',
    avatar_url: `https://avatars.githubusercontent.com/u/${id.replace('#', '')}?v=4`,
    gravatar_id: '',
    url: `${API}/users/${login}`,
    html_url: `https://github.com/${login}`,
    ...urls(`${API}/users/${login}`, {
      followers: '/followers',
      following: '/following{/other_user}',
      gists: '/gists{/gist_id}',
      starred: '/starred{/owner}{/repo}',
      subscriptions: '/subscriptions',
      organizations: '/orgs',
      repos: '/repos',
      events: '/events{/privacy}',
      received_events: '/received_events',
    }),
    type,
    site_admin: false,
  }
}

/** The developer who does things in our samples. */
export const USER: Fields = account('mina-okafor', '{#int:8@user}', 'User')

export const OWNER: Fields = account('harbour-lane', '{#int:8@owner}', 'Organization')

const OWNER_API = `${API}/orgs/harbour-lane`

export const ORGANIZATION: Fields = {
  login: 'harbour-lane',
  id: '{#int:8@owner}',
  node_id: 'MDEyOk9yZw{id:8}',
  url: OWNER_API,
  ...urls(OWNER_API, {
    repos: '/repos',
    events: '/events',
    hooks: '/hooks',
    issues: '/issues',
    members: '/members{/member}',
    public_members: '/public_members{/member}',
  }),
  avatar_url: 'https://avatars.githubusercontent.com/u/{int:8@owner}?v=4',
  description: 'Enamel mugs and the software that sells them',
}

/** The part of a repository that stands inside other objects of a workflow run. */
export const MINIMAL_REPOSITORY: Fields = {
  id: '{#int:9@repository}',
  node_id: 'R_kgDO{id:8@repository}',
  name: 'storefront',
  full_name: REPOSITORY,
  private: false,
  owner: OWNER,
  html_url: REPOSITORY_PAGE,
  description: 'The shop on the harbour',
  fork: false,
  url: REPOSITORY_API,
  ...urls(REPOSITORY_API, {
    forks: '/forks',
    keys: '/keys{/key_id}',
    collaborators: '/collaborators{/collaborator}',
    teams: '/teams',
    hooks: '/hooks',
    issue_events: '/issues/events{/number}',
    events: '/events',
    assignees: '/assignees{/user}',
    branches: '/branches{/branch}',
    tags: '/tags',
    blobs: '/git/blobs{/sha}',
    git_tags: '/git/tags{/sha}',
    git_refs: '/git/refs{/sha}',
    trees: '/git/trees{/sha}',
    statuses: '/statuses/{sha}',
    languages: '/languages',
    stargazers: '/stargazers',
    contributors: '/contributors',
    subscribers: '/subscribers',
    subscription: '/subscription',
    commits: '/commits{/sha}',
    git_commits: '/git/commits{/sha}',
    comments: '/comments{/number}',
    issue_comment: '/issues/comments{/number}',
    contents: '/contents/{+path}',
    compare: '/compare/{base}...{head}',
    merges: '/merges',
    archive: '/{archive_format}{/ref}',
    downloads: '/downloads',
    issues: '/issues{/number}',
    pulls: '/pulls{/number}',
    milestones: '/milestones{/number}',
    notifications: '/notifications{?since,all,participating}',
    labels: '/labels{/name}',
    releases: '/releases{/id}',
    deployments: '/deployments',
  }),
}

/** https://docs.github.com/en/rest/repos/repos#get-a-repository */
export const FULL_REPOSITORY: Fields = {
  ...MINIMAL_REPOSITORY,
  created_at: '{now:utc-400d}',
  updated_at: '{now:utc-1d}',
  pushed_at: '{now:utc}',
  git_url: `git://github.com/${REPOSITORY}.git`,
  ssh_url: `git@github.com:${REPOSITORY}.git`,
  clone_url: `${REPOSITORY_PAGE}.git`,
  svn_url: REPOSITORY_PAGE,
  homepage: 'https://shop.example.com',
  size: 1840,
  stargazers_count: 12,
  watchers_count: 12,
  language: 'TypeScript',
  has_issues: true,
  has_projects: true,
  has_downloads: true,
  has_wiki: false,
  has_pages: false,
  has_discussions: false,
  forks_count: 2,
  mirror_url: null,
  archived: false,
  disabled: false,
  open_issues_count: 3,
  license: {
    key: 'mit',
    name: 'MIT License',
    spdx_id: 'MIT',
    url: `${API}/licenses/mit`,
    node_id: '{id:20}',
  },
  allow_forking: true,
  is_template: false,
  web_commit_signoff_required: false,
  topics: ['shop', 'mugs'],
  visibility: 'public',
  forks: 2,
  open_issues: 3,
  watchers: 12,
  default_branch: 'main',
  custom_properties: {},
}

export const COMMIT_AUTHOR: Fields = { name: 'Mina Okafor', email: 'mina.okafor@example.com' }
