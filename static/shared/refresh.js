/**
 * Fetches this page again and puts the new parts with these ids in the place of the old ones. A part that holds the
 * focus of a field, or a form marked data-unsaved, is left alone, so that nobody loses what they are writing. Gives true when the page was fetched.
 */
export async function refresh (...ids) {
  const fresh = await fetchPage()
  if (!fresh) return false
  for (const id of ids) {
    const old = document.getElementById(id)
    const part = fresh.getElementById(id)
    if (old && part && !old.querySelector('input:focus, textarea:focus, select:focus, [data-unsaved]')) swap(old, part)
  }
  return true
}

async function fetchPage () {
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, cache: 'no-store' })
    if (!answer.ok || answer.redirected) return null
    return new DOMParser().parseFromString(await answer.text(), 'text/html')
  } catch {
    return null // no line just now: the page stays as it is
  }
}

// swap keeps what the reader has opened, and the focus where it was.
function swap (old, part) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : ''
  const open = [...old.querySelectorAll('details[id][open]')].map(d => d.id)
  old.replaceWith(document.importNode(part, true))
  for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true })
  document.dispatchEvent(new Event('parts:shown'))
}
