// What a moderator has typed about each question and not sent. It is kept while they look at another, and when somebody
// else decides first.
const typing = 'textarea, input:not([type="hidden"]), select'

export class Drafts {
  constructor () { this.of = new Map() } // by number: Map of field id to { value, details }

  /** Keeps what the fields of the question in hand say, where that is not what the server wrote. */
  keep (number, current) {
    const kept = new Map()
    for (const e of current.querySelectorAll(typing)) {
      if (e.id && changed(e)) kept.set(e.id, e.value)
    }
    kept.size ? this.of.set(number, kept) : this.of.delete(number)
  }

  holds (number) { return this.of.has(number) }

  /** Puts what was typed into the part that was fetched anew, and opens what it is in, and what was open before. */
  fill (part, number, open) {
    const kept = this.of.get(number)
    for (const [id, value] of kept || []) {
      const e = part.querySelector(`#${CSS.escape(id)}`)
      if (e) { e.value = value; e.closest('details')?.setAttribute('open', '') } else this.lost(part, value)
    }
    for (const id of open) part.querySelector(`#${CSS.escape(id)}`)?.setAttribute('open', '')
  }

  // lost shows words whose form is not offered any more, because somebody else has decided: they can still be copied.
  lost (part, value) {
    const p = document.createElement('p')
    p.className = 'cd-note cd-note--warn'
    p.append(Object.assign(document.createElement('b'), { textContent: 'What you wrote: ' }), value)
    part.querySelector('[data-current]')?.prepend(p)
  }

  /** Forgets what was sent with the form. */
  drop (number, form) {
    const kept = this.of.get(number)
    if (!kept) return
    for (const e of form.querySelectorAll(typing)) kept.delete(e.id)
    if (!kept.size) this.of.delete(number)
  }
}

function changed (e) {
  if (e instanceof HTMLSelectElement) return [...e.options].some(o => o.selected !== o.defaultSelected) && e.selectedIndex > 0
  return e.value !== e.defaultValue
}
