// What a screen reader is told: one thing after the other, none lost to the next, and new questions as a summary.
const rest = 1500 // ms between two things, and after the first question for others that come with it
const lull = 20000 // ms between two summaries of questions

export class Announcer {
  constructor (place) {
    this.place = place
    this.waiting = []
    this.fresh = [] // questions that came since the last summary
    this.summed = 0
  }

  say (text) {
    this.waiting.push(text)
    if (this.waiting.length > 4) this.waiting.shift()
    if (!this.resting) this.next()
  }

  next () {
    clearTimeout(this.resting)
    this.resting = 0
    if (!this.waiting.length || !this.place) return
    this.place.textContent = this.waiting.shift()
    this.resting = setTimeout(() => this.next(), rest)
  }

  // question tells one question by its words, of several by their number.
  question (q) {
    this.fresh.push(q)
    this.summing ||= setTimeout(() => this.sum(), Math.max(rest, this.summed + lull - Date.now()))
  }

  sum () {
    this.summing = 0
    if (!this.fresh.length) return
    this.summed = Date.now()
    const [q, ...more] = this.fresh
    this.fresh = []
    this.say(more.length ? `${more.length + 1} new questions` : `New question ${q.id}: ${q.text}`)
  }

  /** Lets the words of a question that is shown no more leave what is told. */
  takenBack (id) {
    this.fresh = this.fresh.filter(q => q.id !== id)
    this.waiting = this.waiting.filter(text => !text.startsWith(`New question ${id}:`))
    if (this.place?.textContent.startsWith(`New question ${id}:`)) this.place.textContent = ''
  }
}
