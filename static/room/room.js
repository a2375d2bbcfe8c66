// The room, live. It improves the page that the server wrote; every part of this markup may be missing.
//
//   <main data-room data-meeting="{slug}" data-seq="{number of the last event on the page}" data-zone="Europe/London"
//         data-socket="/meetings/{slug}/live/socket" data-poll="/api/v1/meetings/{slug}/live"
//         data-support="/meetings/{slug}/support" data-state="open" data-asking="live">
//     <span class="cd-conn" role="status"><span></span></span>      how the connection stands; its inner span is written
//     <p data-check>...</p>                                         the "check for new" link; hidden while connected
//     <p data-note hidden></p>                                      why the room is not open; written and shown or hidden
//     <section data-now id="now">                                   the current item; every data-now part of the page is fetched
//                                                                   again (by id) when the item or the room changes
//       <p data-now-line>Item 5 of 10, since 10:16am</p> <h2 data-now-title>...</h2> ... its papers ...
//     </section>
//     <ol data-prog class="cd-prog"><li data-item="{id}" data-title="{public title}" data-private? class="cd-prog__next">
//       5<span class="cd-hide">, to come</span></li></ol>           inside or outside data-now; the number is its first text
//     <b data-count="received">31</b> ... data-count="published"    totals: received, or any state; shown = rows in the list
//     <section data-mine hidden><h2>Your questions</h2><ul></ul></section>
//     <p class="cd-hide" data-announce aria-live="polite"></p>
//     <ul data-questions><li class="cd-q" id="Q-2026-0042" data-number="Q-2026-0042" data-state="published">
//       a support button is <button class="cd-sup" data-support="Q-2026-0042" aria-pressed="false"><b>3</b></button>, alone or
//       as the submit button of a plain form; rows are built as in question.js </li></ul>
//     <p data-empty>No question is published yet.</p>               hidden when the list has a row
//     <form class="cd-dock" method="post" action="/meetings/{slug}/questions">  fields name, area, item, text, hidden key, csrf
//       <label for=...> <textarea name="text"> <p class="cd-count"><span></span></p> <p data-ask-note hidden></p> <button type="submit">
//       posted with Accept: application/json (only when sockets are blocked) it answers {question, mine}, or a problem with detail
//     </form>
//   </main>
//
// A form that is asked "item" as a hidden or select field follows the current item when it has data-follow, until somebody
// chooses an item or writes.
// What is followed beside the questions (player, modes, captions, announcement, what stands for them) is in watch.js.
import { refresh } from '../shared/refresh.js'
import { Announcer } from './announcer.js'
import { Asking } from './ask.js'
import { Chat } from './chat.js'
import { Line } from './line.js'
import { clock, digits, figure, keepPlace, make, words } from './make.js'
import { isShown, press, rank, row } from './question.js'
import { renew } from './rules.js'
import { Supporting } from './support.js'
import { Watch } from './watch.js'

const most = 200 // rows that are kept on the page

class Room {
  constructor (main) {
    this.main = main
    main.toggleAttribute('data-scripted', true) // what is for pages without scripts goes: [data-plain]
    this.find = selector => main.querySelector(selector)
    this.list = this.find('[data-questions]')
    this.mine = new Map() // number to {state, text, link}
    this.states = new Map() // number to state, of what is known
    for (const li of this.list?.children || []) this.states.set(li.dataset.number, li.dataset.state)
    this.here = 0
    this.heard = this.find('[data-prog] [aria-current]')?.dataset.item || ''
    this.since = new Date()
    this.announcer = new Announcer(this.find('[data-announce]'))
    this.watch = new Watch(main, text => this.announce(text))
    this.chat = new Chat(main, command => this.line.send(command))
    this.line = new Line(main, { frame: f => this.frame(f), event: e => this.event(e), state: s => this.connection(s) })
    this.supporting = new Supporting(main, {
      deliver: command => this.line.send(command), polling: () => this.line.polling, ready: () => Boolean(this.line.mode), announce: text => this.announce(text),
      show: (number, yes) => this.support(number, yes), counted: (number, n) => this.supports(number, n)
    })
    this.supporting.kept = new Set([...main.querySelectorAll('button[data-support][aria-pressed="true"]')].map(b => b.dataset.support))
    this.takeForm()
    this.list?.addEventListener('click', event => this.supportClicked(event))
    this.list?.addEventListener('submit', event => { if (event.target.querySelector('button[data-support]')) event.preventDefault() })
    this.allow()
  }

  frame (f) {
    this.chat.frame(f)
    switch (f.t) {
      case 'hello': return this.hello(f.state)
      case 'you': return this.you(f)
      case 'presence': this.here = f.n; return this.connection(this.line.mode)
      case 'ack': case 'refused': return this.asking?.answered(f) || this.supporting.answered(f)
    }
  }

