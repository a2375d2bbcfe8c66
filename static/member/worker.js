// The service worker of the members' area. It keeps what a member opened there in a cache of their own, so that it can
// be read without a connection, and lets go of it as the page says: at sign-out, when the server says that it is not
// theirs any more, and at the time that each answer names. The server is asked first whenever it can be reached.
import { area, list, mine, name, until } from './kept.js'

const patience = 8000 // ms for the server to answer when a kept copy is at hand

addEventListener('install', () => skipWaiting())
addEventListener('activate', event => event.waitUntil(Promise.all([clients.claim(), sweep()])))
addEventListener('message', event => event.waitUntil(clients.claim())) // from a page that it does not hold (keep.js)
addEventListener('fetch', event => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (url.pathname.startsWith('/static/')) event.respondWith(asset(request))
  else if (url.pathname.startsWith(area)) event.respondWith(answer(request, url))
})

// asset answers a style or script: its address changes with its content, so a kept one is never old.
async function asset (request) {
  const cache = await mine()
  const had = await cache?.match(request)
  if (had) return had
  const got = await fetch(request)
  if (got.ok && cache) await cache.put(request, got.clone())
  return got
}

async function answer (request, url) {
  const had = await held(url)
  let got
  try {
    got = await fetch(asked(request, had), had && { signal: AbortSignal.timeout(patience) })
  } catch {
    return had || missing()
  }
  if (got.status === 304 && had) return had
  if (got.type === 'opaqueredirect' || got.redirected || got.status === 401) { // signed out
    await forget()
    return got
  }
  if (url.pathname === list) await prune(got)
  else if (got.ok) await keep(url, got.clone())
  else if (got.status < 500) await refused(url)
  else if (had) return had
  return got
}

// asked asks only whether a kept image or file is still the same.
function asked (request, had) {
  const tag = had?.headers.get('ETag')
  if (!tag || request.mode === 'navigate') return request
  return new Request(request.url, { headers: { 'If-None-Match': tag }, credentials: 'same-origin', cache: 'no-store' })
}

// held gives the kept answer, unless its time has come.
async function held (url) {
  const cache = await mine()
  const had = await cache?.match(url.href, { ignoreVary: true })
  if (!had || until(had) > Date.now()) return had
  await cache.delete(url.href, { ignoreVary: true })
}

// keep keeps an answer that the server lets the person keep, and nothing of anybody else.
async function keep (url, got) {
  const person = got.headers.get('Clearday-Keep')?.split(' ')[0]
  if (!person) return
  for (const other of await caches.keys()) if (other.startsWith(name('')) && other !== name(person)) await caches.delete(other)
  const cache = await caches.open(name(person))
  await cache.put(url.href, got)
}

async function drop (url) {
  const cache = await mine()
  await cache?.delete(url.href, { ignoreVary: true })
}

// refused lets go of an answer that is not to be had any more, and asks what else has to go: the page that says no
// asks nothing itself.
async function refused (url) {
  await drop(url)
  try {
    await prune(await fetch(list, { headers: { Accept: 'application/json' }, cache: 'no-store' }))
  } catch {} // out of reach again: the next contact asks
}

// prune lets go of all that the server does not name any more.
async function prune (got) {
  if (!got.ok) {
    if (got.status === 401 || got.status === 403) await forget()
    return
  }
  const { person, keep } = await got.clone().json()
  const cache = await mine()
  if (!cache) return
  if (!await caches.has(name(person))) return forget()
  const stays = path => path === area + 'meetings' || keep.some(k => path === k || path.startsWith(k + '/'))
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url)
    if (pathname.startsWith(area) && !stays(pathname)) await cache.delete(request, { ignoreVary: true })
  }
}

// sweep lets go of what has had its time.
async function sweep () {
  const cache = await mine()
  if (!cache) return
  for (const request of await cache.keys()) {
    if (!new URL(request.url).pathname.startsWith(area)) continue
    const had = await cache.match(request, { ignoreVary: true })
    if (until(had) <= Date.now()) await cache.delete(request, { ignoreVary: true })
  }
}

async function forget () {
  for (const kept of await caches.keys()) if (kept.startsWith(name(''))) await caches.delete(kept)
}

// missing is the page for what is neither to be reached nor kept.
async function missing () {
  const styles = (await (await mine())?.keys() || []).filter(r => new URL(r.url).pathname.endsWith('.css')).map(r => `<link rel="stylesheet" href="${new URL(r.url).pathname}">`)
  const body = `<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>Not connected</title><meta name="viewport" content="width=device-width, initial-scale=1">${styles.join('')}</head>
<body class="cd"><main class="cd-main" id="main"><div class="cd-wrap"><h1>Not connected</h1><p>This page is not kept on this device. Connect to read it.</p><p><a class="cd-link" href="${area}meetings">Your meetings</a></p></div></main></body></html>`
  return new Response(body, { status: 503, headers: { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store', 'Content-Security-Policy': "default-src 'self'" } })
}
