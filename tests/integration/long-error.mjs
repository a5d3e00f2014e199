// Registers something twice, differently, and prints the error as JSON: `long-error.mjs ENDPOINT PROJECT task|workflow LENGTH`.

import { FlyteRemote } from 'flyte-remote'

const [endpoint, project, kind, length] = process.argv.slice(2)
const place = { project, domain: 'development' }
const { client } = FlyteRemote.forEndpoint(endpoint, place)
const name = `long-${kind}-${length}`
const words = (letter) => Array.from({ length: Number(length) / 100 }, (_, at) => `${letter}${at}-`.padEnd(96, letter))

const taskOf = (letter) => {
  const id = { resourceType: 'TASK', ...place, name, version: 'v1' }
  const template = { id, type: 'raw-container', metadata: {}, interface: {}, container: { image: 'sh', args: words(letter) } }
  return { id, spec: { template } }
}

const workflowOf = (letter) => {
  const id = { resourceType: 'WORKFLOW', ...place, name, version: 'v1' }
  const node = { id: 'n0', metadata: { name: words(letter).join('') }, taskNode: { referenceId: taskOf('a').id } }
  return { id, spec: { template: { id, interface: {}, metadata: {}, nodes: [node] } } }
}

const isTask = kind === 'task'
await client.createTask(taskOf('a'))
if (!isTask) await client.createWorkflow(workflowOf('a'))
const error = await (isTask ? client.createTask(taskOf('b')) : client.createWorkflow(workflowOf('b'))).catch((error) => error)
console.log(JSON.stringify({ code: error.code, said: error.message.replace(/^\w+: /, ''), details: error.details }))