  event (e) {
    this.chat.event(e)
    const q = e.data
    switch (e.kind) {
      case 'question.published': case 'question.changed': case 'question.answered': return this.question(q, e.kind === 'question.published')
      case 'support.counted': return Object.entries(q.supports || {}).forEach(([number, n]) => this.supports(number, n))
      case 'item.started': this.item(q.item, q.item_since); return this.fetchNow()
      case 'notice.posted': case 'video.changed': return this.watch.room(q)
      case 'caption.spoken': return this.watch.spoken(q)
      case 'room.opened': case 'room.paused': case 'room.private': case 'room.closed':
        this.watch.room(q)
        this.room(q)
        return this.fetchNow()
    }
  }

  hello (state) {
    const stale = state.room.state !== this.main.dataset.state || (state.item?.id || '') !== this.heard || state.room.rules !== this.main.dataset.rules
    this.watch.snapshot(state)
    this.room(state.room)
    if (stale) this.fetchNow()
    if (state.items) this.items(state.items)
    this.item(state.item?.id || '', state.item?.since)
    this.counts = state.counts
    this.states = new Map(state.questions.map(q => [q.id, q.state]))
    if (this.list) {
      keepPlace(this.list, () => {
        const shown = state.questions.filter(q => isShown(q.state)).sort((a, b) => rank(a.state) - rank(b.state) || b.supports - a.supports)
        this.list.replaceChildren(...shown.map(q => row(q, this.supporting.has(q.id))))
      })
    }
    for (const q of state.questions) this.mineChanged(q)
    this.showCounts()
  }

  you (f) {
    this.supporting.knows(f.supported)
    for (const q of f.mine) this.mine.set(q.question, { state: q.state, text: q.text, link: q.mine || this.asking?.link(q.question) })
    for (const button of this.list?.querySelectorAll('button[data-support]') || []) {
      press(button, button.dataset.support, digits(button.querySelector('b')), this.supporting.has(button.dataset.support))
    }
    this.showMine()
    this.asking?.flush()
  }

  question (q, published) {
    if (!isShown(q.state)) this.announcer.takenBack(q.id)
    this.counted(q)
    this.mineChanged(q)
    if (!this.list) return
    const old = this.rowOf(q.id)
    keepPlace(this.list, () => {
      const focused = old?.contains(document.activeElement)
      old?.remove()
      if (isShown(q.state)) this.insert(row(q, this.supporting.has(q.id)), published && !old)
      if (focused) this.rowOf(q.id)?.querySelector('button, a')?.focus({ preventScroll: true })
      while (this.list.children.length > most) this.list.lastElementChild.remove()
    })
    this.showCounts()
    if (published && !old && isShown(q.state)) this.announcer.question(q)
  }

  insert (li, fresh) {
    const mine = rank(li.dataset.state)
    const after = [...this.list.children].find(other => rank(other.dataset.state) > mine || (rank(other.dataset.state) === mine && mine !== 1))
    this.list.insertBefore(li, after || null)
    li.classList.toggle('cd-q--mine', this.mine.has(li.dataset.number))
    if (fresh) li.classList.add('cd-q--new')
  }

  rowOf (number) { return [...this.list?.children || []].find(li => li.dataset.number === number) }

  supports (number, n) {
    const li = this.rowOf(number)
    const button = li?.querySelector('button[data-support]')
    if (button) press(button, number, n, this.supporting.has(number))
    else if (li) li.querySelector('.cd-sup b').textContent = figure(n)
  }

  supportClicked (event) {
    const button = event.target.closest('button[data-support]')
    if (!button) return
    const number = button.dataset.support
    if (this.supporting.has(number) || this.supporting.press(number)) event.preventDefault() // else the plain form posts it
  }

  support (number, yes) {
    const li = this.rowOf(number)
    const button = li?.querySelector('button[data-support]')
    if (!button) return
    press(button, number, digits(button.querySelector('b')), yes)
    li.querySelector('.cd-q__yours')?.remove()
    if (yes) li.querySelector('.cd-q__foot')?.append(' ', make('span', 'cd-q__yours', 'You support this'))
  }

  // counted moves a question from one total to another. What this page does not know the next hello puts right.
  counted (q) {
    const before = this.states.get(q.id)
    this.states.set(q.id, q.state)
    const add = (name, n) => {
      for (const e of this.main.querySelectorAll(`[data-count="${name}"]`)) e.textContent = figure(Math.max(0, digits(e) + n))
      if (!this.counts) return
      if (name === 'received') this.counts.received += n
      else this.counts.by_state[name] = (this.counts.by_state[name] || 0) + n
    }
    if (before === q.state) return
    if (!before && q.state === 'received') return add('received', 1)
    if (before && before !== 'received') add(before, -1)
    if (q.state !== 'received') add(q.state, 1)
  }

  showCounts () {
    for (const e of this.main.querySelectorAll('[data-count]')) {
      if (e.dataset.count === 'shown') e.textContent = String(this.list?.children.length || 0)
      else if (this.counts) e.textContent = figure(e.dataset.count === 'received' ? this.counts.received : this.counts.by_state?.[e.dataset.count] || 0)
    }
    const empty = this.find('[data-empty]')
    if (empty) empty.hidden = Boolean(this.list?.children.length)
  }

  mineChanged (q) {
    const own = this.mine.get(q.id)
    if (!own || own.state === q.state) return
    own.state = q.state
    this.showMine()
    this.announce(`Your question ${q.id} is ${words[q.state] || q.state}.`)
  }

