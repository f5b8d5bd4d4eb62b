import { expect, test } from 'vitest'
import { parseAssertion } from '../../src/core/bench/assert.ts'
import { showResult } from '../../src/cli/run/bench-output.ts'
import { createTheme } from '../../src/ui/theme.ts'
import { recordOutput } from '../helpers/cli.ts'
import { simulateBench } from '../helpers/simulated-bench.ts'

test('a run too long for its samples to be written is judged by them all the same', async () => {
  const run = simulateBench({ events: 6000 })
  const { webhook } = run.modes
  if (webhook === undefined) expect.fail('there is a webhook')
  const lossy = { ...run, modes: { webhook: { ...webhook, offered: webhook.offered + 1, missed: 1 } } }
  const theme = createTheme({ colour: false, unicode: true })
  const io = { stdout: recordOutput(), stderr: recordOutput(), cwd: '/' }
  const checks = { assertions: [parseAssertion('webhook.p50<1s')] }

  const status = await showResult(
    lossy,
    { flags: { json: true } },
    checks,
    { out: theme, err: theme },
    { io },
  )

  expect([status, io.stderr.text()]).toEqual([0, ''])
  const written = JSON.parse(io.stdout.text())
  expect(written).toMatchObject({ events: [], assertions: [{ pass: true, actual: expect.any(Number) }] })
  expect(written.modes.webhook).not.toHaveProperty('samplesMs')
})
