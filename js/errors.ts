// The errors a caller meets: real `Error` subclasses, in the tree of flytekit's exceptions. `instanceof` works across
// two copies of the package, since it asks for a brand and not for the class object.

/** What is known about a failure beside its message. */
export interface FlyteErrorFields {
  /** gRPC status code (0 to 16), when a call failed. */
  grpcCode?: number
  /** HTTP status, when a reply came. */
  httpStatus?: number
  /** The method called, `/flyteidl.service.AdminService/GetTask`. */
  method?: string
  /** The entity concerned in text form, `lp:project:domain:name:version`. */
  entity?: string
  /** The place in the caller's input that is wrong, `inputs.rows[3].when`. */
  path?: string
  /** All mistakes of the caller's input, when there were several. */
  problems?: readonly { path: string; message: string }[]
  /** Decoded `google.rpc.Status` details, each with its `@type`. */
  details?: readonly unknown[]
  /** Response headers, as far as the platform shows them. */
  headers?: Record<string, string>
  /** Response trailers. */
  trailers?: Record<string, string>
  /** Whether the same call may succeed later, unchanged. */
  retryable?: boolean
  /** Stable text code; by default the one of the class. */
  code?: string
  /** What led to it, e.g. the platform's network error or an AbortSignal's reason. */
  cause?: unknown
}

const brands = Symbol.for('flyte-remote.errors')

/** Any failure of this package. */
export class FlyteError extends Error {
  static readonly code: string = 'UNKNOWN'
  /** Stable text code: the gRPC code's name when a call failed (`NOT_FOUND`), else the class's own. */
  declare readonly code: string
  /** gRPC status code (0 to 16), when a call failed. */
  declare readonly grpcCode?: number
  /** HTTP status, when a reply came. */
  declare readonly httpStatus?: number
  /** The method called, `/flyteidl.service.AdminService/GetTask`. */
  declare readonly method?: string
  /** The entity concerned in text form, `lp:project:domain:name:version`. */
  declare readonly entity?: string
  /** The place in the caller's input that is wrong, `inputs.rows[3].when`. */
  declare readonly path?: string
  /** All mistakes of the caller's input, when there were several. */
  declare readonly problems?: readonly { path: string; message: string }[]
  /** Decoded `google.rpc.Status` details, each with its `@type`; empty when none were sent. */
  declare readonly details: readonly unknown[]
  /** Response headers, as far as the platform shows them. */
  declare readonly headers: Readonly<Record<string, string>>
  /** Response trailers. */
  declare readonly trailers: Readonly<Record<string, string>>
  /** Whether the same call may succeed later, unchanged. */
  declare readonly retryable: boolean

  constructor(message: string, fields: FlyteErrorFields = {}) {
    const { cause, ...rest } = fields
    super(message, cause === undefined ? undefined : { cause })
    const type = new.target
    Object.defineProperty(this, 'name', { value: type.className, configurable: true, writable: true })
    Object.assign(this, { code: type.code, details: [], headers: {}, trailers: {}, retryable: false }, rest)
  }

  /** What `JSON.stringify` writes: name, message and all that is known, without the stack and the cause. */
  toJSON(): object {
    const { name, message } = this
    return Object.assign({ name, message }, this)
  }

  /** The class's name, also when a bundler renames classes. */
  static readonly className: string = 'FlyteError'

  /** The names of this class and its parents. */
  get [brands](): readonly string[] {
    const names: string[] = []
    for (let type = this.constructor as typeof FlyteError; type.className; type = Object.getPrototypeOf(type)) names.push(type.className)
    return names
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    const names = (value as { [brands]?: readonly string[] } | null | undefined)?.[brands]
    return Array.isArray(names) && names.includes(this.className)
  }
}

/** The caller's doing: a wrong use, a wrong value, something that is not there. */
export class FlyteUserError extends FlyteError {
  static override readonly className: string = 'FlyteUserError'
  static override readonly code: string = 'USER'
}

/** A wrong use of the API, e.g. outputs asked of a running execution. */
export class FlyteAssertionError extends FlyteUserError {
  static override readonly className: string = 'FlyteAssertionError'
  static override readonly code: string = 'ASSERTION'
}

/** The server does not know the entity. */
export class NotFoundError extends FlyteAssertionError {
  static override readonly className: string = 'NotFoundError'
  static override readonly code: string = 'NOT_FOUND'
}

/** The entity is there already. */
export class AlreadyExistsError extends FlyteAssertionError {
  static override readonly className: string = 'AlreadyExistsError'
  static override readonly code: string = 'ALREADY_EXISTS'
}

/** A deadline passed: of one call, or of waiting for an execution (which goes on). */
export class TimeoutError extends FlyteAssertionError {
  static override readonly className: string = 'TimeoutError'
  static override readonly code: string = 'DEADLINE_EXCEEDED'
}

/** Not logged in, or not allowed. */
export class AuthenticationError extends FlyteAssertionError {
  static override readonly className: string = 'AuthenticationError'
  static override readonly code: string = 'UNAUTHENTICATED'
}

/** A value that breaks a rule of the entity it is for. */
export class ValidationError extends FlyteAssertionError {
  static override readonly className: string = 'ValidationError'
  static override readonly code: string = 'VALIDATION'
}

/** A gate node was rejected. */
export class DisapprovalError extends FlyteAssertionError {
  static override readonly className: string = 'DisapprovalError'
  static override readonly code: string = 'DISAPPROVED'
}

/** A value that can't be used where it was given. */
export class FlyteValueError extends FlyteUserError {
  static override readonly className: string = 'FlyteValueError'
  static override readonly code: string = 'VALUE'
}

/** A value of the wrong type. */
export class FlyteTypeError extends FlyteUserError {
  static override readonly className: string = 'FlyteTypeError'
  static override readonly code: string = 'TYPE'
}

/** The server refused the request as invalid. */
export class InvalidInputError extends FlyteUserError {
  static override readonly className: string = 'InvalidInputError'
  static override readonly code: string = 'INVALID_ARGUMENT'
}

/** The caller cancelled; `cause` is the AbortSignal's reason. */
export class CancelledError extends FlyteUserError {
  static override readonly className: string = 'CancelledError'
  static override readonly code: string = 'CANCELLED'
}

/** Not the caller's doing: trying again may help. */
export class FlyteRecoverableError extends FlyteError {
  static override readonly className: string = 'FlyteRecoverableError'
  static override readonly code: string = 'RECOVERABLE'
}

/** Something went wrong between here and the server. */
export class FlyteSystemError extends FlyteRecoverableError {
  static override readonly className: string = 'FlyteSystemError'
  static override readonly code: string = 'SYSTEM'
}

/** The server can't be reached now. */
export class UnavailableError extends FlyteSystemError {
  static override readonly className: string = 'UnavailableError'
  static override readonly code: string = 'UNAVAILABLE'
}

/** The server does not have this method. */
export class NotImplementedError extends FlyteSystemError {
  static override readonly className: string = 'NotImplementedError'
  static override readonly code: string = 'UNIMPLEMENTED'
}

/** An upload through a signed URL failed. */
export class UploadError extends FlyteSystemError {
  static override readonly className: string = 'UploadError'
  static override readonly code: string = 'UPLOAD'
}

/** A download failed. */
export class DownloadError extends FlyteSystemError {
  static override readonly className: string = 'DownloadError'
  static override readonly code: string = 'DOWNLOAD'
}
