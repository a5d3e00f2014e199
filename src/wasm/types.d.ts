/** What every call takes. */
export interface CallOptions {
  /** Cancels the call; it then rejects with CancelledError, whose `cause` is the signal's reason. */
  signal?: AbortSignal | undefined
  /** Deadline in milliseconds for the whole call, its retries and body included. Default: 30 000; Infinity for none. */
  timeoutMs?: number | undefined
  /** Extra request headers. Names ending in `-bin` carry base64. */
  metadata?: Record<string, string> | undefined
  /** Told the response headers and trailers of a successful call. */
  onReply?: ((reply: { headers: Record<string, string>; trailers: Record<string, string> }) => void) | undefined
}
