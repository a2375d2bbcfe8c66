// The keys of the desk. data-key on a button presses it, on a details opens it and goes to its first field. They can be
// switched off, and that is remembered on this device (WCAG 2.1.4: a single letter may come from speech or a slip).
const name = 'clearday-desk-keys'

export class Keys {
  // on: { move(by), current() }. current gives the element whose acts the keys are for, or nothing while it changes.
  constructor (main, on) {
    this.on = on
    this.list = main.querySelector('[data-keys]')
    this.button = main.querySelector('[data-keys-switch]')
    this.list.hidden = false
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
    if (!this.active || event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return
    if (event.target.closest?.('input, textarea, select, [contenteditable]')) return
    if (event.key === '?') return this.all(event)
    const key = event.key.toLowerCase()
    if (key === 'j' || key === 'k') { event.preventDefault(); return this.on.move(key === 'j' ? 1 : -1) }
    if (event.repeat || !/^[a-z]$/.test(key)) return
    const target = [...this.on.current()?.parentElement.querySelectorAll(`[data-key="${key}"]`) || []].find(e => e.checkVisibility ? e.checkVisibility() : !e.hidden)
    if (!target) return
    event.preventDefault()
    if (target instanceof HTMLDetailsElement) {
      target.open = true
      target.querySelector('select, textarea, input:not([type="hidden"])')?.focus()
    } else target.click()
  }

  all (event) {
    event.preventDefault()
    const details = this.list.querySelector('details')
    details.open = !details.open
    if (details.open) details.querySelector('summary').focus()
  }
}

function load () {
  try { return localStorage.getItem(name) } catch { return null } // not allowed here: they are on
}

function save (state) {
  try { localStorage.setItem(name, state) } catch { /* it holds for this page */ }
}
