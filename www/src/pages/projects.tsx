// All projects with their domains.

import { useConnection } from '../connection.js'
import { useLive, useTitle } from '../live.js'
import { Empty, Failure, Loading, Stale } from '../notices.js'
import { href } from '../route.js'

export function ProjectsPage() {
  const { remote, host } = useConnection()
  useTitle('Projects')
  const projects = useLive(host, async (signal) => (await remote.client.listProjects({}, { signal })).projects ?? [])
  return (
    <>
      <div class="head">
        <h1 tabIndex={-1}>Projects</h1>
      </div>
      {!projects.data &&
        (projects.error === undefined ? (
          <Loading what="projects" />
        ) : (
          <Failure what="The projects" error={projects.error} retry={projects.refresh} />
        ))}
      {projects.data?.length === 0 && <Empty title="There are no projects on this server." />}
      {!!projects.data?.length && (
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">Project</th>
              <th scope="col">Domains</th>
              <th scope="col" class="wide">
                Description
              </th>
            </tr>
          </thead>
          <tbody>
            {projects.data.map((project) => {
              const id = project.id ?? ''
              return (
                <tr key={id}>
                  <th scope="row">
                    {project.name || id}
                    {project.name && project.name !== id && <span class="quiet sub">{id}</span>}
                  </th>
                  <td>
                    <ul class="inline">
                      {(project.domains ?? []).map((domain) => (
                        <li key={domain.id}>
                          <a
                            href={href.executions({ project: id, domain: domain.id ?? '' })}
                            aria-label={`${id}, ${domain.name || domain.id}`}
                          >
                            {domain.name || domain.id}
                          </a>
                        </li>
                      ))}
                    </ul>
                  </td>
                  <td class="wide quiet clip">{project.description}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {projects.data && <Stale error={projects.error} retry={projects.refresh} />}
    </>
  )
}
