// The moderators' desk, live: the queue comes by itself, keys act on the question in hand. Without it the page's links and
// forms do the same.
//
//   <main data-moderate data-meeting data-seq data-socket data-poll data-zone data-csrf
//         data-me="..."        who looks, as claims name them
//         data-show="waiting">  which list is shown: waiting, urgent, held, out, reported, all
//     <p role="alert" data-error hidden></p>                             an act that did not go through
//     <p class="cd-hide" data-announce aria-live="polite"></p>
//     <b data-count="waiting">6</b>, for each list; <b data-oldest>3 min</b>
//     <ul class="cd-queue" data-queue><li><a data-number="Q-2026-0071" aria-current="true">...</a></li></ul>
//     <section id="one"><div data-current data-number data-revision>...forms...</div></section>   the question in hand
//     <section id="order" data-refresh>...</section>                     parts that are fetched again when the queue changes
//
// The server alone writes the question in hand: which acts there are, what is marked, what is alike. This fetches it again
// when something about it changed, and puts back what was typed.
import { refresh } from '../shared/refresh.js'
import { ChatDesk } from './chatdesk.js'
import { Drafts } from './drafts.js'
import { Keys } from './keys.js'
import { Line } from './line.js'
import { clock, make, words } from './make.js'

// The lists of the queue, as server/moderation.go has them.
const lists = {
  urgent: q => urgent(q),
  waiting: (q, me) => waits(q) || urgent(q) || Boolean(q.opinion && q.opinion.who_id !== me),
  held: q => q.state === 'held',
  out: q => Boolean(q.public_at),
  reported: q => Boolean(q.reported),
  all: () => true
}
const waits = q => q.state === 'received' && !q.public_at
const urgent = q => Boolean(q.urgent_by?.length)

class Desk {
  constructor (main) {
    this.main = main
    this.find = selector => main.querySelector(selector)
    this.queue = null // until the first frame the page is as the server wrote it
    this.at = this.find('[data-current]')?.dataset.number
    this.drafts = new Drafts()
    this.chat = new ChatDesk(main)
    this.line = new Line(main, { frame: f => this.frame(f), event: e => this.chat.event(e), state: s => this.connection(s) })
    this.find('[data-queue]').addEventListener('click', event => this.clicked(event))
    main.addEventListener('submit', event => this.submit(event))
    main.addEventListener('input', event => this.typed(event))
    this.keys = new Keys(main, { move: by => this.move(by), current: () => this.standing() })
    setInterval(() => this.show(), 30000) // ages
    setInterval(() => this.stay(), 45000)
  }

  frame (f) {
    if (f.t !== 'queue') return
    const before = this.queue
    this.queue = f.questions
    const late = this.find('[data-late]')
    if (late) late.hidden = !f.late
    clearTimeout(this.refreshing)
    const ids = [...this.main.querySelectorAll('[data-refresh][id]')].map(e => e.id)
    if (before) this.refreshing = setTimeout(() => refresh(...ids), 500)
    if (before && f.questions.length > before.length) this.announce(`${this.listed().length} in the list`)
    const had = (before?.filter(urgent).length || 0) + (this.messages || 0)
    this.messages = f.chat_urgent
    if (before && had < this.queue.filter(urgent).length + this.messages) this.announce('Something urgent has come in')
    this.show()
  }

  listed () {
    return this.queue.filter(q => lists[this.main.dataset.show](q, this.main.dataset.me))
  }

  show () {
    if (!this.queue) return
    const list = this.listed()
    // What somebody is writing about stays in hand, also when another moderator has just decided it.
    if (!list.some(q => q.id === this.at) && !this.drafts.holds(this.at)) this.at = this.following(list)
    this.showList(list)
    this.showCurrent(this.queue.find(q => q.id === this.at))
    for (const e of this.main.querySelectorAll('[data-count]')) {
      const of = lists[e.dataset.count]
      if (!of) continue
      const n = this.queue.filter(q => e.closest('.cd-deskhead') ? waits(q) : of(q, this.main.dataset.me)).length
      e.textContent = String(e.dataset.count === 'urgent' ? n + (this.messages || 0) : n)
    }
    const oldest = this.queue.filter(waits).map(q => q.received_at).sort()[0]
    this.find('[data-oldest]').textContent = oldest ? since(oldest) : 'none'
    this.before = list.map(q => q.id)
  }

