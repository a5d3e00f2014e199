// Async iterators over pages of the core.

interface Pages<T> {
  next(): Promise<T[] | undefined>
  free(): void
}

/** The items of all pages; a page is asked for when its first item is. */
export async function* iterate<T>(pages: Pages<T>): AsyncGenerator<T, void, undefined> {
  try {
    for (let page = await pages.next(); page; page = await pages.next()) yield* page
  } finally {
    pages.free()
  }
}
