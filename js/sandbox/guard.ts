// Who may talk to a server that starts processes: this machine's own programs, and pages served from it. A page from
// elsewhere betrays itself by its Origin, a name that was made to point here by its Host.

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i

/** Whether a Host or `:authority` header names this machine. */
export const isLoopbackHost = (host: string | undefined): boolean => host !== undefined && LOOPBACK.test(host)

/** Whether an Origin header is a page of this machine. */
export function isLoopbackOrigin(origin: string): boolean {
  const [, host] = /^https?:\/\/(.+)$/i.exec(origin) ?? []
  return isLoopbackHost(host)
}

/** Why a request is refused, or undefined. */
export function refusal(host: string | undefined, origin: string | undefined): string | undefined {
  if (!isLoopbackHost(host)) return `the sandbox answers for localhost only, not for the host ${host ?? '(none)'}`
  if (origin !== undefined && !isLoopbackOrigin(origin)) return `the sandbox answers pages of this machine only, not of ${origin}`
  return undefined
}

const EXPOSED = 'grpc-status,grpc-message,grpc-status-details-bin,etag'

/** Response headers that let a page of this machine read the reply. */
export function corsHeaders(origin: string | undefined): Record<string, string> {
  if (origin === undefined) return {}
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': EXPOSED, vary: 'Origin' }
}

/** The answer to a preflight; Envoy gives 200, not 204. */
export function preflightHeaders(origin: string | undefined, requested: string | undefined): Record<string, string> {
  if (origin === undefined) return {}
  return {
    ...corsHeaders(origin),
    'access-control-allow-methods': 'GET,HEAD,PUT,POST,DELETE,OPTIONS',
    'access-control-allow-headers': requested ?? 'content-type,x-grpc-web,x-user-agent,grpc-timeout,authorization,flyte-authorization',
    'access-control-max-age': '600',
  }
}
