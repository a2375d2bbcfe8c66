// Titles under the search box while somebody types: a combobox as the ARIA practices describe it. Typing goes on as ever,
// the arrows walk through the titles, Enter searches for the one chosen, Escape closes the list. Without this, the box works.
const input = document.querySelector('input[data-suggest]')
const pause = 150 // milliseconds after the last key
let timer, asked, shown = [], at = -1

const list = document.createElement('ul')
list.id = 'q-titles'
list.className = 'cd-titles'
list.hidden = true
list.setAttribute('role', 'listbox')
list.setAttribute('aria-label', 'Titles')
const count = document.createElement('p')
count.className = 'cd-hide'
count.setAttribute('role', 'status')

if (input) begin()

function begin () {
  input.setAttribute('role', 'combobox')
  input.setAttribute('aria-autocomplete', 'list')
  input.setAttribute('aria-controls', list.id)
  input.setAttribute('aria-expanded', 'false')
  input.parentElement.append(list, count)
  input.addEventListener('input', () => { clearTimeout(timer); timer = setTimeout(ask, pause) })
  input.addEventListener('keydown', key)
  input.addEventListener('blur', close)
  list.addEventListener('pointerdown', event => event.preventDefault()) // the box keeps the focus
  list.addEventListener('click', event => {
    const n = [...list.children].indexOf(event.target.closest('li'))
    if (n >= 0) take(n)
  })
}

async function ask () {
  const text = input.value
  asked?.abort()
  asked = new AbortController()
  try {
    const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(text)}`, { signal: asked.signal, headers: { Accept: 'application/json' } })
    if (!answer.ok) return close()
    const { items } = await answer.json()
    if (input.value === text && document.activeElement === input) show(items)
  } catch { close() } // typing went on, or there is no connection
}

function show (items) {
  if (!items.length) return close()
  shown = items
  list.replaceChildren(...items.map((item, n) => {
    const option = document.createElement('li')
    option.id = `q-title-${n}`
    option.setAttribute('role', 'option')
    option.setAttribute('aria-selected', 'false')
    option.textContent = item.title
    return option
  }))
  list.hidden = false
  input.setAttribute('aria-expanded', 'true')
  count.textContent = items.length === 1 ? 'One title below' : `${items.length} titles below`
  move(-1)
}

function close () {
  clearTimeout(timer)
  asked?.abort()
  shown = []
  list.hidden = true
  list.replaceChildren()
  count.textContent = ''
  input.setAttribute('aria-expanded', 'false')
  move(-1)
}

function move (to) {
  at = to
  for (const [n, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(n === at))
  if (at < 0) return input.removeAttribute('aria-activedescendant')
  input.setAttribute('aria-activedescendant', `q-title-${at}`)
  list.children[at].scrollIntoView({ block: 'nearest' })
}

function key (event) {
  if (list.hidden || event.isComposing) return
  const last = shown.length - 1
  const to = { ArrowDown: at < last ? at + 1 : -1, ArrowUp: at < 0 ? last : at - 1 }[event.key]
  if (to !== undefined) {
    event.preventDefault()
    move(to)
  } else if (event.key === 'Enter' && at >= 0) {
    event.preventDefault()
    take(at)
  } else if (event.key === 'Escape') {
    event.preventDefault()
    close()
  }
}

function take (n) {
  input.value = shown[n].title
  close()
  input.form.requestSubmit()
}
