// The ask form. What is written is kept on this device until the room has acknowledged it, and sent again with the same
// key after every interruption, so that it arrives once.
import { count, room } from '../question/count.js'
import { make, newKey } from './make.js'

// What is sent beside the words, by the names of the form's fields; of the boxes to tick, that they are.
const fields = ['name', 'area', 'item', 'organisation', 'email', 'kind']
const ticks = ['urgent', 'no_name', 'under_18', 'health', 'confirmed']
// What is kept of a draft. About the asker it stays when a question is sent; what is about the question goes.
const drafted = ['text', 'name', 'area']
const draftTicks = ['no_name', 'under_18', 'health']
const ofQuestion = ['urgent', 'health']
const again = { too_fast: 20000, internal: 5000 } // refusals that are tried again, and when (ms)

export class Asking {
  // deliver(command) sends and tells whether it could; took(number, link, text) is told of each acknowledgement.
  constructor (form, meeting, { deliver, took, announce }) {
    this.name = `clearday-ask-${meeting}`
    this.deliver = deliver
    this.took = took
    this.announce = announce
    this.kept = { draft: {}, waiting: [], links: {} }
    try { Object.assign(this.kept, JSON.parse(localStorage.getItem(this.name))) } catch { /* none, or not allowed */ }
    this.take(form)
  }

  /** Takes a form in hand: the first one of the page, or one that has taken its place. */
  take (form) {
    this.form = form
    this.text = form.elements.text
    this.restore()
    this.count()
    form.addEventListener('input', () => { this.count(); this.keepDraft() })
    form.addEventListener('submit', event => this.submit(event))
    form.classList.toggle('cd-dock--waiting', this.kept.waiting.length > 0)
  }

  save () {
    try { localStorage.setItem(this.name, JSON.stringify(this.kept)) } catch { /* full or not allowed: the page still holds it */ }
  }

  field (name) { return this.form.elements.namedItem(name) } // elements.item is a method

  restore () {
    for (const name of drafted) {
      const field = this.field(name)
      if (field && !field.value && this.kept.draft[name]) field.value = this.kept.draft[name]
    }
    this.tick(draftTicks.filter(name => this.kept.draft[name]))
  }

  // tick ticks boxes, where everybody sees that they are.
  tick (names) {
    for (const name of names) {
      const box = this.field(name)
      if (!box) continue
      box.checked = true
      box.closest('details')?.setAttribute('open', '')
    }
  }

  keepDraft () {
    for (const name of drafted) this.kept.draft[name] = this.field(name)?.value || ''
    for (const name of draftTicks) this.kept.draft[name] = Boolean(this.field(name)?.checked)
    this.save()
  }

  count () { count(this.form) }

  submit (event) {
    const text = this.text.value.trim()
    if (!text) return this.stop(event, 'Write your question first.')
    const { left, limit, unit } = room(this.form)
    if (left < 0) return this.stop(event, `It has ${limit - left} ${unit}. Shorten it to ${limit}.`)
    if (!this.live) return // no socket can be had: the plain form posts it
    event.preventDefault()
    this.error('')
    const sent = { key: newKey(), text }
    for (const name of fields) sent[name] = this.field(name)?.value || ''
    for (const name of ticks) if (this.field(name)?.checked) sent[name] = true
    this.kept.waiting.push(sent)
    for (const name of ofQuestion) if (this.field(name)) this.field(name).checked = false
    this.text.value = ''
    this.count()
    this.keepDraft()
    this.flush()
  }

  stop (event, sentence) {
    event.preventDefault()
    this.error(sentence)
    this.text.focus()
  }

  /** Sends everything that waits. Called after every connection. */
  flush () {
    for (const w of this.kept.waiting) {
      if (w.rest && w.rest > Date.now()) continue
      if (this.live) this.deliver({ t: 'ask', ...w, rest: undefined })
      else this.post(w)
    }
    this.form.classList.toggle('cd-dock--waiting', this.kept.waiting.length > 0)
  }

  // post sends by the form's address what was kept for a socket that cannot be had.
  async post (w) {
    w.rest = Date.now() + again.too_fast
    const body = new URLSearchParams(new FormData(this.form))
    for (const name of ['key', 'text', ...fields]) body.set(name, w[name] || '')
    for (const name of ticks) w[name] ? body.set(name, 'yes') : body.delete(name)
    try {
      const answer = await fetch(this.form.action, { method: 'POST', body, headers: { Accept: 'application/json' } })
      const told = await answer.json()
      if (answer.ok) this.answered({ t: 'ack', key: w.key, question: told.question || told.id, mine: told.mine })
      else if (answer.status < 500) this.answered({ t: 'refused', key: w.key, code: answer.status === 429 ? 'too_fast' : 'invalid', message: told.detail })
    } catch { /* it stays kept, and is tried again at the next look */ }
  }

  /** Takes an ack or refused frame. True when it was about a question of ours. */
  answered (frame) {
    const w = this.kept.waiting.find(w => w.key === frame.key)
    if (!w) return false
    if (frame.t === 'refused' && again[frame.code]) {
      w.rest = Date.now() + again[frame.code] - 100
      setTimeout(() => this.flush(), again[frame.code])
      this.announce(frame.message)
    } else {
      this.kept.waiting = this.kept.waiting.filter(other => other !== w)
      frame.t === 'ack' ? this.acknowledged(frame, w) : this.refused(frame, w)
    }
    this.save()
    this.form.classList.toggle('cd-dock--waiting', this.kept.waiting.length > 0)
    return true
  }

  acknowledged (frame, w) {
    if (frame.mine) this.kept.links[frame.question] = frame.mine
    this.announce(`We have your question. ${frame.question}`)
    this.took(frame.question, frame.mine, w.text)
  }

  // The words go back into the form, unless something new is written there.
  refused (frame, w) {
    if (!this.text.value) {
      this.text.value = w.text
      this.tick(ofQuestion.filter(name => w[name]))
    }
    this.keepDraft()
    this.count()
    this.error(frame.message)
    this.text.focus()
  }

  link (number) { return this.kept.links[number] }

  /** Writes a sentence beside the field, or takes it away. */
  error (sentence) {
    document.getElementById('ask-error')?.remove()
    this.text.classList.toggle('nhsuk-textarea--error', Boolean(sentence))
    const described = (this.text.getAttribute('aria-describedby') || '').split(' ').filter(id => id && id !== 'ask-error')
    if (sentence) {
      const e = make('span', 'nhsuk-error-message', make('span', 'nhsuk-u-visually-hidden', 'Error: '), sentence)
      e.id = 'ask-error'
      e.setAttribute('role', 'alert')
      this.text.before(e)
      described.push('ask-error')
    }
    this.text.setAttribute('aria-describedby', described.join(' '))
  }

  /** Says whether a question can be taken now, with the reason when not. What is written stays. */
  allow (sentence) {
    const button = this.form.querySelector('[type="submit"]')
    const note = this.form.querySelector('[data-ask-note]')
    if (button) button.disabled = Boolean(sentence)
    if (note) { note.textContent = sentence; note.hidden = !sentence }
  }
}
