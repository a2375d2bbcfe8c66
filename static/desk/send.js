// The requests of the upload list. Each gives {ok, status, body, sentence} and never throws: status 0 means that no
// answer came, sentence says what went wrong in words for people.

const pieceSize = 4 * 1024 * 1024

/** Asks with JSON, or without a body. */
export async function ask (method, url, csrf, body) {
  try {
    const headers = { Accept: 'application/json', 'X-CSRF-Token': csrf }
    if (body) headers['Content-Type'] = 'application/json'
    const answer = await fetch(url, { method, headers, body: body && JSON.stringify(body), cache: 'no-store' })
    return answered(answer.status, await answer.text())
  } catch {
    return answered(0, '')
  }
}

/** Sends one piece of a file from the byte at on. progress gets the bytes of it that left, stop is an AbortSignal. */
export async function piece (url, csrf, file, at, progress, stop) {
  if (stop.aborted) return answered(0, '')
  const part = file.slice(at, at + pieceSize)
  let sum = ''
  try {
    if (globalThis.crypto?.subtle) sum = btoa(String.fromCharCode(...new Uint8Array(await crypto.subtle.digest('SHA-256', await part.arrayBuffer()))))
    else await part.slice(0, 1).arrayBuffer()
  } catch {
    return { ok: false, status: 422, body: {}, sentence: 'The file cannot be read any more. Was it moved or changed? Choose it again.' }
  }
  return new Promise(resolve => {
    const request = new XMLHttpRequest()
    request.open('PATCH', url)
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('X-CSRF-Token', csrf)
    request.setRequestHeader('Content-Type', 'application/offset+octet-stream')
    request.setRequestHeader('Upload-Offset', at)
    if (sum) request.setRequestHeader('Upload-Checksum', `sha256 ${sum}`)
    request.upload.addEventListener('progress', event => progress(Math.min(event.loaded, part.size)))
    request.addEventListener('loadend', () => { stop.removeEventListener('abort', abort); resolve(answered(request.status, request.responseText)) })
    const abort = () => request.abort()
    stop.addEventListener('abort', abort)
    request.send(part)
  })
}

function answered (status, text) {
  let body = null
  try { body = JSON.parse(text) } catch { /* not ours: a proxy, a sign-in page */ }
  const ok = status >= 200 && status < 300 && Boolean(body)
  return { ok, status, body: body || {}, sentence: ok ? '' : body?.detail || inWords(status) }
}

function inWords (status) {
  if (status === 0) return 'No answer came. Check the line, then try again.'
  if (status === 413) return 'The file is too large.'
  if (status === 401 || status === 403 || (status >= 200 && status < 400)) return 'You are signed out. Sign in again in another window, then try again.'
  return `The server could not take it (${status}). Try again.`
}
