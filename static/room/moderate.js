// The moderator's desk, live: the queue comes by itself, keys act on the question in hand. Without it the page's links and
// forms do the same.
//
//   <main data-moderate data-meeting="{slug}" data-seq="..." data-socket="..." data-poll="..." data-zone="Europe/London"
//         data-show="waiting|held|all">                                  which part of the queue the list shows; waiting when missing
//     <span class="cd-conn" role="status"><span></span></span>
//     <p role="alert" data-error hidden></p>                             an act that did not go through
//     <p class="cd-hide" data-announce aria-live="polite"></p>
//     <b data-count="waiting">6</b> data-count="held", "all", or any state; <b data-oldest>3 min</b>
//     <ul class="cd-queue" data-queue><li><a href="?q=Q-2026-0071" data-number="Q-2026-0071" aria-current="true">...</a></li></ul>
//     <p data-empty hidden>Nothing is waiting.</p>
//     <section data-current>                                             the question in hand; hidden when there is none
//       <span data-field="number"> <span data-field="meta"> <blockquote data-field="text"> <span data-field="state"> <p data-field="answer">
//       <form method="post" action="/desk/questions/{number}"> ...one form or several; the number ends the action...
//         hidden csrf; hidden revision (data-field="revision" is its value); fields item, reason, merged_into, answer, answered_by
//         <button name="state" value="published" data-from="received held" data-key="p">Publish</button>
//         <details data-key="r" data-from="received held published ...">refuse, or take back: select name="reason", <button name="state" value="refused">Refuse</button></details>
//       </form>
//     </section>
//     <section id="order" data-refresh>...</section>                     parts that are fetched again when the queue changes
//   </main>
//
// data-from lists the states in which a button or details is offered. data-key is the key that presses a button, or opens a
// details and goes to its first field: p publish, h hold, r refuse, a answer, m join. J and K move down and up.
import { refresh } from '../shared/refresh.js'
import { ChatDesk } from './chatdesk.js'
import { Line } from './line.js'
import { clock, make, words } from './make.js'

// What a moderator should look at before publishing, as the server finds it (page/live.go): addresses, long numbers, postcodes.
const personal = /\b[\w.+-]+@[\w-]+(\.[\w-]+)+|\+?\d(?:[ -]?\d){8,}|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b\d+[a-z]? [A-Z][a-z]+ (?:street|road|lane|avenue|close|drive|way|court|terrace|crescent)\b/gi

// marked gives the text with what could identify somebody marked.
function marked (text) {
  const parts = []
  let at = 0
  for (const found of text.matchAll(personal)) {
    parts.push(text.slice(at, found.index), make('mark', 'cd-pii', found[0]))
    at = found.index + found[0].length
  }
  return [...parts, text.slice(at)]
}

const waiting = { waiting: ['received'], held: ['held'] }

class Desk {
  constructor (main) {
    this.main = main
    this.find = selector => main.querySelector(selector)
    this.queue = null // until the first frame the page is as the server wrote it
    this.rev = 0
    this.busy = false
    this.at = this.find('[data-queue] [aria-current="true"]')?.dataset.number
    this.chat = new ChatDesk(main)
    this.line = new Line(main, { frame: f => this.frame(f), event: e => this.chat.event(e), state: s => this.connection(s) })
    this.find('[data-queue]')?.addEventListener('click', event => this.clicked(event))
    this.find('[data-current]')?.addEventListener('submit', event => this.submit(event))
    addEventListener('keydown', event => this.key(event))
    this.ticking = setInterval(() => this.show(), 30000) // ages
  }

  frame (f) {
    if (f.t !== 'queue') return
    const before = this.queue
    this.queue = f.questions
    const late = this.find('[data-late]')
    if (late) late.hidden = !f.late
    this.show()
    if (before && f.questions.length > before.length) this.announce(`${this.listed().length} in the list`)
    clearTimeout(this.refreshing)
    const ids = [...this.main.querySelectorAll('[data-refresh][id]')].map(e => e.id)
    if (before && ids.length) this.refreshing = setTimeout(() => refresh(...ids), 500)
  }

  listed () {
    const states = waiting[this.main.dataset.show || 'waiting']
    return this.queue.filter(q => !states || states.includes(q.state))
  }

  show () {
    if (!this.queue) return
    const list = this.listed()
    if (!list.some(q => q.id === this.at)) this.at = this.following(list)
    this.showList(list)
    this.showCurrent(list.find(q => q.id === this.at))
    const count = { waiting: n => n.state === 'received', all: () => true }
    for (const e of this.main.querySelectorAll('[data-count]')) {
      e.textContent = String(this.queue.filter(count[e.dataset.count] || (q => q.state === e.dataset.count)).length)
    }
    const oldest = this.queue.find(q => q.state === 'received')
    const age = this.find('[data-oldest]')
    if (age) age.textContent = oldest ? since(oldest.received_at) : 'none'
    this.before = list.map(q => q.id)
  }

  // following is what takes the place of a question that left the list: the next one, or the last.
  following (list) {
    const place = Math.max(0, (this.before || []).indexOf(this.at))
    return list[Math.min(place, list.length - 1)]?.id
  }

  showList (list) {
    const place = this.find('[data-queue]')
    if (!place) return
    const focused = place.contains(document.activeElement)
    place.replaceChildren(...list.map(q => this.entry(q)))
    if (focused) place.querySelector('[aria-current]')?.focus()
    const empty = this.find('[data-empty]')
    if (empty) empty.hidden = list.length > 0
  }

