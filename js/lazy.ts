// Entities that are fetched when they are first needed.

/** A task, workflow or launch plan that is fetched at first use: `await` it, or hand it to `execute`. */
export class LazyEntity<T> implements PromiseLike<T> {
  /** Its name; known without a call. */
  readonly name: string
  readonly #fetch: () => Promise<T>
  #entity: Promise<T> | undefined
  #isFetched = false

  /** @internal */
  constructor(name: string, fetch: () => Promise<T>) {
    this.name = name
    this.#fetch = fetch
  }

  /** Whether it has been fetched. */
  get isFetched(): boolean {
    return this.#isFetched
  }

  /** The entity. All who ask share one fetch; after one that failed, the next to ask tries again. */
  entity(): Promise<T> {
    this.#entity ??= this.#fetch().then(
      (entity) => {
        this.#isFetched = true
        return entity
      },
      (error) => {
        this.#entity = undefined
        throw error
      },
    )
    return this.#entity
  }

  /** `await lazy` gives the entity. */
  // biome-ignore lint/suspicious/noThenProperty: being awaited is what it is for.
  then<A = T, B = never>(
    resolved?: ((entity: T) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.entity().then(resolved, rejected)
  }
}
