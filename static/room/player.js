// The player of the room: HLS by the browser itself or by hls.js, or the page of another site in a frame. It asks nobody
// for anything until somebody presses; from then on it comes back by itself on that host. What fails says what happened
// and what else works, and is tried again with growing pauses. Its markup is room/_player.html.
import { make } from './make.js'
import { look, soundOf } from './playlist.js'

const mime = 'application/vnd.apple.mpegurl'
const pauses = [2, 4, 8, 16, 30, 60] // seconds until it is tried again
const slow = 4000 // ms without a new picture until it says that it waits
const lost = 20000 // and until it gives that up

const troubles = {
  soon: ['The stream has not started yet', h => `${h} has nothing to play so far.`],
  stopped: ['The stream has stopped', h => `${h} has nothing to play just now. The meeting may be going on.`],
  ended: ['The stream has ended', h => `${h} says that it is over. If the meeting goes on, it comes back here.`],
  stalled: ['The stream has stopped coming', h => `Nothing new has come from ${h} for ${lost / 1000} seconds. The meeting may be going on.`],
  silent: ['The stream does not begin', h => `${h} answers, but nothing to see or hear has come.`],
  unreachable: ['The stream cannot be reached', h => `Either ${h} is not there, or your connection does not let you through to it.`],
  host: ['The stream cannot be sent', h => `${h} answers with an error.`],
  shut: ['The stream is not open to this page', h => `${h} is there, but does not let this page read its stream.`],
  broken: ['The stream cannot be played', h => `What ${h} sends is damaged, or of a kind that this browser does not know.`],
  program: ['The player did not load', () => 'This page could not fetch the program that plays the stream.'],
  apart: ['This browser cannot play picture and sound together', h => `${h} sends them apart. “Sound only” plays here; a browser that plays such streams itself, as Safari and new versions of Chrome and Edge do, plays both.`, true],
  unsupported: ['This browser cannot play the stream', () => 'A newer one, or another, can.', true],
  policy: ['This page is older than the stream', () => 'Load the page again to watch: it then knows where the stream comes from.', true]
}

export class Player {
  constructor (root, announce) {
    this.root = root
    this.announce = announce
    this.find = name => root.querySelector(`[data-${name}]`)
    this.stream = null
    this.agreed = '' // the host that somebody let this page ask
    this.tries = 0
    this.round = 0 // of what is played; what comes late from an earlier one is let go
    this.find('play').addEventListener('click', event => { event.preventDefault(); this.press() })
    this.find('again').addEventListener('click', () => this.press())
    addEventListener('online', () => { if (this.timer) this.begin() })
    document.addEventListener('securitypolicyviolation', event => this.refused(event))
  }

  get host () { return new URL(this.stream.url).hostname }

  /** Shows what there is to play now, {kind, url}, in the mode; null takes everything away at once. */
  show (stream, mode) {
    if (stream && this.stream?.url === stream.url && this.stream.kind === stream.kind && (this.mode === mode || stream.kind === 'embed')) return
    this.stop()
    this.stream = stream
    this.mode = mode
    this.root.hidden = !stream
    this.tries = 0
    this.ended = this.started = this.byScript = false
    if (!stream) return
    for (const a of [this.find('play'), this.find('outside').firstElementChild]) a.href = stream.url
    for (const e of this.root.querySelectorAll('[data-host]')) e.textContent = this.host
    for (const e of this.root.querySelectorAll('[data-of]')) e.hidden = e.dataset.of !== stream.kind
    this.find('play-words').textContent = `${mode === 'audio' ? 'Listen to' : 'Watch'} the meeting`
    this.find('sound').hidden = stream.kind === 'embed' || mode === 'audio'
    this.look('start')
    if (this.agreed === this.host) this.begin()
  }

