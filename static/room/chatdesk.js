// The chat at the moderator's desk (live/_chat.html): its parts come anew by themselves, forms go without a new page, and
// keys act on the message that has the focus: J and K move, P posts, R opens the reasons.
import { refresh } from '../shared/refresh.js'

const place = () => document.querySelector('[data-chat-desk]')

/** Listens for the desk; event() is told of what happens in the room. */
export class ChatDesk {
  constructor (main) {
    main.addEventListener('submit', event => this.submit(event))
    main.addEventListener('keydown', event => this.key(event))
  }

  event (e) {
    if (/^(chat|room)\./.test(e.kind) && place()) this.soon(1000)
  }

  soon (wait) {
    if (this.timer) return
    this.timer = setTimeout(() => { this.timer = 0; refresh('chat-desk') }, wait)
  }

  async submit (event) {
    const form = event.target
    if (!form.closest('[data-chat-desk]') || event.defaultPrevented) return
    event.preventDefault()
    const body = new URLSearchParams(new FormData(form))
    if (event.submitter?.name) body.set(event.submitter.name, event.submitter.value)
    const next = form.closest('li')?.nextElementSibling?.id
    let sentence = ''
    try {
      const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } })
      if (!answer.ok) sentence = (await answer.json().catch(() => ({}))).detail || `That did not go through (${answer.status}). Load the page again.`
    } catch {
      sentence = 'No answer came. Check the line, then try again.'
    }
    if (sentence) return this.error(sentence)
    document.activeElement?.blur()
    form.closest('details')?.removeAttribute('open')
    await refresh('chat-desk')
    const focus = document.getElementById(next) || place()
    focus?.focus({ preventScroll: true })
  }

  error (sentence) {
    const e = place()?.querySelector('[data-chat-error]')
    if (e) { e.textContent = sentence; e.hidden = false }
  }

  key (event) {
    const section = event.target.closest('[data-chat-desk]')
    if (!section || event.metaKey || event.ctrlKey || event.altKey || event.target.matches('input, textarea, select')) return
    const key = event.key.toLowerCase()
    const row = event.target.closest('li')
    if (key === 'j' || key === 'k') {
      event.preventDefault()
      const rows = [...section.querySelectorAll('li[data-message]')]
      return rows[Math.max(0, Math.min(rows.length - 1, row ? rows.indexOf(row) + (key === 'j' ? 1 : -1) : 0))]?.focus()
    }
    const target = row?.querySelector(`[data-key="${CSS.escape(key)}"]`)
    if (!target || event.repeat) return
    event.preventDefault()
    if (target instanceof HTMLDetailsElement) {
      target.open = true
      target.querySelector('select')?.focus()
    } else target.click()
  }
}
