// FlyteAdmin with authentication: what is open, what is closed, and what opens it.

import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { before, describe, it } from 'node:test'
import { FlyteRemote } from 'flyte-remote'

const endpoint = process.env.FLYTE_ENDPOINT
const PLACE = { project: 'flytesnacks', domain: 'development' }
const anonymous = FlyteRemote.forEndpoint(endpoint, PLACE).client

let server
let announced

before(async () => {
  server = await anonymous.getOAuth2Metadata()
  announced = await anonymous.getPublicClientConfig()
})

/** A client that shows a token under the announced header. */
const withToken = (token) =>
  FlyteRemote.forEndpoint(endpoint, { ...PLACE, metadata: { [announced.authorizationMetadataKey]: `Bearer ${token}` } }).client

async function ask(parameters, headers = {}) {
  const response = await fetch(server.tokenEndpoint, { method: 'POST', headers, body: new URLSearchParams(parameters) })
  return { status: response.status, ...(await response.json()) }
}

const clientCredentials = (secret = 'foobar') =>
  ask(
    { grant_type: 'client_credentials', scope: 'all' },
    { authorization: `Basic ${Buffer.from(`flytepropeller:${secret}`).toString('base64')}` },
  )

const refused = (promise) =>
  assert.rejects(promise, (error) => {
    assert.equal(error.code, 'UNAUTHENTICATED', error.message)
    return true
  })

describe('without a token', () => {
  it('tells where tokens come from', () => {
    assert.equal(server.tokenEndpoint, `${endpoint}/oauth2/token`)
    assert.equal(server.authorizationEndpoint, `${endpoint}/oauth2/authorize`)
    assert.deepEqual(server.codeChallengeMethodsSupported, ['S256'])
    assert.ok(server.grantTypesSupported.includes('client_credentials'))
  })

  it('tells which client to be and which header to use', () => {
    assert.equal(announced.clientId, 'flytectl')
    assert.equal(announced.redirectUri, 'http://localhost:53593/callback')
    assert.equal(announced.authorizationMetadataKey, 'flyte-authorization')
  })

  it('gives the metadata over REST as RFC 8414 has it', async () => {
    const response = await fetch(`${endpoint}/.well-known/oauth-authorization-server`, { headers: { accept: 'application/json' } })
    assert.equal((await response.json()).token_endpoint, server.tokenEndpoint)
  })

  it('refuses everything else', async () => {
    await refused(anonymous.getVersion({}))
    await refused(anonymous.listProjects({}))
    await refused(anonymous.userInfo())
    await refused(anonymous.createUploadLocation({ ...PLACE, filename: 'x', filenameRoot: 'x' }))
  })

  it('refuses a token that nobody issued', () => refused(withToken('nonsense').listProjects({})))
})

describe('client credentials', () => {
  it('give a token that opens all services', async () => {
    const { access_token: token } = await clientCredentials()
    const client = withToken(token)
    assert.equal((await client.getVersion({})).controlPlaneVersion.Version, 'v1.16.8')
    assert.ok((await client.createUploadLocation({ ...PLACE, filename: 'x', filenameRoot: 'x' })).signedUrl)
    await client.userInfo()
  })

  it('work under the plain header too, where nothing takes it away', async () => {
    const { access_token: token } = await clientCredentials()
    const { client } = FlyteRemote.forEndpoint(endpoint, { ...PLACE, metadata: { authorization: `Bearer ${token}` } })
    assert.ok((await client.listProjects({})).projects.length > 0)
  })

  it('with a wrong secret are refused', async () => {
    const { status, error } = await clientCredentials('wrong')
    assert.equal(status, 401)
    assert.equal(error, 'invalid_client')
  })
})

describe('authorization code with PKCE', () => {
  const verifier = randomBytes(32).toString('base64url')
  const challenge = createHash('sha256').update(verifier).digest('base64url')

  /** Follows the redirects as a browser would, with its cookies, up to the client's own address. */
  async function logIn() {
    const query = new URLSearchParams({
      client_id: announced.clientId,
      redirect_uri: announced.redirectUri,
      response_type: 'code',
      scope: announced.scopes.join(' '),
      state: 'state-of-the-client',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    })
    const cookies = new Map()
    let url = `${server.authorizationEndpoint}?${query}`
    for (let hop = 0; hop < 10; hop++) {
      if (url.startsWith(announced.redirectUri)) return new URL(url).searchParams
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(url, { redirect: 'manual', headers: cookie ? { cookie } : {} })
      for (const line of response.headers.getSetCookie()) {
        const [, name, value] = line.match(/^([^=]+)=([^;]*)/)
        cookies.set(name, value)
      }
      assert.ok(response.headers.has('location'), `${url} answers ${response.status}: ${await response.text()}`)
      url = new URL(response.headers.get('location'), url).href
    }
    assert.fail(`no end of redirects, the last to ${url}`)
  }

  it('gives a person a token, and a newer one for its refresh token', async () => {
    const answer = await logIn()
    assert.equal(answer.get('state'), 'state-of-the-client')
    const given = await ask({
      grant_type: 'authorization_code',
      code: answer.get('code'),
      redirect_uri: announced.redirectUri,
      client_id: announced.clientId,
      code_verifier: verifier,
    })
    assert.equal((await withToken(given.access_token).userInfo()).email, 'ada@example.com')

    const renewed = await ask({ grant_type: 'refresh_token', refresh_token: given.refresh_token, client_id: announced.clientId })
    assert.ok((await withToken(renewed.access_token).listProjects({})).projects.length > 0)
  })

  it('refuses a code with another verifier', async () => {
    const answer = await logIn()
    const { status } = await ask({
      grant_type: 'authorization_code',
      code: answer.get('code'),
      redirect_uri: announced.redirectUri,
      client_id: announced.clientId,
      code_verifier: 'x'.repeat(43),
    })
    assert.equal(status, 400)
  })
})