  /** Stops at once: nothing of the stream is left in the page, and nothing is fetched any more. */
  stop () {
    this.drop()
    for (const a of [this.find('play'), this.find('outside').firstElementChild]) a.removeAttribute('href')
    for (const e of this.root.querySelectorAll('[data-host]')) e.textContent = ''
    delete this.root.dataset.url
    this.find('trouble-p').textContent = ''
  }

  drop () {
    this.round++
    this.held ||= this.find('screen').contains(document.activeElement)
    clearInterval(this.watching)
    clearTimeout(this.timer)
    clearInterval(this.counting)
    this.timer = 0
    this.engine?.destroy()
    this.engine = null
    if (this.media) {
      this.media.pause()
      this.media.removeAttribute('src')
      this.media.load()
    }
    this.media = null
    this.find('screen').replaceChildren()
    this.status('')
  }

  // look shows one of start, screen and trouble. The focus goes along when what held it goes.
  look (part) {
    const focused = this.held || (this.root.contains(document.activeElement) && this.find('screen').hidden)
    this.held = false
    for (const name of ['start', 'screen', 'trouble']) this.find(name).hidden = name !== part
    this.find('else-words').textContent = part === 'trouble' ? 'What else works:' : 'If it does not play:'
    this.find('else').hidden = part !== 'trouble' && !(part === 'screen' && this.stream.kind === 'embed')
    this.find('outside').hidden = part === 'start' || this.stream.kind !== 'embed'
    if (focused) ({ start: this.find('play'), screen: this.find('screen').firstElementChild, trouble: this.find('again') })[part].focus({ preventScroll: true })
  }

  press () {
    this.agreed = this.host
    this.tries = 0
    this.begin()
  }

  begin () {
    this.drop()
    if (this.stream.kind === 'embed') return this.frame()
    if (!this.find('trouble').hidden) this.find('next').textContent = 'Trying now.'
    this.play(this.round)
  }

  frame () {
    const frame = make('iframe')
    frame.title = `Player of ${this.host}`
    frame.setAttribute('sandbox', 'allow-scripts allow-same-origin allow-presentation allow-popups allow-forms')
    frame.allow = 'autoplay; fullscreen; encrypted-media; picture-in-picture'
    frame.referrerPolicy = 'strict-origin-when-cross-origin'
    frame.src = this.stream.url
    this.find('screen').replaceChildren(frame)
    this.look('screen')
  }

  async play (round) {
    const late = () => round !== this.round
    if (this.ended && await look(this.stream.url) === 'ended') return late() || this.trouble('ended')
    if (late()) return
    const media = this.element(round)
    if (this.find('trouble').hidden) {
      this.look('screen')
      this.status('Starting...')
    }
    const url = this.mode === 'audio' ? await soundOf(this.stream.url) : this.stream.url
    if (late()) return
    if (media.canPlayType(mime) && !this.byScript) media.src = url
    else if (!await this.script(media, url, round)) return
    media.play().catch(error => { if (!late() && error.name === 'NotAllowedError') this.status('Press play: your browser does not begin with sound by itself.') })
  }

  element (round) {
    const media = this.media = make(this.mode === 'audio' ? 'audio' : 'video')
    media.controls = true
    media.setAttribute('playsinline', '')
    media.setAttribute('aria-label', this.mode === 'audio' ? 'Sound of the meeting' : 'Picture and sound of the meeting')
    const on = (kind, act) => media.addEventListener(kind, () => { if (round === this.round) act() })
    on('playing', () => this.plays())
    on('ended', () => { this.ended = true; this.fail('ended') })
    on('error', () => { if (!this.engine) this.fail(media.error?.code === 3 ? 'broken' : 'error') })
    this.find('screen').replaceChildren(media)
    this.moved = performance.now()
    this.at = this.since = 0
    this.watching = setInterval(() => this.watch(media), 1000)
    return media
  }

