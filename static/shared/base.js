// On every page: a form that changes something is sent once, however often its button is pressed.
const sent = new WeakSet()

document.addEventListener('submit', event => {
  const form = event.target
  if (event.defaultPrevented || form.method !== 'post') return
  if (sent.has(form)) return event.preventDefault()
  sent.add(form)
  form.setAttribute('aria-busy', 'true')
  // The answer is a new page. When none comes, the button works again.
  setTimeout(() => release(form), 10000)
})

// A page that comes back from the browser's memory may be sent again.
addEventListener('pageshow', event => {
  if (event.persisted) document.querySelectorAll('form[aria-busy]').forEach(release)
})

function release (form) {
  sent.delete(form)
  form.removeAttribute('aria-busy')
}
