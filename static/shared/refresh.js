/**
 * Fetches this page again and puts the new parts with these ids in the place of the old ones. A part that holds the
 * focus of a field, or a form marked data-unsaved, is left alone, so that nobody loses what they are writing. Gives the page that was fetched, or null.
 */
export async function refresh (...ids) {
  const fresh = await fetchPage()
  if (!fresh) return null
  for (const id of ids) {
    const old = document.getElementById(id)
    const part = fresh.getElementById(id)
    if (old && part && !old.querySelector('input:focus, textarea:focus, select:focus, [data-unsaved]')) swap(old, part)
  }
  return fresh
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

// swap keeps what the reader has opened, and focus and place where they were. What has not changed is left alone,
// but for forms, which may hold what was sent.
function swap (old, part) {
  if (old.isEqualNode(part) && !old.querySelector('form')) return
  const held = old.contains(document.activeElement) ? document.activeElement : null
  const open = [...old.querySelectorAll('details[id][open]')].map(d => d.id)
  const fresh = document.importNode(part, true)
  const replace = () => old.replaceWith(fresh)
  const past = document.scrollingElement.scrollTop > 0 && old.getBoundingClientRect().top < edge()
  past ? steady(() => (old.isConnected ? old : fresh).offsetHeight, replace) : replace()
  for (const id of open) document.getElementById(id)?.setAttribute('open', '')
  if (held) sameIn(fresh, held)?.focus({ preventScroll: true })
  document.dispatchEvent(new Event('parts:shown'))
}

// sameIn finds what had the focus: by its id, a link by where it leads, else the heading of the part that it was in.
function sameIn (part, held) {
  const same = (held.id && document.getElementById(held.id)) || [...part.querySelectorAll('a[href]')].find(a => a.getAttribute('href') === held.getAttribute('href'))
  if (same) return same
  const heading = part.querySelector('h1, h2, h3')
  heading?.setAttribute('tabindex', '-1')
  return heading
}

/** Where the reader's part of the window begins: below what lies over the page (its scroll-padding). */
export const edge = () => parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0

/** Makes a change to what the reader is past, while what they read stays where it is; size() is how much is above that. */
export function steady (size, change) {
  const scroller = document.scrollingElement
  const before = size()
  const anchors = [scroller, document.body].map(e => e.style)
  for (const style of anchors) style.overflowAnchor = 'none' // else the browser does it too, at the end of a frame
  change()
  scroller.scrollTop += size() - before
  requestAnimationFrame(() => requestAnimationFrame(() => { for (const style of anchors) style.overflowAnchor = '' }))
}
