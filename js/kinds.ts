// The error class of each kind of the Rust core.

import {
  AlreadyExistsError,
  AuthenticationError,
  CancelledError,
  DisapprovalError,
  DownloadError,
  FlyteAssertionError,
  FlyteError,
  type FlyteErrorFields,
  FlyteSystemError,
  FlyteTypeError,
  FlyteValueError,
  InvalidInputError,
  NotFoundError,
  NotImplementedError,
  TimeoutError,
  UnavailableError,
  UploadError,
  ValidationError,
} from './errors.js'

const byKind: Record<string, typeof FlyteError> = {
  NotFound: NotFoundError,
  AlreadyExists: AlreadyExistsError,
  Timeout: TimeoutError,
  Authentication: AuthenticationError,
  Validation: ValidationError,
  Disapproval: DisapprovalError,
  Assertion: FlyteAssertionError,
  Value: FlyteValueError,
  Type: FlyteTypeError,
  InvalidInput: InvalidInputError,
  Unavailable: UnavailableError,
  NotImplemented: NotImplementedError,
  Upload: UploadError,
  Download: DownloadError,
  System: FlyteSystemError,
  Cancelled: CancelledError,
}

/** The error object for a kind of the Rust core. */
export function makeError(kind: string, message: string, fields: FlyteErrorFields): FlyteError {
  return new (byKind[kind] ?? FlyteError)(message, fields)
}
