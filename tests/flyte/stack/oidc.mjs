// The OpenID provider to which FlyteAdmin sends people. Everybody who comes is let in as the same person.

import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'

const PERSON = { sub: 'ada', name: 'Ada Lovelace', preferred_username: 'ada', email: 'ada@example.com' }

/** Starts a provider on a free port of the loopback interface. */
export async function startIssuer() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = { ...publicKey.export({ format: 'jwk' }), kid: 'key', use: 'sig', alg: 'RS256' }
  const codes = new Map()
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, url)
    const answer = ROUTES[pathname]
    if (!answer) return response.writeHead(404).end()
    const { status = 200, headers, body } = answer({ url, key, privateKey, codes, query: searchParams, form: await formOf(request) })
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body && JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${server.address().port}`
  return {
    url,
    async stop() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const ROUTES = {
  '/.well-known/openid-configuration': ({ url }) => ({
    body: {
      issuer: url,
      authorization_endpoint: `${url}/authorize`,
      token_endpoint: `${url}/token`,
      jwks_uri: `${url}/keys`,
      userinfo_endpoint: `${url}/userinfo`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
    },
  }),
  '/keys': ({ key }) => ({ body: { keys: [key] } }),
  '/userinfo': () => ({ body: PERSON }),
  '/authorize': ({ query, codes }) => {
    const code = randomUUID()
    codes.set(code, query)
    const target = new URL(query.get('redirect_uri'))
    target.searchParams.set('code', code)
    target.searchParams.set('state', query.get('state') ?? '')
    return { status: 302, headers: { location: target.href } }
  },
  '/token': ({ url, privateKey, codes, form }) => {
    const asked = codes.get(form.get('code'))
    if (!asked || !codes.delete(form.get('code'))) return { status: 400, body: { error: 'invalid_grant' } }
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: url, aud: asked.get('client_id'), iat: now, exp: now + 3600, nonce: asked.get('nonce') ?? undefined, ...PERSON }
    const token = sign(claims, privateKey)
    return { body: { token_type: 'Bearer', expires_in: 3600, access_token: token, refresh_token: randomUUID(), id_token: token } }
  },
}

async function formOf(request) {
  let text = ''
  for await (const part of request) text += part
  return new URLSearchParams(text)
}

function sign(claims, privateKey) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT', kid: 'key' })}.${part(claims)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`
}
