// How the meeting is followed: the player, captions, the announcement of the board team, and what stands in their place
// while the meeting pauses or is private. It plays while the room is open, and at no other time.
//
//   <main data-mode="video" data-time="{ms, the server's}" data-state data-zone>
//     <div data-show data-on="{mode, while there is a player}">     on top of a phone while data-on
//       <div data-player>...</div>                                   room/_player.html
//       <section id="stage" data-now>...</section>                   what stands for the player; hidden while there is one
//       <div data-notice hidden>... <span data-notice-at> <p data-notice-text> <button data-notice-close></div></div>
//     <nav data-modes><a href data-mode="text" aria-current="true"></nav>   other links with data-mode choose one too
//     <details data-captions>...</details></main>                    room/_player.html
import { edge, steady } from '../shared/refresh.js'
import { Captions } from './captions.js'
import { countdown } from './countdown.js'
import { clock, make } from './make.js'
import { Player } from './player.js'

// What stands for the player in each state: a word, a heading, what goes before the time at which it goes on, and a sentence.
const stages = {
  open: ['Live', 'The meeting is under way', '', 'Follow it here in words: the item being heard, its papers, the questions and their answers appear as they happen.'],
  closed: ['Ended', 'The meeting has ended', '', 'Its agenda and papers are on the page of the meeting. Every question, and where it stands, is on the list of questions.'],
  paused: ['Paused', 'The meeting has paused', 'It resumes at ', 'Leave this page open: the meeting goes on here. Questions already asked keep their place.'],
  private: ['In private', 'The board is meeting in private', 'It is expected to be public again at about ', 'There is nothing to watch or to hear until it is public again. Leave this page open: it comes back by itself. Questions already asked keep their place.']
}

export class Watch {
  constructor (main, announce) {
    this.main = main
    this.announce = announce
    this.find = name => main.querySelector(`[data-${name}]`)
    this.mode = main.dataset.mode
    this.state = main.dataset.state
    const { kind, url } = this.find('player').dataset
    this.stream = url ? { kind, url } : null
    this.player = new Player(this.find('player'), announce)
    this.captions = new Captions(this.find('captions'))
    this.count = countdown(Number(main.dataset.time))
    main.addEventListener('click', event => this.choose(event))
    document.addEventListener('parts:shown', () => this.place())
    const close = this.find('notice-close')
    close.hidden = false
    close.addEventListener('click', () => { this.find('notice').hidden = true; this.find('show').focus({ preventScroll: true }) })
    this.captions.follow(this.mode)
    this.show()
  }

  /** Takes the room as an event or a snapshot gives it. */
  room (r) {
    const before = this.state
    this.state = r.state
    this.stream = r.stream?.url ? r.stream : null
    this.settled(() => {
      this.show()
      this.notice(r.notice || '', r.notice_at)
      if (r.state !== 'open') this.captions.begin([])
      if (r.state !== before) this.stage(r)
    })
    if (r.state === before) return
    this.announce({ open: 'The meeting is open.', paused: 'The meeting has paused.', private: 'The meeting is in private session.', closed: 'The meeting has ended.' }[r.state])
  }

  // settled makes a change above the questions; who reads those keeps their place.
  settled (change) {
    const past = this.main.querySelector('.cd-modes').getBoundingClientRect().bottom < edge()
    const talk = this.main.querySelector('.cd-talk')
    past ? steady(() => talk.getBoundingClientRect().top + document.scrollingElement.scrollTop, change) : change()
  }

  snapshot (state) {
    this.room(state.room)
    this.captions.begin(state.room.state === 'open' ? state.captions || [] : [])
  }

  spoken (caption) {
    if (this.state !== 'open') return
    const add = () => this.captions.spoken(caption)
    this.captions.root.hidden ? this.settled(add) : add()
  }

  show () {
    const plays = this.state === 'open' && this.stream && this.mode !== 'text'
    const playing = this.player.root.contains(document.activeElement)
    this.player.show(plays ? this.stream : null, this.mode)
    if (playing && !plays) this.find('show').focus({ preventScroll: true })
    plays ? this.find('show').dataset.on = this.mode : delete this.find('show').dataset.on
    const modes = this.find('modes')
    modes.hidden = !this.stream
    for (const a of modes.children) if (a.dataset.mode === 'audio') a.hidden = this.stream?.kind === 'embed'
    this.main.dataset.mode = this.mode
    this.place()
  }

  // place shows what stands for the player while there is none.
  place () {
    const stage = document.getElementById('stage')
    if (stage) stage.hidden = 'on' in this.find('show').dataset
  }

  choose (event) {
    const a = event.target.closest?.('a[data-mode]')
    if (!a || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    this.mode = a.dataset.mode
    const address = new URL(location.href)
    this.mode === 'video' ? address.searchParams.delete('mode') : address.searchParams.set('mode', this.mode)
    history.replaceState(history.state, '', address)
    for (const other of this.find('modes').children) other.dataset.mode === this.mode ? other.setAttribute('aria-current', 'true') : other.removeAttribute('aria-current')
    this.captions.follow(this.mode)
    this.show()
    if (!a.checkVisibility?.()) this.find('modes').querySelector('[aria-current]')?.focus({ preventScroll: true })
  }

  notice (text, at) {
    const place = this.find('notice')
    const words = this.find('notice-text')
    if (words.textContent === text) return
    words.textContent = text
    this.find('notice-at').textContent = at ? clock(new Date(at), this.main.dataset.zone) : ''
    place.hidden = !text
    if (text) this.announce(`From the board team: ${text}`)
  }

  // stage says at once what is known; the page as the server writes it follows.
  stage (r) {
    const [word, heading, going, text] = stages[r.state]
    const stage = document.getElementById('stage')
    const h = make('h2', '', heading)
    h.id = 'stage-h'
    stage.className = `cd-stage cd-stage--${r.state}`
    stage.replaceChildren(...[h, this.when(going, r.resumes_at), r.why ? make('p', '', make('b', '', 'Why: '), r.why) : '', make('p', '', text)].filter(Boolean))
    document.querySelector('.cd-onair, .cd-roombar__s')?.replaceWith(make('span', r.state === 'open' ? 'cd-onair' : 'cd-roombar__s', word))
    this.count()
  }

  when (going, at) {
    const day = t => new Date(t).toLocaleDateString('en-GB', { timeZone: this.main.dataset.zone })
    if (!at || !going || day(at) !== day(Number(this.main.dataset.time))) return '' // the server's words say which day
    const time = make('time', '', clock(new Date(at), this.main.dataset.zone))
    time.dateTime = at
    time.setAttribute('data-countdown', '')
    return make('p', 'cd-stage__when', going, time)
  }
}
