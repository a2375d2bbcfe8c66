// The chat beside the meeting. It improves the part that the server wrote (room/_chat.html). A message of one's own is on
// the page at once with how it stands; what others say comes in at the end. Whoever has scrolled up keeps their place: what
// is new waits outside the page until they come back. However long a meeting lasts, the page keeps the latest messages only.
import { clock, make, newKey } from './make.js'

const most = 100 // rows in the page, and messages that wait outside it
const limit = 300 // characters

const shut = {
  paused: 'The meeting has paused. The chat goes on when it does.', closed: 'The meeting is not open.',
  private: 'The meeting is in private session. The chat goes on when it is public again.'
}

/** The reasons in words: the page's copy of livestream.ChatReasons. */
const reasons = {
  'personal-details': 'It held personal details.', 'names-individual': 'It named a member of staff or another person.',
  confidential: 'It held confidential information.', 'off-topic': 'It was not about this meeting.', repeat: 'It was said before.',
  wording: 'Its wording fell outside the rules for taking part.'
}

export class Chat {
  // deliver(command) sends and tells whether it could.
  constructor (main, deliver) {
    this.main = main
    this.part = main.querySelector('[data-chat]')
    if (!this.part) return
    this.deliver = deliver
    this.find = selector => this.part.querySelector(selector)
    this.list = this.find('[data-chat-list]')
    this.inner = this.find('[data-chat-scroll]')
    this.form = this.find('[data-chat-form]')
    this.mode = this.part.dataset.mode
    this.held = [] // what came while the reader was further up
    this.mine = new Set([...this.list.querySelectorAll('.cd-c--mine')].map(li => li.dataset.message)) // ids
    this.own = new Map() // by key, what is not on the list: {key, id, text, name, at, state, note}
    this.store = `clearday-chat-${main.dataset.meeting}`
    this.restore()
    this.listen()
    this.find('.cd-chat__aloud').hidden = false
    if (!this.part.hidden && this.scroller === this.inner) this.toEnd()
  }