  entry (q) {
    const state = q.state === 'received' ? null : make('span', 'cd-state', words[q.state] || q.state)
    const risk = q.text.search(personal) < 0 ? null : make('span', 'cd-state cd-state--warn', 'Names or numbers')
    const a = make('a', '', make('span', 'cd-queue__m', make('span', 'cd-no', q.id), ' ', make('span', '', since(q.received_at)), ' ', state, risk), make('span', 'cd-said', q.text))
    const address = new URL(location.href)
    address.searchParams.set('q', q.id)
    a.href = address.search
    a.dataset.number = q.id
    if (q.id === this.at) a.setAttribute('aria-current', 'true')
    return make('li', '', a)
  }

  showCurrent (q) {
    const place = this.find('[data-current]')
    if (!place) return
    place.hidden = !q
    const nothing = place.parentElement.querySelector('.cd-empty')
    if (nothing) nothing.hidden = Boolean(q)
    if (!q) { this.shown = null; return }
    if (this.shown === q.id + q.revision) return // what is being written there stays
    const other = !this.shown?.startsWith(q.id)
    this.shown = q.id + q.revision
    const who = [q.name || 'Resident', q.area].filter(Boolean).join(', ')
    const about = this.about(q)
    const fields = { number: q.id, text: q.text, state: words[q.state] || q.state, answer: q.answer, revision: String(q.revision), meta: `Asked ${clock(new Date(q.received_at), this.main.dataset.zone)} by “${who}”` + (about ? `, on ${about}` : '') }
    for (const e of place.querySelectorAll('[data-field]')) {
      if (e instanceof HTMLInputElement) e.value = fields[e.dataset.field] ?? ''
      else if (e.dataset.field === 'text') e.replaceChildren(...marked(q.text))
      else e.textContent = fields[e.dataset.field] ?? ''
    }
    for (const form of place.querySelectorAll('form')) {
      if (other) form.reset()
      for (const hidden of form.querySelectorAll('input[name="revision"]')) hidden.value = fields.revision
      form.setAttribute('action', form.getAttribute('action').replace(/[^/]*$/, encodeURIComponent(q.id)))
    }
    if (other && about) place.querySelector('select[name="item"]').value = q.item
    for (const e of place.querySelectorAll('[data-from]')) e.hidden = !e.dataset.from.split(' ').includes(q.state)
    if (other) for (const d of place.querySelectorAll('details[data-key]')) d.open = false
  }

  // about gives the number and title of the item that a question is on, as the form that moves it offers them.
  about (q) {
    return [...this.find('[data-current] select[name="item"]')?.options || []].find(o => q.item && o.value === q.item)?.text
  }

  clicked (event) {
    const a = event.target.closest('a[data-number]')
    if (!a || !this.queue || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    this.go(a.dataset.number)
  }

  go (number) {
    this.at = number
    this.show()
    this.error('')
    this.find('[data-queue] [aria-current]')?.scrollIntoView({ block: 'nearest' })
  }

  move (by) {
    if (!this.queue) return
    const list = this.listed()
    const next = list[list.findIndex(q => q.id === this.at) + by]
    if (next) { this.go(next.id); this.announce(`${next.id}: ${next.text}`) }
  }

  key (event) {
    if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented) return
    if (event.target.closest?.('input, textarea, select, [contenteditable]')) return
    const key = event.key.toLowerCase()
    if (key === 'j' || key === 'k') { event.preventDefault(); return this.move(key === 'j' ? 1 : -1) }
    if (event.repeat || !/^[a-z]$/.test(key)) return
    const target = [...this.find('[data-current]')?.querySelectorAll(`[data-key="${key}"]`) || []].find(e => e.checkVisibility ? e.checkVisibility() : !e.hidden)
    if (!target) return
    event.preventDefault()
    if (target instanceof HTMLDetailsElement) {
      target.open = true
      target.querySelector('select, textarea, input:not([type="hidden"])')?.focus()
    } else target.click()
  }

  async submit (event) {
    if (event.defaultPrevented) return
    event.preventDefault()
    if (this.busy) return
    const form = event.target
    const body = new URLSearchParams(new FormData(form))
    if (event.submitter?.name) body.set(event.submitter.name, event.submitter.value)
    this.work(true)
    this.error('')
    try {
      const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'follow' })
      if (!answer.ok) this.error((await answer.json().catch(() => ({}))).detail || `That did not go through (${answer.status}). Load the page again.`)
    } catch {
      this.error('No answer came. Check the line, then try again.')
    }
    this.work(false)
  }

  work (busy) {
    this.busy = busy
    this.find('[data-current]')?.setAttribute('aria-busy', String(busy))
  }

  error (text) {
    const place = this.find('[data-error]')
    if (place) { place.textContent = text; place.hidden = !text }
  }

  announce (text) {
    const place = this.find('[data-announce]')
    if (place) place.textContent = text
  }

  connection (mode) {
    const place = this.find('.cd-conn')
    if (!place) return
    place.classList.toggle('cd-conn--slow', mode === 'polling')
    place.classList.toggle('cd-conn--off', mode === 'off')
    const inner = place.querySelector('span') || place
    inner.textContent = { connected: 'Connected', polling: 'New things come every few seconds', off: `Not connected since ${clock(new Date(), this.main.dataset.zone)}. Trying again` }[mode]
  }
}

// since gives the age of a question as the queue writes it.
function since (time) {
  const min = Math.floor((Date.now() - Date.parse(time)) / 60000)
  return min < 1 ? 'now' : min < 120 ? `${min} min` : min < 2880 ? `${Math.floor(min / 60)} h` : `${Math.floor(min / 1440)} days`
}

const main = document.querySelector('main[data-moderate]')
if (main) new Desk(main).line.start()
