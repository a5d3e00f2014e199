// Files by path, in Node.

import { memorySource, type Source } from './source.js'

/** How much of a file is sent at a time. */
const PIECE = 262_144

/** Bytes, a Blob, or the file at a path or file URL. */
export async function fileSource(value: unknown): Promise<Source | undefined> {
  if (typeof value !== 'string' && !(value instanceof URL)) return memorySource(value)
  // Loaded when a file is first uploaded: these modules would double the time of importing the package.
  const [{ open, stat }, { basename }, { fileURLToPath }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('node:url'),
  ])
  const path = value instanceof URL ? fileURLToPath(value) : value
  const found = await stat(path)
  if (!found.isFile()) throw new Error(`${path} is not a regular file`)
  const { size } = found

  // It is opened for each piece: a call that is given up has nobody left to close it.
  async function read(from: number, to: number): Promise<Uint8Array> {
    const file = await open(path, 'r')
    try {
      const piece = new Uint8Array(to - from)
      for (let at = 0; at < piece.length; ) {
        const { bytesRead } = await file.read(piece, at, piece.length - at, from + at)
        if (!bytesRead) throw new Error(`${path} became shorter while it was read`)
        at += bytesRead
      }
      return piece
    } finally {
      await file.close()
    }
  }

  function body(): BodyInit {
    let at = 0
    const stream = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (at >= size) return controller.close()
        const to = Math.min(at + PIECE, size)
        controller.enqueue(await read(at, to))
        at = to
      },
    })
    // It tells its length, so that it is not sent in chunks, which S3 refuses.
    return Object.assign(stream, { size })
  }

  return { name: basename(path), size, read, body, close: () => {} }
}