  // following is what takes the place of a question that left the list: the next one, or the last.
  following (list) {
    const place = Math.max(0, (this.before || []).indexOf(this.at))
    return list[Math.min(place, list.length - 1)]?.id
  }

  showList (list) {
    const place = this.find('[data-queue]')
    const focused = place.contains(document.activeElement)
    place.replaceChildren(...list.slice(0, 300).map(q => this.entry(q)))
    if (focused) place.querySelector('[aria-current]')?.focus()
    this.find('[data-empty]').hidden = list.length > 0
  }

  // entry writes a row as the template live-entry does.
  entry (q) {
    const badge = (look, text) => [' ', make('span', `cd-state${look && ' cd-state--' + look}`, text)]
    const m = make('span', 'cd-queue__m', make('span', 'cd-no', q.id), ' ', make('span', '', since(q.received_at)))
    if (urgent(q)) m.append(...badge('stop', 'Urgent'))
    if (q.state !== 'received') m.append(...badge('', words[q.state] || q.state))
    if (q.public_at) m.append(...badge('primary', `public at ${clock(new Date(q.public_at), this.main.dataset.zone)}`))
    if (q.opinion) m.append(...badge('warn', 'Second opinion'))
    if (q.reported) m.append(...badge('warn', `Reported ${q.reported}`))
    if (q.minor) m.append(...badge('warn', 'Under 18'))
    if (q.health) m.append(...badge('warn', 'Health'))
    if (q.withheld?.name && !q.minor) m.append(...badge('', 'Name withheld'))
    if (q.signs) m.append(...badge('warn', 'Names or numbers'))
    if (q.like) m.append(...badge('', `Like ${q.like[0].id}`))
    if (q.from_device > 2) m.append(...badge('', `Same device, ${q.from_device}${ordinal(q.from_device)}`))
    if (q.claim) m.append(...badge('solid', q.claim.who_id === this.main.dataset.me ? 'You' : q.claim.who))
    const a = make('a', '', m, make('span', 'cd-said', q.text))
    a.href = this.address(q.id)
    a.dataset.number = q.id
    if (q.id === this.at) a.setAttribute('aria-current', 'true')
    return make('li', '', a)
  }

  address (number) {
    const query = new URLSearchParams({ show: this.main.dataset.show })
    if (number) query.set('q', number)
    return '?' + query
  }

  // showCurrent fetches the question in hand when another one is, or when something about it changed.
  showCurrent (q) {
    const mark = q ? JSON.stringify([q.id, q.revision, q.claim?.who_id, q.opinion, q.public_at, q.reported, q.urgent_by, q.like]) : ''
    if (this.wanted === mark && !this.failed) return
    this.wanted = mark
    this.fetchCurrent(mark)
  }

  async fetchCurrent (mark) {
    const fresh = await fetchPage(this.address(this.at))
    this.failed = !fresh
    if (!fresh || mark !== this.wanted) return // there is something newer
    const old = this.find('#one')
    const part = document.importNode(fresh.getElementById('one'), true)
    const number = part.querySelector('[data-current]')?.dataset.number
    const same = old.querySelector('[data-current]')?.dataset.number === number
    const focus = same && old.contains(document.activeElement) ? focusOf(document.activeElement) : null
    const open = same ? [...old.querySelectorAll('details[id][open]')].map(d => d.id) : []
    old.replaceWith(part)
    this.drafts.fill(part, number, open)
    focus?.(part)
  }

  // standing gives the question in hand once the page shows it as it is in the queue: no key acts on another.
  standing () {
    const current = this.find('[data-current]')
    return current?.dataset.number === this.at && current.getAttribute('aria-busy') !== 'true' ? current : null
  }

