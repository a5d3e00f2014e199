// Texts of execution metrics.

import { proto } from 'flyte-remote'
import { scripted } from './scripted.mjs'

export async function replayMetrics({ span, explain, dump }) {
  const json = proto.toJson('flyteidl.core.Span', Buffer.from(span.b64, 'base64'))
  const { remote } = scripted(() => proto.fromJson('flyteidl.admin.WorkflowExecutionGetMetricsResponse', { span: json }))
  const metrics = await remote.getExecutionMetrics('run')
  const texts = [
    ['explain', metrics.explain({ utc: true }), explain.text],
    ['dump', metrics.dump(), dump.text],
  ]
  const wrong = texts.find(([, text, expected]) => text !== expected)
  return wrong ? { difference: `${wrong[0]} is ${JSON.stringify(wrong[1])}, expected ${JSON.stringify(wrong[2])}` } : {}
}
