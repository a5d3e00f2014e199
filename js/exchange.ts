// One HTTP exchange over `fetch`, as the Rust core asks for it: head, then the body piece by piece, or abort.

/** Sends a request; what `fetch` does. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** Told the bytes of the body sent so far. */
export type OnSent = (bytes: number) => void

function counter(onSent: OnSent): TransformStream<Uint8Array, Uint8Array> {
  let sent = 0
  return new TransformStream({
    transform(piece, controller) {
      sent += piece.length
      controller.enqueue(piece)
      onSent(sent)
    },
  })
}

/** Makes a stream or Blob the body; returns its size when it can't be counted as it goes. */
function attach(
  init: RequestInit & { duplex?: 'half' },
  body: BodyInit,
  headers: string[][],
  onSent: OnSent | undefined,
): number | undefined {
  if (body instanceof ReadableStream) {
    init.duplex = 'half'
    if ('size' in body) headers.push(['content-length', String(body.size)])
    if (onSent) init.body = body.pipeThrough(counter(onSent))
    return undefined
  }
  return body instanceof Blob ? body.size : undefined
}

/** An exchange under way. */
export class Exchange {
  readonly #abort = new AbortController()
  readonly #response: Promise<Response>
  #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  #over = false

  constructor(fetch: Fetch, method: string, url: string, headers: string[][], body: BodyInit | undefined, onSent: OnSent | undefined) {
    const init: RequestInit & { duplex?: 'half' } = { method, headers: headers as [string, string][], signal: this.#abort.signal }
    // A redirected POST would be sent again as GET; the core turns the redirect into an error instead.
    init.redirect = method === 'GET' ? 'follow' : 'manual'
    if (body !== undefined) init.body = body
    // Node loads its web streams and Blobs when they are first named, which takes as long as the rest of a call.
    const whole = body === undefined || body instanceof Uint8Array ? undefined : attach(init, body, headers, onSent)
    // A caller's own fetch may give anything.
    this.#response = Promise.resolve(fetch(url, init)).then((response) => {
      if (!response?.headers?.forEach) throw new Error('the `fetch` option gave no Response')
      return response
    })
    // Only a stream can be counted as it goes; anything else is known to be sent when the reply comes.
    this.#response.then(() => whole !== undefined && onSent?.(whole)).catch(() => {})
  }

  /** Status, final URL, and header names and values in turn. */
  async head(): Promise<[number, string, string[]]> {
    const response = await this.#response
    const headers: string[] = []
    response.headers.forEach((value, name) => {
      headers.push(name, value)
    })
    return [response.status, response.url, headers]
  }

  /** The next piece of the body, undefined at its end. */
  async read(): Promise<Uint8Array | undefined> {
    const response = await this.#response
    this.#over = !response.body
    if (!response.body) return undefined
    this.#reader ??= response.body.getReader()
    const { done, value } = await this.#reader.read()
    // Node ends the body without an error when it is aborted before the first read.
    this.#abort.signal.throwIfAborted()
    this.#over = done
    if (done) return undefined
    // Of any realm.
    if (!ArrayBuffer.isView(value)) throw new Error('the `fetch` option gave a body that is not bytes')
    return value
  }

  /** Gives up. */
  abort(): void {
    // An abort costs as much as the rest of this class.
    if (this.#over) return
    this.#abort.abort()
    // Of a caller's own fetch the reader may be anything, and who drops an exchange can't be told.
    const cancel = async () => this.#reader?.cancel()
    cancel().catch(() => {})
  }
}
