// The keys of the reader press links that everybody can see. The letters can be switched off, and that is remembered on this device
// (WCAG 2.1.4: a single letter may come from speech or a slip). The arrows stay.
const name = 'clearday-reader-keys'

export class Keys {
  constructor (list) {
    this.button = list.querySelector('[data-keys-switch]')
    list.hidden = false
    this.active = load() !== 'off'
    this.show()
    this.button.addEventListener('click', () => { this.active = !this.active; save(this.active ? 'on' : 'off'); this.show() })
    addEventListener('keydown', event => this.key(event))
  }

  show () {
    this.button.setAttribute('aria-pressed', String(this.active))
    this.button.textContent = this.active ? 'Keys are on' : 'Keys are off'
    document.documentElement.classList.toggle('cd-nokeys', !this.active)
  }

  key (event) {
    if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return
    if (event.target.closest('input, textarea, select, [contenteditable], [role="slider"], video, audio')) return
    const target = this.target(event)
    if (!target) return
    event.preventDefault()
    if (target.matches('input')) { target.focus(); target.select() } else target.click()
  }

  target (event) {
    const rel = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key]
    if (rel) return event.shiftKey || scrollsSideways(event.target) ? null : document.querySelector(`a[rel~="${rel}"]`)
    if (!this.active || event.repeat) return null
    const key = { '=': '+', _: '-', '−': '-' }[event.key] || event.key.toLowerCase()
    if (key === 'g') return document.getElementById('go')
    if (key === 'f' || key === '/') return document.getElementById('in')
    return /^[-+r0]$/.test(key) ? document.querySelector(`.cd-viewbar [data-key="${key}"]`) : null
  }
}

// Where something is wider than its window, the arrows belong to its scroll bar.
function scrollsSideways (element) {
  if (document.documentElement.scrollWidth > innerWidth) return true
  for (let e = element; e && e !== document.body && e !== document.documentElement; e = e.parentElement) {
    if (e.scrollWidth > e.clientWidth && /auto|scroll/.test(getComputedStyle(e).overflowX)) return true
  }
  return false
}

function load () {
  try { return localStorage.getItem(name) } catch { return null } // not allowed here: they are on
}

function save (state) {
  try { localStorage.setItem(name, state) } catch { /* it holds for this page */ }
}
