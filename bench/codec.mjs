// Decoding and encoding a list of 3,000 node executions: rows, ProtoJSON objects, bytes.

import assert from 'node:assert/strict'
import { fromBinary, fromJson, toBinary, toJson } from '@bufbuild/protobuf'
import { proto } from 'flyte-remote'
import protobufjs from 'protobufjs'
import descriptor from 'protobufjs/ext/descriptor.js'
import { descriptors, nodeExecutions, registry } from './data.mjs'
import { measure } from './measure.mjs'

const LIST = 'flyteidl.admin.NodeExecutionList'
const OURS = 'flyte-remote'
const BUF = '@bufbuild/protobuf'
const PBJS = 'protobufjs'

const COLUMNS = ['nodeId', 'specNodeId', 'phase', 'startedAt', 'durationMs', 'isParentNode', 'cacheStatus', 'errorMessage', 'inputUri']

const milliseconds = (time) => time && Number(time.seconds) * 1000 + time.nanos / 1e6

/** What `COLUMNS` says, out of a message of @bufbuild/protobuf. */
function bufRow(phases, statuses) {
  return ({ id, metadata, inputUri, closure }) => ({
    nodeId: id.nodeId,
    specNodeId: metadata.specNodeId,
    phase: phases[closure.phase].name,
    startedAt: milliseconds(closure.startedAt),
    durationMs: milliseconds(closure.duration),
    isParentNode: metadata.isParentNode,
    cacheStatus: statuses[closure.targetMetadata.case === 'taskNodeMetadata' ? closure.targetMetadata.value.cacheStatus : 0].name,
    errorMessage: closure.outputResult.case === 'error' ? closure.outputResult.value.message : '',
    inputUri,
  })
}

/** The same out of a message of protobufjs. */
function pbjsRow(phases, statuses) {
  return ({ id, metadata, inputUri, closure }) => ({
    nodeId: id.nodeId,
    specNodeId: metadata.specNodeId,
    phase: phases[closure.phase],
    startedAt: milliseconds(closure.startedAt),
    durationMs: milliseconds(closure.duration),
    isParentNode: metadata.isParentNode,
    cacheStatus: statuses[closure.taskNodeMetadata?.cacheStatus ?? 0],
    errorMessage: closure.error?.message ?? '',
    inputUri,
  })
}

/** Each figure: `{ title, contestants: { name: ms }, ours, goal }`; the goal is how much longer another should take at least. */
export function codecBench() {
  const bytes = nodeExecutions(3000)
  const type = registry.getMessage(LIST)
  const root = protobufjs.Root.fromDescriptor(descriptor.FileDescriptorSet.decode(descriptors()))
  const pbjs = root.lookupType(LIST)
  const phases = registry.getEnum('flyteidl.core.NodeExecution.Phase').value
  const statuses = registry.getEnum('flyteidl.core.CatalogCacheStatus').value
  const names = (name) => root.lookupEnum(name).valuesById
  const toBufRow = bufRow(phases, statuses)
  const toPbjsRow = pbjsRow(names('flyteidl.core.NodeExecution.Phase'), names('flyteidl.core.CatalogCacheStatus'))

  const rows = {
    [OURS]: () => proto.toRows(LIST, bytes, COLUMNS).rows,
    [BUF]: () => fromBinary(type, bytes).nodeExecutions.map(toBufRow),
    [PBJS]: () => pbjs.decode(bytes).nodeExecutions.map(toPbjsRow),
  }
  const objects = {
    [OURS]: () => proto.toJson(LIST, bytes),
    [BUF]: () => toJson(type, fromBinary(type, bytes), { registry }),
    [`${PBJS} (plain objects, no ProtoJSON)`]: () =>
      pbjs.toObject(pbjs.decode(bytes), { longs: String, enums: String, bytes: String, json: true }),
  }
  const object = proto.toJson(LIST, bytes)
  const pbjsObject = pbjs.toObject(pbjs.decode(bytes), { longs: String, enums: String, bytes: String, json: true })
  const encoded = {
    [OURS]: () => proto.fromJson(LIST, object),
    [BUF]: () => toBinary(type, fromJson(type, object, { registry })),
    [`${PBJS} (its own plain objects)`]: () => pbjs.encode(pbjs.fromObject(pbjsObject)).finish(),
  }

  // All have to do the same work, or the figures mean nothing.
  assert.deepEqual(rows[OURS](), rows[BUF]())
  assert.deepEqual(rows[PBJS](), rows[BUF]())
  assert.deepEqual(objects[OURS](), objects[BUF]())
  assert.deepEqual(fromBinary(type, encoded[OURS]()), fromBinary(type, encoded[BUF]()))

  const size = `${(bytes.length / 1e6).toFixed(2)} MB, 3,000 node executions`
  return [
    { title: `${size} → rows of 9 fields`, contestants: measure(rows), ours: OURS, goal: { than: BUF, least: 8 } },
    { title: `${size} → ProtoJSON objects`, contestants: measure(objects), ours: OURS, goal: { than: BUF, least: 1.8 } },
    { title: `ProtoJSON objects → ${size}`, contestants: measure(encoded), ours: OURS, goal: { than: BUF, least: 1 } },
  ]
}