  showMine () {
    const place = this.find('[data-mine]')
    const list = place?.querySelector('ul')
    if (!list) return
    list.replaceChildren(...[...this.mine].map(([number, own]) => {
      const name = make(own.link ? 'a' : 'span', own.link ? 'cd-no cd-link' : 'cd-no', number)
      if (own.link) name.href = own.link
      return make('li', '', name, `: ${words[own.state] || own.state}`)
    }))
    place.hidden = this.mine.size === 0
  }

  room (r) {
    if (r.state) this.main.dataset.state = r.state
    if (r.asking) this.main.dataset.asking = r.asking
    this.allow()
  }

  allow () {
    const { state, asking } = this.main.dataset
    const sentence = {
      paused: 'The meeting has paused. It goes on here.', private: 'The meeting is in private session. Stay here: the page goes on when it is public again.',
      closed: asking === 'advance' ? '' : 'The meeting is not open.'
    }[state] || ''
    const note = this.find('[data-note]')
    if (note) { note.textContent = sentence; note.hidden = !sentence }
    if (state) this.asking?.allow(asking === 'closed' ? 'Asking is closed for this meeting.' : asking === 'advance' && state !== 'closed' ? 'Written questions closed when the meeting began.' : sentence || this.main.dataset.shut || '')
  }

  items (items) {
    const list = this.find('[data-prog]')
    list?.replaceChildren(...items.map((i, n) => {
      const li = make('li', '', i.number || String(n + 1), make('span', 'cd-hide'))
      li.dataset.item = i.id
      li.dataset.title = i.title
      if (i.private) li.dataset.private = ''
      return li
    }))
  }

  item (id, since) {
    this.heard = id
    const all = [...this.find('[data-prog]')?.children || []]
    const now = all.findIndex(li => li.dataset.item === id)
    all.forEach((li, n) => {
      const [look, word] = n < now ? ['done', 'heard'] : n === now ? ['now', 'now'] : 'private' in li.dataset ? ['private', 'private'] : ['next', 'to come']
      li.className = `cd-prog__${look}`
      n === now ? li.setAttribute('aria-current', 'step') : li.removeAttribute('aria-current')
      const hidden = li.querySelector('.cd-hide')
      if (hidden) hidden.textContent = `, ${word}`
    })
    if (now < 0) return
    const line = this.find('[data-now-line]')
    const title = this.find('[data-now-title]')
    if (line) line.textContent = `Item ${all[now].firstChild.textContent.trim()} of ${all.length}` + (since ? `, since ${clock(new Date(since), this.main.dataset.zone)}` : '')
    if (title && title.textContent !== all[now].dataset.title) {
      title.textContent = all[now].dataset.title
      this.announce(`Now: ${all[now].dataset.title}`)
    }
    if (!this.asking?.text.value) for (const field of this.main.querySelectorAll('[name="item"][data-follow]')) field.value = id
  }

  // fetchNow brings what the page says of the item and the room. Thousands of pages do it, so each waits a little.
  fetchNow () {
    clearTimeout(this.fetching)
    this.fetching = setTimeout(async () => {
      const fetched = await refresh(...[...document.querySelectorAll('[data-now][id]')].map(e => e.id))
      this.takeForm()
      fetched ? renew(this, fetched) : this.fetchNow()
    }, 500 + Math.random() * 4500)
  }

  // takeForm takes the ask form in hand, also one that came when asking opened.
  takeForm () {
    const form = this.find('form.cd-dock:not([data-chat-form])')
    if (!form || form === this.asking?.form) return
    if (this.asking) return this.asking.take(form)
    this.asking = new Asking(form, this.main.dataset.meeting, {
      deliver: command => this.line.send(command), announce: text => this.announce(text),
      took: (number, link, text) => { this.mine.set(number, { state: 'received', text, link }); this.showMine() }
    })
    this.asking.live = this.line.mode !== 'polling'
    this.allow()
  }

  connection (mode) {
    this.chat.connection(mode)
    const place = this.find('.cd-conn')
    if (mode === 'connected') this.since = null
    else if (!this.since) this.since = new Date()
    if (this.asking) {
      this.asking.live = mode !== 'polling'
      if (mode === 'polling') this.asking.flush()
    }
    if (mode === 'polling') this.supporting.flush()
    this.mode = mode
    const check = this.find('[data-check]')
    if (check) check.hidden = mode !== 'off'
    if (!place || !mode) return
    place.classList.toggle('cd-conn--slow', mode === 'polling')
    place.classList.toggle('cd-conn--off', mode === 'off')
    const text = {
      connected: this.here ? `Connected, ${this.here} here` : 'Connected', polling: 'New things come every few seconds',
      off: `Not connected since ${clock(this.since || new Date(), this.main.dataset.zone)}. Trying again. Your words are kept on this device`
    }[mode]
    const inner = place.querySelector('span') || place
    if (inner.textContent !== text) inner.textContent = text
  }

  announce (text) { this.announcer.say(text) }
}

const main = document.querySelector('main[data-room]')
if (main) new Room(main).line.start()
