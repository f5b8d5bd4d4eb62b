import type { Template } from '../types.ts'
import { COMMIT_AUTHOR, MINIMAL_REPOSITORY, REPOSITORY_API, REPOSITORY_PAGE, USER } from './github-objects.ts'

type Fields = Readonly<Record<string, Template>>

const WORKFLOW_API = `${REPOSITORY_API}/actions/workflows/{int:8@workflow}`
const RUN_API = `${REPOSITORY_API}/actions/runs/{int:10@run}`

export const WORKFLOW: Fields = {
  id: '{#int:8@workflow}',
  node_id: 'W_kwDO{id:12}',
  name: 'Build',
  path: '.github/workflows/build.yml',
  state: 'active',
  created_at: '{now:utc-200d}',
  updated_at: '{now:utc-60d}',
  url: WORKFLOW_API,
  html_url: `${REPOSITORY_PAGE}/blob/main/.github/workflows/build.yml`,
  badge_url: `${REPOSITORY_PAGE}/workflows/Build/badge.svg`,
}

/** https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run */
export const WORKFLOW_RUN: Fields = {
  id: '{#int:10@run}',
  name: 'Build',
  node_id: 'WFR_kwLO{id:12}',
  head_branch: 'main',
  head_sha: '{hex:40@head}',
  path: '.github/workflows/build.yml',
  display_title: 'Show the stock of each mug',
  run_number: 318,
  event: 'push',
  status: 'completed',
  conclusion: 'success',
  workflow_id: '{#int:8@workflow}',
  check_suite_id: '{#int:10@suite}',
  check_suite_node_id: 'CS_kwDO{id:12}',
  url: RUN_API,
  html_url: `${REPOSITORY_PAGE}/actions/runs/{int:10@run}`,
  pull_requests: [],
  created_at: '{now:utc-3m}',
  updated_at: '{now:utc}',
  actor: USER,
  triggering_actor: USER,
  run_attempt: 1,
  run_started_at: '{now:utc-3m}',
  jobs_url: `${RUN_API}/jobs`,
  logs_url: `${RUN_API}/logs`,
  check_suite_url: `${REPOSITORY_API}/check-suites/{int:10@suite}`,
  artifacts_url: `${RUN_API}/artifacts`,
  cancel_url: `${RUN_API}/cancel`,
  rerun_url: `${RUN_API}/rerun`,
  previous_attempt_url: null,
  workflow_url: WORKFLOW_API,
  head_commit: {
    id: '{hex:40@head}',
    tree_id: '{hex:40@tree}',
    message: 'Show the stock of each mug',
    timestamp: '{now:utc-4m}',
    author: COMMIT_AUTHOR,
    committer: COMMIT_AUTHOR,
  },
  repository: MINIMAL_REPOSITORY,
  head_repository: MINIMAL_REPOSITORY,
}
