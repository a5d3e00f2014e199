// What `uploadFile` takes, read piece by piece: bytes and Blobs everywhere, paths where the platform has files.

/** A file to upload. It is read twice: for its digest, and as it is sent. */
export interface Source {
  readonly name: string
  readonly size: number
  read(from: number, to: number): Promise<Uint8Array>
  body(): BodyInit
  close(): void
}

/** Bytes in memory, a Blob or a File; undefined for anything else. */
export function memorySource(value: unknown): Source | undefined {
  if (value instanceof Blob) return blobSource(value)
  if (value instanceof ArrayBuffer) return blobSource(new Blob([value]))
  if (ArrayBuffer.isView(value)) return blobSource(new Blob([value as ArrayBufferView<ArrayBuffer>]))
  return undefined
}

function blobSource(blob: Blob): Source {
  // A Blob's type would become a Content-Type that the bucket's CORS rules may not allow.
  const plain = blob.type ? blob.slice(0, blob.size, '') : blob
  return {
    name: blob instanceof File ? blob.name : 'data',
    size: blob.size,
    read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()),
    body: () => plain,
    close: () => {},
  }
}
