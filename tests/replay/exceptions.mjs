// What a failed call becomes, and how often it is made.

import {
  AlreadyExistsError,
  AuthenticationError,
  CancelledError,
  FlyteAssertionError,
  FlyteError,
  FlyteRecoverableError,
  FlyteSystemError,
  FlyteUserError,
  InvalidInputError,
  NotFoundError,
  NotImplementedError,
  TimeoutError,
  UnavailableError,
} from 'flyte-remote'
import { scripted } from './scripted.mjs'

/** flytekit's classes, and what they are here. */
const CLASSES = {
  FlyteAuthenticationException: AuthenticationError,
  FlyteSystemException: FlyteSystemError,
  FlyteEntityAlreadyExistsException: AlreadyExistsError,
  FlyteEntityNotExistException: NotFoundError,
  FlyteInvalidInputException: InvalidInputError,
  FlyteSystemUnavailableException: UnavailableError,
  FlyteTimeout: TimeoutError,
  FlyteAssertion: FlyteAssertionError,
  FlyteUserException: FlyteUserError,
  FlyteRecoverableException: FlyteRecoverableError,
  FlyteException: FlyteError,
  AssertionError: Error,
  Exception: Error,
  RuntimeError: Error,
}

const CALLS = {
  GetTask: (remote) => remote.fetchTask({ name: 'n', version: 'v' }),
  TerminateExecution: (remote) => remote.terminate('run', 'enough'),
  CreateUploadLocation: (remote) => remote.uploadFile(new Uint8Array(3), { filename: 'f.txt' }),
}

/** Told apart here and not there. */
const FINER = { CANCELLED: CancelledError, PERMISSION_DENIED: AuthenticationError, UNIMPLEMENTED: NotImplementedError }

const OWN_RETRIES = 'only what is safe and may help is repeated, with pauses; credentials are not renewed on any error'
/** Codes after which the same call may succeed. */
const TRANSIENT = ['UNAVAILABLE', 'RESOURCE_EXHAUSTED']

export async function replayExceptions(vector) {
  const { rpc, grpc_code, grpc_code_number, grpc_details, rpc_retries, server_fails_first, attempts, exception } = vector
  // Pauses between attempts would take seconds.
  const retries = Math.min(rpc_retries, 1)
  const fails = server_fails_first === null ? Number.POSITIVE_INFINITY : Math.min(server_fails_first, retries)
  const answer = (_method, _request, nth) =>
    nth < fails && grpc_code_number ? { code: grpc_code_number, message: grpc_details } : new Uint8Array()
  const { remote, methods } = scripted(answer, { retries })
  const error = await CALLS[rpc](remote).then(
    () => undefined,
    (error) => error,
  )
  const repeated = TRANSIENT.includes(grpc_code) ? retries : 0
  const calls = error?.grpcCode || grpc_code === 'OK' ? 1 + (error ? repeated : 0) : methods.length
  if (methods.length !== calls) return { difference: `${methods.length} calls, expected ${calls}` }
  if (!exception) {
    if (error && TRANSIENT.includes(grpc_code)) return { difference: `it failed: ${error}` }
    return methods.length === attempts ? {} : { deviation: OWN_RETRIES }
  }
  const expected = FINER[grpc_code] ?? CLASSES[exception.class]
  if (!(error instanceof expected)) return { difference: `got ${error}, expected ${expected.name}` }
  if (error.code !== grpc_code || error.grpcCode !== grpc_code_number) return { difference: `code ${error.code} ${error.grpcCode}` }
  if (!error.message.includes(grpc_details)) return { difference: `the message has lost the reason: ${error.message}` }
  if (FINER[grpc_code]) return { deviation: 'CANCELLED, PERMISSION_DENIED and UNIMPLEMENTED have classes of their own' }
  const lost = exception.bases.map((base) => CLASSES[base]).find((base) => !(error instanceof base))
  if (lost) return { difference: `${error.constructor.name} is no ${lost.name}` }
  return methods.length === attempts ? {} : { deviation: OWN_RETRIES }
}
