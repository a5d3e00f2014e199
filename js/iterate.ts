// Async iterators over pages of the core.

interface Pages<T> {
  next(): Promise<T[] | undefined>
  free(): void
}

/** The items of all pages; a page is asked for when its first item is. Ends when `signal` is aborted. */
export async function* iterate<T>(pages: Pages<T>, signal?: AbortSignal): AsyncGenerator<T, void, undefined> {
  try {
    for (let page = await pages.next(); page && !signal?.aborted; page = await pages.next()) yield* page
  } catch (error) {
    if (!signal?.aborted) throw error
  } finally {
    pages.free()
  }
}

interface List<T> {
  /** The page asked for, or without options the next one, undefined after the last. */
  page(options?: unknown): Promise<{ items: T[]; token: string } | undefined>
}

/** The items of a list. `page` gives single pages, also after the last item. */
export function list<T>(pages: List<T>): AsyncGenerator<T, void, undefined> {
  const items = iterate({ next: async () => (await pages.page())?.items, free() {} })
  return Object.assign(items, { page: (options = {}) => pages.page(options) })
}
