// What flytekit compiles (tests/vectors/compiled_workflows.json), registered here: each server makes the same of it.
//
// tests/vectors/compiled_closures.json is what FlyteAdmin 1.16.8 answered; FLYTE_RECORD=1 writes it anew.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { proto } from 'flyte-remote'
import { recorded } from './recorded.mjs'
import { client, project, remote } from './support.mjs'

const cases = JSON.parse(readFileSync(new URL('../vectors/compiled_workflows.json', import.meta.url), 'utf8'))
const known = recorded('compiled_closures')

/** A message of a vector, in a project of this run. */
function message({ type, b64 }, project) {
  const json = proto.toJson(type, Buffer.from(b64, 'base64'))
  return JSON.parse(JSON.stringify(json).replaceAll('"project":"flytesnacks"', `"project":"${project}"`))
}

const by = (name) => (a, b) => (name(a) < name(b) ? -1 : 1)

/** An answer without what this run decided, lists that are sets in order. */
function settled(answer, project) {
  const text = JSON.stringify(answer, (key, value) => {
    if (key === 'createdAt' || key === 'updatedAt') return undefined
    if (key === 'ids' && Array.isArray(value)) return [...value].sort()
    if (key === 'tasks' && Array.isArray(value)) return [...value].sort(by((task) => task.template.id.name))
    if (key === 'subWorkflows' && Array.isArray(value)) return [...value].sort(by((sub) => sub.template.id.name))
    return value
  })
  return JSON.parse(text.replaceAll(project, 'flytesnacks'))
}

/** Registers an entity and reads it back, or tells why it was refused. */
async function registered(kind, id, spec) {
  const kinds = {
    task: ['createTask', 'getTask'],
    workflow: ['createWorkflow', 'getWorkflow'],
    launch_plan: ['createLaunchPlan', 'getLaunchPlan'],
  }
  const [create, get] = kinds[kind]
  try {
    await client[create]({ id, spec })
  } catch (error) {
    return { code: error.code, message: error.message.replace(/\s+/g, ' ') }
  }
  return client[get]({ id })
}

/** A registered workflow is a graph without problems, a launch plan tells what it expects. */
async function promoted(kind, id, found) {
  const { code, closure } = found[`${kind} ${id.name}`]
  if (code) return
  if (kind === 'workflow') {
    const { nodes, problem } = await remote.fetchWorkflow(id)
    const { template } = closure.compiledWorkflow.primary
    const odd = JSON.stringify(nodes, (key, value) => (key === 'problem' ? assert.fail(value) : value))
    assert.deepEqual([problem, JSON.parse(odd).length], [undefined, template.nodes.length - 2])
  }
  if (kind === 'launch_plan') {
    const plan = await remote.fetchLaunchPlan(id)
    const names = (map) => Object.keys(map ?? {}).sort()
    const seen = [plan.expectedInputs, plan.expectedOutputs].map((list) => list.map(({ name }) => name))
    assert.deepEqual(seen, [names(closure.expectedInputs?.parameters), names(closure.expectedOutputs?.variables)])
  }
}

describe('a workflow that flytekit compiled', () => {
  for (const [at, { id: name, why, entities }] of cases.entries()) {
    it(`${name}: ${why}`, async () => {
      const own = `${project}-${at}`
      await client.registerProject({ project: { id: own, name } })
      const found = {}
      for (const { kind, id, spec } of entities) {
        const whole = message(id, own)
        found[`${kind} ${whole.name}`] = await registered(kind, whole, message(spec, own))
      }
      const answered = settled(found, own)
      assert.deepEqual(answered, known(name, answered))
      for (const { kind, id } of entities) await promoted(kind, message(id, own), found)
    })
  }
})
