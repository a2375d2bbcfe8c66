// The two requests of the upload list. Both give {ok, status, body, sentence} and never throw: status 0 means that no
// answer came, sentence says what went wrong in words for people.

/** Posts the fields and, when there is one, the file. The fields go first, so that the server can refuse before it reads the file. */
export function send (url, fields, file, progress) {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) if (value) form.append(name, value)
  if (file) form.append('file', file, file.name)
  return new Promise(resolve => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.setRequestHeader('Accept', 'application/json')
    if (file) request.upload.addEventListener('progress', event => progress(Math.min(event.loaded, file.size)))
    request.addEventListener('loadend', () => resolve(answered(request.status, request.responseText)))
    request.send(form)
  })
}

/** Asks where a paper stands. */
export async function state (paper) {
  try {
    const answer = await fetch(`/desk/papers/${encodeURIComponent(paper)}/state`, { headers: { Accept: 'application/json' }, cache: 'no-store' })
    return answered(answer.status, await answer.text())
  } catch {
    return answered(0, '')
  }
}

function answered (status, text) {
  let body = null
  try { body = JSON.parse(text) } catch { /* not ours: a proxy, a sign-in page */ }
  const ok = status >= 200 && status < 300 && Boolean(body?.state)
  return { ok, status, body: body || {}, sentence: ok ? '' : body?.detail || inWords(status) }
}

function inWords (status) {
  if (status === 0) return 'No answer came. Check the line, then try again.'
  if (status === 413) return 'The file is too large.'
  if (status === 401 || status === 403 || (status >= 200 && status < 400)) return 'You are signed out. Sign in again in another window, then try again.'
  return `The server could not take it (${status}). Try again.`
}