  listen () {
    for (const a of this.main.querySelectorAll('a[data-talk]')) a.addEventListener('click', event => this.choose(event, a.dataset.talk))
    this.form.addEventListener('submit', event => this.submit(event))
    this.form.addEventListener('input', () => this.count())
    this.form.addEventListener('keydown', event => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.target !== this.form.elements.text) return
      event.preventDefault()
      this.form.requestSubmit()
    })
    this.find('[data-chat-fresh] button').addEventListener('click', () => { this.showHeld(); this.toEnd(); this.inner.focus({ preventScroll: true }) })
    this.find('[data-chat-own]').addEventListener('click', event => this.again(event.target.closest('button')?.dataset.key))
    const scrolled = () => { if (this.held.length && this.atEnd()) this.showHeld() }
    this.inner.addEventListener('scroll', scrolled, { passive: true })
    addEventListener('scroll', scrolled, { passive: true })
    this.count()
  }

  // choose shows the questions or the chat.
  choose (event, talk) {
    event.preventDefault()
    for (const part of this.main.querySelectorAll('[data-talk-part]')) part.hidden = talk === 'chat'
    this.part.hidden = talk !== 'chat'
    for (const a of this.main.querySelectorAll('a[data-talk]')) a.dataset.talk === talk ? a.setAttribute('aria-current', 'true') : a.removeAttribute('aria-current')
    if (talk !== 'chat') return
    this.unread(0)
    this.showHeld()
    this.toEnd()
  }

  unread (n) {
    this.news = n
    const place = this.main.querySelector('[data-chat-unread]')
    if (place) place.textContent = n ? `${n > 99 ? '99+' : n} new` : ''
  }

  frame (f) {
    if (!this.part) return
    if (f.t === 'hello') this.hello(f.state)
    if (f.t === 'you') this.you(f.chat || [])
    if (f.t === 'ack') this.acknowledged(f.key, f.message, f.message_state, f.public_at)
    if (f.t === 'refused') this.notSent(f.key, f.message)
  }

  event (e) {
    if (!this.part) return
    if (e.kind === 'chat.posted') this.posted(e.data)
    if (e.kind === 'chat.removed') this.removed(e.data)
    if (e.kind.startsWith('room.')) {
      const { chat, state } = e.data
      this.mode = chat ? chat.replace('off', '') : this.part.dataset.rules
      this.allow(state)
    }
  }

  connection (mode) {
    if (!this.part) return
    this.line = mode
    this.find('[data-chat-check]').hidden = mode !== 'off'
    if (mode === 'polling') this.flush()
  }

  hello (state) {
    this.held = []
    this.fresh()
    const rows = state.chat.slice(0, most).reverse()
    this.list.replaceChildren(...rows.map(m => this.row(m)))
    for (const m of rows) this.settle(m.id)
    this.mode = state.room.chat
    this.allow(state.room.state)
    this.empty()
    if (!this.part.hidden) this.toEnd()
  }

  // you takes the record's word on one's own messages; what it does not know is sent again.
  you (all) {
    for (const m of all) {
      const own = this.own.get(m.key)
      if (m.state === 'posted' || m.state === 'removed') {
        this.mine.add(m.message)
        this.rowOf(m.message)?.classList.add('cd-c--mine')
        if (own) this.own.delete(m.key)
      } else this.own.set(m.key, { key: m.key, id: m.message, text: m.text, name: m.name, at: m.at, state: m.state, public_at: m.public_at, note: reasons[m.reason] || '' })
    }
    this.showOwn()
    this.flush()
  }

  submit (event) {
    const text = this.form.elements.text.value.replace(/\s+/g, ' ').trim()
    const n = [...text].length
    if (!text || n > limit) {
      event.preventDefault()
      return this.error(text ? `Your message has ${n} characters. Shorten it to ${limit}.` : 'Write your message first.')
    }
    event.preventDefault()
    this.error('')
    const own = { key: newKey(), text, name: this.form.elements.name.value.trim(), urgent: this.form.elements.urgent.checked, at: new Date().toISOString(), state: 'sending' }
    this.own.set(own.key, own)
    this.form.elements.text.value = ''
    this.form.elements.urgent.checked = false
    this.count()
    this.showHeld()
    this.showOwn()
    this.toEnd()
    this.send(own)
  }

  /** Sends everything that has not been acknowledged. */
  flush () {
    for (const own of this.own.values()) if (own.state === 'sending' && !own.posting) this.send(own)
  }

  again (key) {
    const own = this.own.get(key)
    if (!own) return
    own.state = 'sending'
    this.showOwn()
    this.send(own)
  }

  send (own) {
    if (this.deliver({ t: 'chat', key: own.key, text: own.text, name: own.name, urgent: own.urgent }) || this.line !== 'polling') return
    this.post(own)
  }

  // post sends by the form's address where sockets are blocked.
  async post (own) {
    own.posting = true
    const body = new URLSearchParams(new FormData(this.form))
    for (const name of ['key', 'text', 'name']) body.set(name, own[name])
    own.urgent ? body.set('urgent', 'yes') : body.delete('urgent')
    try {
      const answer = await fetch(this.form.action, { method: 'POST', body, headers: { Accept: 'application/json' } })
      const told = await answer.json()
      answer.ok ? this.acknowledged(own.key, told.message, told.message_state, told.public_at) : this.notSent(own.key, told.detail)
    } catch { /* it is tried again at the next look */ }
    own.posting = false
  }

  acknowledged (key, id, state, publicAt) {
    const own = this.own.get(key)
    if (!own) return
    if (state === 'waiting') Object.assign(own, { id, state, public_at: publicAt })
    else {
      this.mine.add(id)
      Object.assign(own, { id, state: 'sent' })
      const row = this.rowOf(id)
      if (row || this.held.some(m => m.id === id)) this.own.delete(key) // its event was faster
      row?.classList.add('cd-c--mine')
    }
    this.showOwn()
  }

  notSent (key, sentence) {
    const own = this.own.get(key)
    if (!own) return
    Object.assign(own, { state: 'failed', note: sentence || '' })
    this.showOwn()
  }

  // settle lets go of one's own copy of a message that is on the list.
  settle (id) {
    for (const own of this.own.values()) {
      if (own.id !== id) continue
      this.mine.add(id)
      this.own.delete(own.key)
      this.showOwn()
    }
  }

  posted (m) {
    if (this.rowOf(m.id) || this.held.some(other => other.id === m.id)) return
    this.settle(m.id)
    if (m.state === 'posted') this.tell(m)
    if (!this.part.hidden && !this.atEnd()) {
      this.held.push(m)
      if (this.held.length > most) { this.held.shift(); this.gap = true }
      return this.fresh()
    }
    this.list.append(this.row(m))
    this.prune()
    this.empty()
    this.part.hidden ? this.unread((this.news || 0) + 1) : this.toEnd()
  }

  removed (m) {
    for (const own of this.own.values()) if (own.id === m.id) Object.assign(own, { state: m.state, note: reasons[m.reason] || '' })
    this.held = this.held.map(other => other.id === m.id ? m : other)
    this.rowOf(m.id)?.replaceWith(this.row(m))
    if (this.toldOf === m.id) this.find('[data-chat-announce]').textContent = ''
    this.showOwn()
  }

  // showHeld brings in what waited. Where more came than was kept, the list begins anew with what was.
  showHeld () {
    if (this.gap) this.list.replaceChildren()
    this.list.append(...this.held.map(m => this.row(m)))
    this.held = []
    this.gap = false
    this.prune()
    this.fresh()
    this.empty()
  }

  fresh () {
    const place = this.find('[data-chat-fresh]')
    const n = this.held.length
    place.hidden = n === 0
    place.firstElementChild.textContent = this.gap ? `More than ${n} new messages` : n === 1 ? '1 new message' : `${n} new messages`
  }

  prune () {
    while (this.list.children.length > most) this.list.firstElementChild.remove()
  }

  rowOf (id) { return this.list.querySelector(`[data-message="${CSS.escape(id)}"]`) }

  row (m) {
    const mine = this.mine.has(m.id)
    const li = make('li', 'cd-c' + (mine ? ' cd-c--mine' : '') + (m.state === 'posted' ? '' : ' cd-c--gone'))
    li.id = `c-${m.id}`
    li.dataset.message = m.id
    if (m.state === 'posted') li.append(this.who(m.name, m.at, mine, m.id), make('p', 'cd-c__text', m.text))
    else li.append(make('p', 'cd-c__state', `Removed${m.ended_at ? ` at ${this.clock(m.ended_at)}` : ''}. ${reasons[m.reason] || ''}`))
    return li
  }

  who (name, at, mine, id) {
    const time = make('time', '', this.clock(at))
    time.dateTime = at
    const who = make('p', 'cd-c__who', make('b', '', name || 'Resident'), ' ', time, mine ? ' ' : '', mine ? make('span', '', 'You') : '')
    if (!id) return who // not public
    const report = make('a', 'cd-q__report', 'Report', make('span', 'cd-hide', ' this message'))
    report.href = `/report?about=chat/${encodeURIComponent(id)}`
    who.append(' ', report)
    return who
  }

  clock (time) { return clock(new Date(time), this.main.dataset.zone) }

  // showOwn lists what is not on the list of everybody, with how each stands, and keeps on this device what is not acknowledged.
  showOwn () {
    while (this.own.size > 20) this.own.delete(this.own.keys().next().value)
    const says = { sending: 'Sending', sent: 'Sent', waiting: 'Waiting for the moderator', refused: 'Not taken. ', removed: 'Removed. ', failed: 'Not sent. ' }
    this.find('[data-chat-own]').replaceChildren(...[...this.own.values()].map(own => {
      const due = own.state === 'waiting' && own.public_at
      const state = make('p', 'cd-c__state', due ? `Sent. Others see it at ${this.clock(due)}` : says[own.state] + (own.note || ''))
      if (own.state === 'failed') {
        const button = make('button', '', 'Try again')
        button.type = 'button'
        button.dataset.key = own.key
        state.append(' ', button)
      }
      const li = make('li', 'cd-c cd-c--mine', this.who(own.name, own.at, true), make('p', 'cd-c__text', own.text), state)
      li.dataset.state = own.state
      return li
    }))
    this.empty()
    const unsent = [...this.own.values()].filter(own => own.state === 'sending' || own.state === 'failed').map(own => ({ ...own, posting: undefined }))
    try { sessionStorage.setItem(this.store, JSON.stringify(unsent)) } catch { /* full or not allowed: the page still holds it */ }
  }

  restore () {
    try { for (const own of JSON.parse(sessionStorage.getItem(this.store)) || []) this.own.set(own.key, own) } catch { /* none, or not allowed */ }
    if (this.own.size) this.showOwn()
  }

  empty () { this.find('[data-chat-empty]').hidden = this.list.children.length + this.own.size > 0 }

  get scroller () { return this.inner.scrollHeight > this.inner.clientHeight + 1 && getComputedStyle(this.inner).overflowY !== 'visible' ? this.inner : document.scrollingElement }

  atEnd () {
    const s = this.scroller
    return s.scrollHeight - s.scrollTop - s.clientHeight < 80
  }

  toEnd () { this.scroller.scrollTop = this.scroller.scrollHeight }

  count () {
    const left = limit - [...this.form.elements.text.value].length
    const place = this.find('.cd-count span')
    place.textContent = left < 0 ? `${-left} characters too many` : `${left} characters left`
  }

  error (sentence) {
    const field = this.form.elements.text
    document.getElementById('say-error')?.remove()
    field.classList.toggle('nhsuk-textarea--error', Boolean(sentence))
    const described = ['say-left', 'say-how']
    if (sentence) {
      const e = make('span', 'nhsuk-error-message', make('span', 'nhsuk-u-visually-hidden', 'Error: '), sentence)
      e.id = 'say-error'
      e.setAttribute('role', 'alert')
      field.before(e)
      described.push(e.id)
      field.focus()
    }
    field.setAttribute('aria-describedby', described.join(' '))
  }

  // allow shows the form while the room is open, and why there is none else. What is written stays.
  allow (state) {
    const why = this.mode ? shut[state] || '' : 'The chat is off.'
    for (const how of this.part.querySelectorAll('[data-how]')) how.hidden = how.dataset.how !== this.mode
    const place = this.find('[data-chat-closed]')
    if (why) place.querySelector('b').textContent = why
    place.hidden = !why
    this.form.hidden = Boolean(why)
  }

  // tell reads new messages out to a screen reader, where that was asked for: one by its words, several by their number.
  tell (m) {
    if (!this.find('[data-chat-aloud]').checked || this.mine.has(m.id)) return
    this.telling = (this.telling || 0) + 1
    clearTimeout(this.soon)
    this.soon = setTimeout(() => {
      this.toldOf = m.id
      this.find('[data-chat-announce]').textContent = this.telling === 1 ? `${m.name || 'Resident'}: ${m.text}` : `${this.telling} new messages in the chat`
      this.telling = 0
    }, 1500)
  }
}
