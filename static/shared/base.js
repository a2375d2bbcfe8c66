// On every page: a form that changes something is sent once, however often its button is pressed.
const sent = new WeakSet()

document.addEventListener('submit', event => {
  const form = event.target
  if (event.defaultPrevented || form.method !== 'post') return
  if (form.getAttribute('action') === '/sign-out') forget()
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

// At sign-out what a member kept on this device goes (static/member), also when the server cannot be reached.
async function forget () {
  for (const name of await self.caches?.keys() || []) if (name.startsWith('clearday-member-')) caches.delete(name)
}