  clicked (event) {
    const a = event.target.closest('a[data-number]')
    if (!a || !this.queue || event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    this.go(a.dataset.number)
  }

  go (number) {
    this.leave()
    this.at = number
    this.error('')
    this.show()
    this.claim(number)
    this.find('[data-queue] [aria-current]')?.scrollIntoView({ block: 'nearest' })
  }

  move (by) {
    if (!this.queue) return
    const list = this.listed()
    const next = list[list.findIndex(q => q.id === this.at) + by]
    if (next) { this.go(next.id); this.announce(`${next.id}: ${next.text}`) }
  }

  typed (event) {
    const current = event.target.closest('[data-current]')
    if (!current) return
    this.drafts.keep(current.dataset.number, current)
    this.claim(current.dataset.number)
  }

  // claim tells the others who is at the question. Nobody's claim is taken by it.
  claim (number) {
    const q = this.queue?.find(q => q.id === number)
    if (!q || this.claimed === number || (q.claim && q.claim.who_id !== this.main.dataset.me)) return
    this.claimed = number
    this.beside(number, 'claim')
  }

  // stay holds the claim while something is being written.
  stay () {
    if (this.claimed && this.claimed === this.at && this.drafts.holds(this.at)) this.beside(this.at, 'claim')
  }

  leave () {
    if (this.claimed) this.beside(this.claimed, 'release')
    this.claimed = null
  }

  beside (number, act) {
    const body = new URLSearchParams({ csrf: this.main.dataset.csrf, act })
    fetch(`/desk/questions/${encodeURIComponent(number)}/desk`, { method: 'POST', body, headers: { Accept: 'application/json' } }).catch(() => {}) // presence may be lost
  }

  async submit (event) {
    const current = event.target.closest('[data-current]') || event.target.closest('#one, #order, #limits, #said, #urgent-chat')
    if (!current || event.defaultPrevented) return
    event.preventDefault()
    if (this.busy) return
    const form = event.target
    const number = form.closest('#one') && this.at
    const body = new URLSearchParams(new FormData(form))
    if (event.submitter?.name) body.set(event.submitter.name, event.submitter.value)
    this.work(true)
    this.error('')
    try {
      const answer = await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' }, redirect: 'follow' })
      if (answer.ok) this.done(number, form, body)
      else this.error((await answer.json().catch(() => ({}))).detail || `That did not go through (${answer.status}). Load the page again.`)
    } catch {
      this.error('No answer came. Check the line, then try again.')
    }
    this.work(false)
  }

  done (number, form, body) {
    if (number) {
      this.drafts.drop(number, form)
      if (body.has('state')) this.claimed = null // the decision has ended it
    }
    this.announce('Done')
    this.wanted = null
    this.show()
  }

  work (busy) {
    this.busy = busy
    this.find('[data-current]')?.setAttribute('aria-busy', String(busy))
  }

  error (text) {
    const place = this.find('[data-error]')
    place.textContent = text
    place.hidden = !text
  }

  announce (text) {
    this.find('[data-announce]').textContent = text
  }

  connection (mode) {
    const place = this.find('.cd-conn')
    place.classList.toggle('cd-conn--slow', mode === 'polling')
    place.classList.toggle('cd-conn--off', mode === 'off')
    place.querySelector('span').textContent = { connected: 'Connected', polling: 'New things come every few seconds', off: `Not connected since ${clock(new Date(), this.main.dataset.zone)}. Trying again` }[mode]
  }
}

async function fetchPage (address) {
  try {
    const answer = await fetch(address, { headers: { Accept: 'text/html' }, cache: 'no-store' })
    return answer.ok && !answer.redirected ? new DOMParser().parseFromString(await answer.text(), 'text/html') : null
  } catch {
    return null // no line just now: the page stays as it is
  }
}

// focusOf remembers where the cursor is, to put it back into the same field of the new part.
function focusOf (field) {
  const { id, name, selectionStart, selectionEnd } = field
  return part => {
    const summary = id ? null : field.closest('summary')?.parentElement.id
    if (summary) return part.querySelector(`#${CSS.escape(summary)} > summary`)?.focus({ preventScroll: true })
    const again = id ? part.querySelector(`#${CSS.escape(id)}`) : name ? part.querySelector(`[name="${CSS.escape(name)}"]`) : null
    again?.focus({ preventScroll: true })
    if (again?.setSelectionRange && selectionStart !== null && selectionStart !== undefined) again.setSelectionRange(selectionStart, selectionEnd)
  }
}

function ordinal (n) {
  if (n % 100 >= 11 && n % 100 <= 13) return 'th'
  return { 1: 'st', 2: 'nd', 3: 'rd' }[n % 10] || 'th'
}

// since gives the age of a question as the queue writes it.
function since (time) {
  const min = Math.floor((Date.now() - Date.parse(time)) / 60000)
  return min < 1 ? 'now' : min < 120 ? `${min} min` : min < 2880 ? `${Math.floor(min / 60)} h` : `${Math.floor(min / 1440)} days`
}

const main = document.querySelector('main[data-moderate]')
if (main) new Desk(main).line.start()
