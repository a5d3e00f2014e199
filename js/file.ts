// Files by path, in Node.

import { memorySource, type Source } from './source.js'

/** Bytes, a Blob, or the file at a path or file URL. */
export async function fileSource(value: unknown): Promise<Source | undefined> {
  if (typeof value !== 'string' && !(value instanceof URL)) return memorySource(value)
  // Loaded when a file is first uploaded: these modules would double the time of importing the package.
  const [{ open }, { basename }, { Readable }, { fileURLToPath }] = await Promise.all([
    import('node:fs/promises'),
    import('node:path'),
    import('node:stream'),
    import('node:url'),
  ])
  const path = value instanceof URL ? fileURLToPath(value) : value
  const file = await open(path, 'r')
  const stat = await file.stat()
  if (!stat.isFile()) {
    await file.close()
    throw new Error(`${path} is not a regular file`)
  }
  return {
    name: basename(path),
    size: stat.size,
    async read(from, to) {
      const { bytesRead, buffer } = await file.read(new Uint8Array(to - from), 0, to - from, from)
      return buffer.subarray(0, bytesRead)
    },
    body: () => sized(Readable.toWeb(file.createReadStream({ autoClose: false, start: 0 })), stat.size),
    close: () => void file.close(),
  }
}

/** A stream that tells its length, so that it is not sent in chunks, which S3 refuses. */
function sized(stream: unknown, size: number): BodyInit {
  return Object.assign(stream as ReadableStream, { size })
}
