// Supporting questions. A press is kept on this device until the record has counted it, and sent again after every
// interruption and whenever many people of one place press at once: it is counted once however often it is sent.
import { newKey } from './make.js'

const again = ['too_fast', 'internal'] // refusals that are tried again
const pause = () => 2000 + Math.random() * 4000

export class Supporting {
  // deliver(command) sends and tells whether it could; ready() tells that the page has a line, if one that is cut off; show(number, yes) presses or releases a button; counted(number, n)
  // is told of each acknowledgement.
  constructor (main, { deliver, polling, ready, show, counted, announce }) {
    Object.assign(this, { address: main.dataset.support, deliver, polling, ready, show, counted, announce })
    this.name = `clearday-support-${main.dataset.meeting}`
    this.waiting = new Map() // number of a question to the key of its support
    this.kept = new Set() // numbers that this device supports
    try { for (const number of JSON.parse(localStorage.getItem(this.name)) || []) this.waiting.set(number, newKey()) } catch { /* none, or not allowed */ }
  }

  save () {
    try { localStorage.setItem(this.name, JSON.stringify([...this.waiting.keys()])) } catch { /* full or not allowed: the page still holds it */ }
  }

  has (number) { return this.kept.has(number) || this.waiting.has(number) }

  /** What the record says this device supports. What waits is sent. */
  knows (numbers) {
    this.kept = new Set(numbers)
    for (const number of numbers) this.waiting.delete(number)
    this.save()
    this.flush()
  }

  /** Supports a question. False where only the plain form can. */
  press (number) {
    const key = newKey()
    const sent = this.deliver({ t: 'support', key, question: number })
    if (!sent && !this.ready()) return false
    this.waiting.set(number, key)
    this.save()
    this.show(number, true)
    if (!sent && this.polling()) this.post(number)
    return true
  }

  /** Sends what waits. Called after every connection. */
  flush () {
    clearTimeout(this.resting)
    for (const [number, key] of this.waiting) {
      if (this.deliver({ t: 'support', key, question: number })) this.show(number, true)
      else if (this.polling()) this.post(number)
    }
  }

  async post (number) {
    let frame = { t: 'refused', code: 'internal' }
    try {
      const answer = await fetch(this.address, { method: 'POST', headers: { Accept: 'application/json' }, body: new URLSearchParams({ question: number }) })
      const told = await answer.json()
      if (answer.ok) frame = { t: 'ack', supports: told.supports }
      else if (answer.status < 500) frame = { t: 'refused', code: answer.status === 429 ? 'too_fast' : 'invalid', message: told.detail }
    } catch { /* it stays kept */ }
    this.settle(number, frame)
  }

  /** Takes an ack or refused frame. True when it was about a support of ours. */
  answered (frame) {
    const found = [...this.waiting].find(([, key]) => key === frame.key)
    if (found) this.settle(found[0], frame)
    return Boolean(found)
  }

  settle (number, frame) {
    if (frame.t === 'refused' && again.includes(frame.code)) {
      clearTimeout(this.resting)
      this.resting = setTimeout(() => this.flush(), pause())
      return
    }
    this.waiting.delete(number)
    this.save()
    if (frame.t === 'ack') {
      this.kept.add(number)
      this.counted(number, frame.supports)
    } else {
      this.show(number, false)
      this.announce(frame.message)
    }
  }
}
