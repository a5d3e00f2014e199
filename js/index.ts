// What both entry points export.

export { FlyteClient } from '#bindings'
export * from './errors.js'
export { proto } from './proto.js'
