// Rows of list replies: the same values that @bufbuild/protobuf decodes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromBinary } from '@bufbuild/protobuf'
import { FlyteValueError, proto } from 'flyte-remote'
import { message, Random, registry } from './messages.mjs'

const SEED = Number(process.env.SEED ?? Date.now() % 1_000_000_007)

const member = (oneof, name) => (oneof?.case === name ? oneof.value : undefined)
const ms = (time) => time && Number(time.seconds) * 1000 + time.nanos / 1e6
const named = (type, number) => registry.getEnum(type).value[number ?? 0]?.name ?? number

const NODE_PHASE = 'flyteidl.core.NodeExecution.Phase'
const TASK_PHASE = 'flyteidl.core.TaskExecution.Phase'
const WORKFLOW_PHASE = 'flyteidl.core.WorkflowExecution.Phase'

/** For each list its columns, out of a decoded element. */
const LISTS = {
  'flyteidl.admin.NodeExecutionList': (list) =>
    list.nodeExecutions.map(({ id, inputUri, metadata, closure }) => {
      const task = member(closure?.targetMetadata, 'taskNodeMetadata')
      const child = member(closure?.targetMetadata, 'workflowNodeMetadata')?.executionId
      const error = member(closure?.outputResult, 'error')
      return {
        nodeId: id?.nodeId ?? '',
        specNodeId: metadata?.specNodeId ?? '',
        phase: named(NODE_PHASE, closure?.phase),
        startedAt: ms(closure?.startedAt),
        createdAt: ms(closure?.createdAt),
        updatedAt: ms(closure?.updatedAt),
        durationMs: ms(closure?.duration),
        isParentNode: metadata?.isParentNode ?? false,
        isArray: metadata?.isArray ?? false,
        isDynamic: metadata?.isDynamic ?? false,
        retryGroup: metadata?.retryGroup ?? '',
        cacheStatus: named('flyteidl.core.CatalogCacheStatus', task?.cacheStatus),
        errorCode: error?.code ?? '',
        errorMessage: error?.message ?? '',
        inputUri,
        outputUri: member(closure?.outputResult, 'outputUri') ?? '',
        deckUri: closure?.deckUri ?? '',
        childProject: child?.project ?? '',
        childDomain: child?.domain ?? '',
        childName: child?.name ?? '',
      }
    }),
  'flyteidl.admin.ExecutionList': (list) =>
    list.executions.map(({ id, spec, closure }) => {
      const error = member(closure?.outputResult, 'error')
      const abort = member(closure?.outputResult, 'abortMetadata')
      return {
        project: id?.project ?? '',
        domain: id?.domain ?? '',
        name: id?.name ?? '',
        phase: named(WORKFLOW_PHASE, closure?.phase),
        startedAt: ms(closure?.startedAt),
        createdAt: ms(closure?.createdAt),
        updatedAt: ms(closure?.updatedAt),
        durationMs: ms(closure?.duration),
        workflowName: closure?.workflowId?.name ?? '',
        workflowVersion: closure?.workflowId?.version ?? '',
        launchPlanName: spec?.launchPlan?.name ?? '',
        launchPlanVersion: spec?.launchPlan?.version ?? '',
        launchedType: named('flyteidl.core.ResourceType', spec?.launchPlan?.resourceType),
        mode: named('flyteidl.admin.ExecutionMetadata.ExecutionMode', spec?.metadata?.mode),
        principal: spec?.metadata?.principal ?? '',
        scheduledAt: ms(spec?.metadata?.scheduledAt),
        errorCode: error?.code ?? '',
        errorMessage: error?.message ?? '',
        abortCause: abort?.cause ?? '',
        abortPrincipal: abort?.principal ?? '',
        state: named('flyteidl.admin.ExecutionState', closure?.stateChangeDetails?.state),
      }
    }),
  'flyteidl.admin.TaskExecutionList': (list) =>
    list.taskExecutions.map(({ id, inputUri, isParent, closure }) => {
      const error = member(closure?.outputResult, 'error')
      return {
        nodeId: id?.nodeExecutionId?.nodeId ?? '',
        taskName: id?.taskId?.name ?? '',
        taskVersion: id?.taskId?.version ?? '',
        retryAttempt: id?.retryAttempt ?? 0,
        phase: named(TASK_PHASE, closure?.phase),
        startedAt: ms(closure?.startedAt),
        createdAt: ms(closure?.createdAt),
        updatedAt: ms(closure?.updatedAt),
        durationMs: ms(closure?.duration),
        taskType: closure?.taskType ?? '',
        reason: closure?.reason ?? '',
        errorCode: error?.code ?? '',
        errorMessage: error?.message ?? '',
        isParent,
        inputUri,
        outputUri: member(closure?.outputResult, 'outputUri') ?? '',
      }
    }),
}

for (const [name, expected] of Object.entries(LISTS)) {
  test(`rows of a ${name} are what its messages hold`, (t) => {
    t.diagnostic(`SEED=${SEED}`)
    const type = registry.getMessage(name)
    let rows = 0
    for (let round = 0; round < 300; round++) {
      const bytes = message(new Random(SEED + round * 7919), type)
      const list = fromBinary(type, bytes)
      const result = proto.toRows(name, bytes)
      assert.deepEqual(
        result,
        { rows: expected(list), token: list.token },
        `SEED=${SEED} round ${round} ${Buffer.from(bytes).toString('hex')}`,
      )
      rows += result.rows.length
    }
    assert.ok(rows > 100, `${rows} rows`)
  })
}

test('columns come as asked for', () => {
  const name = 'flyteidl.admin.NodeExecutionList'
  const bytes = proto.fromJson(name, { nodeExecutions: [{ id: { nodeId: 'ä' }, closure: { phase: 'RUNNING' } }, {}], token: '2' })
  assert.deepEqual(proto.toRows(name, bytes, ['phase', 'nodeId', 'startedAt']), {
    rows: [
      { phase: 'RUNNING', nodeId: 'ä', startedAt: undefined },
      { phase: 'UNDEFINED', nodeId: '', startedAt: undefined },
    ],
    token: '2',
  })
})

test('an unknown column or a type without rows is refused by name', () => {
  const refused = (...args) =>
    assert.throws(
      () => proto.toRows(...args),
      (error) => error instanceof FlyteValueError && /nope|Execution/.test(error.message),
    )
  refused('flyteidl.admin.NodeExecutionList', new Uint8Array(), ['nope'])
  refused('flyteidl.admin.Execution', new Uint8Array())
})
