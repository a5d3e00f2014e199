// An execution of a compiled workflow as a server tells it: every node has run, branches took their first way.

import { proto } from 'flyte-remote'
import { scripted } from './scripted.mjs'

const RUN = { project: 'p', domain: 'd', name: 'run' }
const CHILD = { ...RUN, name: 'child' }

/** Nodes with what is inside of them: `{ id, specId, task, children, … }`. */
function nodesOf(template, subWorkflows, prefix = '') {
  const all = [...(template.nodes ?? []), ...(template.failureNode ? [template.failureNode] : [])]
  return all.map((node) => ran(node, subWorkflows, prefix))
}

function ran(node, subWorkflows, prefix) {
  const id = prefix + node.id
  const inside = `${id}-0-`
  const { launchplanRef, subWorkflowRef } = node.workflowNode ?? {}
  const sub = subWorkflowRef && subWorkflows.find((template) => template.id.name === subWorkflowRef.name)
  const shape = { id, specId: node.id, children: [], task: Boolean(node.taskNode), parent: false, array: Boolean(node.arrayNode) }
  if (launchplanRef) return { ...shape, launches: true }
  if (sub) return { ...shape, parent: true, children: nodesOf(sub, subWorkflows, inside) }
  // As old servers have it: a branch is not said to be a parent.
  if (node.branchNode) return { ...shape, children: [ran(node.branchNode.ifElse.case.thenNode, subWorkflows, inside)] }
  if (node.arrayNode) return { ...shape, children: [0, 1].map((i) => ran({ ...node.arrayNode.node, id: `n${i}` }, subWorkflows, inside)) }
  return shape
}

const flat = (nodes) => nodes.flatMap((node) => [node, ...flat(node.children)])

const message = ({ id, specId, task, parent, array, launches }) => ({
  id: { nodeId: id, executionId: RUN },
  metadata: { specNodeId: specId, isParentNode: parent || array, isArray: array },
  closure: {
    phase: 'SUCCEEDED',
    ...(task && { taskNodeMetadata: {} }),
    ...(launches && { workflowNodeMetadata: { executionId: CHILD } }),
  },
})

/** What a sync of all nodes makes of an execution of the workflow, or what is wrong with it. */
export async function syncDifference({ id, spec }, workflow, options) {
  const nodes = nodesOf(spec.template, spec.subWorkflows ?? [])
  const all = flat(nodes)
  const answers = {
    GetExecution: ({ id }) => [
      'Execution',
      { id, closure: { phase: 'SUCCEEDED', workflowId: id.name === RUN.name ? workflowId : undefined } },
    ],
    GetWorkflow: () => workflow,
    ListNodeExecutions({ workflowExecutionId, uniqueParentId }) {
      const inside = uniqueParentId ? all.find((node) => node.id === uniqueParentId).children : nodes
      return ['NodeExecutionList', { nodeExecutions: workflowExecutionId.name === RUN.name ? inside.map(message) : [] }]
    },
    ListTaskExecutions({ nodeExecutionId }) {
      const { task } = all.find((node) => node.id === nodeExecutionId.nodeId)
      return ['TaskExecutionList', { taskExecutions: task ? [{ id: { nodeExecutionId }, closure: { phase: 'SUCCEEDED' } }] : [] }]
    },
  }
  const workflowId = id
  const types = {
    GetExecution: 'WorkflowExecutionGetRequest',
    GetWorkflow: 'ObjectGetRequest',
    ListNodeExecutions: 'NodeExecutionListRequest',
    ListTaskExecutions: 'TaskExecutionListRequest',
  }
  const { remote } = scripted((method, request) => {
    const answer = answers[method](proto.toJson(`flyteidl.admin.${types[method]}`, request))
    return answer instanceof Uint8Array ? answer : proto.fromJson(`flyteidl.admin.${answer[0]}`, answer[1])
  })
  const execution = await remote.fetchExecution(RUN)
  await execution.sync(options)
  const walked = execution.walk()
  const shown = walked.map((node) => [
    node.nodeId,
    node.specNodeId,
    node.phase,
    node.problem,
    options.taskExecutions ? node.taskExecutions.length : 0,
  ])
  const expected = all.map((node) => [node.id, node.specId, 'SUCCEEDED', undefined, options.taskExecutions && node.task ? 1 : 0])
  if (JSON.stringify(shown) !== JSON.stringify(expected)) {
    return `${id.name}: a sync has ${JSON.stringify(shown)}, expected ${JSON.stringify(expected)}`
  }
  const launching = walked.filter((node) => node.launched).length
  if (launching !== all.filter(({ launches }) => launches).length) return `${id.name}: ${launching} nodes launched executions`
  // What a sync has can be printed.
  for (const node of walked) JSON.stringify([node.toJSON(), node.taskExecutions, node.nodeExecutions.map(({ nodeId }) => nodeId)])
  return undefined
}
