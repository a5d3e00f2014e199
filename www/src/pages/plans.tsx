// The launch plans of a project's domain, each a link to its launch form.

import { useEffect, useRef, useState } from 'preact/hooks'
import { useConnection } from '../connection.js'
import { useLive, useSettled, useTitle } from '../live.js'
import { Empty, Failure, Loading, Stale } from '../notices.js'
import { href, type Place, replaceAddress } from '../route.js'
import { filterValue, NothingAt, PlaceHead } from './place.js'

const STEP = 100

interface Row {
  name: string
  description: string
}

export function PlansPage({ place, query }: { place: Place; query: URLSearchParams }) {
  const { remote } = useConnection()
  useTitle(`Launch plans of ${place.project} ${place.domain}`)
  const [search, setSearch] = useState(query.get('name') ?? '')
  const [shown, setShown] = useState(STEP)
  const wanted = useSettled(filterValue(search))
  useEffect(() => {
    setShown(STEP)
    replaceAddress(href.plans(place), { name: search })
  }, [wanted])

  const count = useRef(shown)
  count.current = shown
  const plans = useLive(wanted, async (signal) => {
    const limit = count.current + 1
    const request = {
      resourceType: 'LAUNCH_PLAN' as const,
      ...place,
      limit,
      sortBy: { key: 'name', direction: 'ASCENDING' as const },
      filters: wanted ? `contains(name,${wanted})+not_like(name,.flytegen%)` : '',
    }
    const { entities = [] } = await remote.client.listNamedEntities(request, { signal })
    const rows = entities.map((entity): Row => ({ name: entity.id?.name ?? '', description: entity.metadata?.description ?? '' }))
    return { rows: rows.slice(0, limit - 1), more: rows.length >= limit }
  })
  useEffect(() => {
    if (shown !== STEP) plans.refresh()
  }, [shown])
  const rows = plans.data?.rows

  return (
    <>
      <PlaceHead place={place} page="plans" />
      <search class="toolbar" aria-label="Filter launch plans">
        <label>
          <span>Name</span>
          <input type="search" spellcheck={false} value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
        </label>
      </search>
      {!rows &&
        (plans.error === undefined ? (
          <Loading what="launch plans" />
        ) : (
          <Failure what="The launch plans" error={plans.error} retry={plans.refresh} />
        ))}
      {rows?.length === 0 &&
        (wanted ? (
          <Empty title="No launch plan matches." />
        ) : (
          <NothingAt place={place} title="There are no launch plans here yet.">
            Register a workflow: it gets a launch plan of its own name.
          </NothingAt>
        ))}
      {!!rows?.length && (
        <table class="rows links">
          <thead>
            <tr>
              <th scope="col">Launch plan</th>
              <th scope="col" class="wide">
                Description
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.name}>
                <th scope="row">
                  <a class="row-link" href={href.launch(place, row.name)}>
                    {row.name}
                  </a>
                </th>
                <td class="wide quiet clip">{row.description}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {plans.data?.more && (
        <p class="actions">
          <button type="button" onClick={() => setShown(shown + STEP)}>
            Load more
          </button>
        </p>
      )}
      {plans.data && <Stale error={plans.error} retry={plans.refresh} />}
    </>
  )
}
