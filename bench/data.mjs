// Replies as a server would send them, generated from a seed.

import { readFileSync } from 'node:fs'
import { create, createFileRegistry, fromBinary, toBinary } from '@bufbuild/protobuf'
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'

/** What build.rs compiled; every build of the Rust part writes it. */
const DESCRIPTORS = ['target/wasm/wasm32-unknown-unknown/release', 'target/release', 'target/debug']

/** The bytes of the FileDescriptorSet of all messages. */
export function descriptors() {
  for (const folder of DESCRIPTORS) {
    try {
      return readFileSync(new URL(`../${folder}/descriptors.bin`, import.meta.url))
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  throw new Error('no descriptors.bin below target/; npm run build writes it')
}

/** All message types for @bufbuild/protobuf. */
export const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, descriptors()))

/** The bytes of a flyteidl.admin.NodeExecutionList of `count` nodes; 3,000 are about 1.46 MB. */
export function nodeExecutions(count) {
  const type = registry.getMessage('flyteidl.admin.NodeExecutionList')
  const nodeExecutions = Array.from({ length: count }, (_, i) => nodeExecution(i))
  return toBinary(type, create(type, { nodeExecutions, token: String(count) }))
}

const execution = { project: 'flytesnacks', domain: 'development', name: 'f3a9c1e07b5d4e2f8a61' }
const at = (i, ms) => ({ seconds: BigInt(1_760_000_000 + i * 7), nanos: ((i * 37 + ms) % 1000) * 1_000_000 })

function nodeExecution(i) {
  const nodeId = `n${i % 40}-${(i / 40) | 0}-dn${i}`
  const folder = `s3://flyte-production-data/metadata/propeller/${execution.project}-${execution.domain}-${execution.name}/${nodeId}/data`
  const failed = i % 50 === 49
  return {
    id: { nodeId, executionId: execution },
    inputUri: `${folder}/inputs.pb`,
    closure: {
      outputResult: failed
        ? {
            case: 'error',
            value: { code: 'USER:RuntimeError', message: `Traceback (most recent call last):\n  node ${i} ran out of luck`, kind: 1 },
          }
        : { case: 'outputUri', value: `${folder}/0/outputs.pb` },
      phase: failed ? 5 : 3,
      startedAt: at(i, 100),
      duration: { seconds: BigInt(i % 300), nanos: (i % 1000) * 1_000_000 },
      createdAt: at(i, 0),
      updatedAt: at(i + 9, 500),
      targetMetadata: {
        case: 'taskNodeMetadata',
        value: { cacheStatus: i % 6, checkpointUri: i % 3 ? '' : `${folder}/0/_flytecheckpoints` },
      },
      deckUri: i % 2 ? '' : `${folder}/0/deck.html`,
    },
    metadata: { retryGroup: '0', isParentNode: i % 10 === 0, specNodeId: `n${i % 40}`, isDynamic: i % 20 === 0, isArray: i % 25 === 0 },
  }
}
