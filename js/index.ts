// What both entry points export.

export * from '#bindings'
export * from './errors.js'