  // script plays by hls.js.
  async script (media, url, round) {
    let Hls
    try { ({ default: Hls } = await import(this.root.dataset.hls)) } catch { if (round === this.round) this.fail('program') }
    if (!Hls || round !== this.round) return false
    if (!Hls.isSupported()) return this.fail('unsupported')
    const hls = this.engine = new Hls({ backBufferLength: 60, capLevelToPlayerSize: true })
    let mended = false
    hls.on(Hls.Events.ERROR, (_, error) => {
      if (!error.fatal || round !== this.round) return
      if (error.type === Hls.ErrorTypes.MEDIA_ERROR && !mended) { mended = true; return hls.recoverMediaError() }
      this.fail(error.type === Hls.ErrorTypes.MEDIA_ERROR ? 'broken' : 'error')
    })
    hls.on(Hls.Events.MANIFEST_LOADED, (_, { audioTracks }) => { // hls.js light plays one playlist at a time
      if (round === this.round && this.mode !== 'audio' && audioTracks?.some(track => track.url)) this.fail('apart')
    })
    hls.loadSource(url)
    hls.attachMedia(media)
    return true
  }

  plays () {
    this.started = true
    this.ended = false
    this.since = performance.now()
    this.moved = this.since
    this.status('')
    this.look('screen')
  }

  // watch sees whether it goes on, once a second.
  watch (media) {
    const now = performance.now()
    if (media.currentTime !== this.at || media.paused) this.moved = now
    this.at = media.currentTime
    const still = now - this.moved
    if (still > lost) return this.fail(this.started ? 'stalled' : 'silent')
    if (media.paused || this.find('screen').hidden) return
    if (still > slow) this.status('Waiting for the stream...')
    else if (this.since && !still) this.status('')
    if (this.since && now - this.since > 10000) this.tries = 0
  }

  status (text) {
    const place = this.find('status')
    place.textContent = text
    place.hidden = !text
  }

  // fail asks the playlist what the browser does not say.
  async fail (why) {
    const started = this.started
    this.drop()
    const round = this.round
    if (!troubles[why]?.[2] && why !== 'program') {
      if (!this.find('screen').hidden) this.status('The stream does not come. Finding out why...')
      const found = await look(this.stream.url)
      if (round !== this.round) return
      if (!found && !this.byScript && why !== 'stalled' && 'MediaSource' in window) { // a browser that only says that it can
        this.byScript = true
        return this.begin()
      }
      if (found === 'soon') why = started ? 'stopped' : 'soon'
      else if (found && !(found === 'shut' && why !== 'error')) why = found
      else if (why === 'error') why = started ? 'stalled' : 'broken'
    }
    this.trouble(why)
  }

  trouble (why) {
    const [heading, sentence, final] = troubles[why]
    this.ended = why === 'ended'
    const news = this.find('trouble').hidden || this.find('trouble-h').textContent !== heading
    this.find('trouble-h').textContent = heading
    this.find('trouble-p').textContent = sentence(this.host)
    this.status('')
    this.look('trouble')
    if (news) this.announce(`${heading}.${final ? '' : ' It is tried again by itself.'}`)
    if (final) { this.find('next').textContent = ''; return }
    const pause = pauses[Math.min(this.tries++, pauses.length - 1)] * (0.8 + Math.random() * 0.4)
    this.timer = setTimeout(() => this.begin(), pause * 1000)
    this.count(Date.now() + pause * 1000)
  }

  count (until) {
    const tell = () => {
      const left = Math.max(1, Math.ceil((until - Date.now()) / 1000))
      this.find('next').textContent = `It is tried again by itself, in ${left === 1 ? '1 second' : `${left} seconds`}.`
    }
    tell()
    this.counting = setInterval(tell, 1000)
  }

  // refused hears that this page may not ask the host: its policy was written before the host was allowed.
  refused (event) {
    if (this.stream && !this.root.hidden && event.blockedURI.startsWith(new URL(this.stream.url).origin)) this.fail('policy')
  }
}
