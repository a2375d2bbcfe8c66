// What is said at the meeting, in words. The page keeps the latest captions; whoever has scrolled up keeps their place.
// Whether they are shown is remembered on this device, apart for those who follow in text only.
import { make } from './make.js'

const most = 60

/** Where a caption comes from: the page's copy of page.CaptionWords. */
const source = c => c.source === 'machine' ? 'Automatic captions: they may mishear' : c.by ? `Captions by ${c.by}` : 'Captions by a person'

export class Captions {
  constructor (root) {
    this.root = root
    this.list = root.querySelector('[data-captions-list]')
    this.inner = root.querySelector('[data-captions-scroll]')
    this.none = root.querySelector('[data-captions-none]')
    this.last = [...root.querySelectorAll('.cd-capts__who')].at(-1)?.textContent
    this.end = true
    this.inner.addEventListener('scroll', () => { this.end = this.inner.scrollHeight - this.inner.scrollTop - this.inner.clientHeight < 40 }, { passive: true })
    new ResizeObserver(() => { if (this.end) this.toEnd() }).observe(this.inner)
    root.addEventListener('toggle', () => { this.remember(); this.toEnd() })
  }

  get store () { return `clearday-captions${this.mode === 'text' ? '-text' : ''}` }

  remember () {
    try { localStorage.setItem(this.store, this.root.open ? 'on' : 'off') } catch { /* not allowed: it holds for this page */ }
  }

  /** Opens or shuts them as this device had them in the mode. */
  follow (mode) {
    this.mode = mode
    let kept = null
    try { kept = localStorage.getItem(this.store) } catch { /* not allowed */ }
    this.root.open = kept ? kept === 'on' : mode === 'text'
    this.offer()
    this.toEnd()
  }

  offer () {
    const any = this.list.children.length > 0
    this.none.hidden = any
    this.root.hidden = !any && this.mode !== 'text'
  }

  spoken (c) {
    const words = source(c)
    this.list.append(make('li', '', words === this.last ? '' : make('p', 'cd-capts__who', words), make('p', '', c.text)))
    this.last = words
    while (this.list.children.length > most) this.list.firstElementChild.remove()
    this.offer()
    if (this.end) this.toEnd()
  }

  /** Takes the captions of a fresh snapshot; none lets all go at once. */
  begin (all) {
    this.list.replaceChildren()
    this.last = ''
    for (const c of all) this.spoken(c)
    this.offer()
    this.toEnd()
  }

  toEnd () { this.inner.scrollTop = this.inner.scrollHeight }
}
