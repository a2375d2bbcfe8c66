// A handle by which an entry of the agenda is dragged, with a mouse, a pen or a finger. Escape lets go.
export class Drag {
  constructor (grip, post) {
    this.grip = grip
    this.post = post
    this.row = grip.closest('[data-item]')
    grip.addEventListener('pointerdown', event => this.begin(event))
    grip.addEventListener('pointermove', event => this.over(event))
    grip.addEventListener('pointerup', () => this.drop())
    grip.addEventListener('pointercancel', () => this.end())
  }

  get rows () { return [...this.row.parentElement.children] }

  begin (event) {
    if (event.button) return
    this.grip.setPointerCapture(event.pointerId)
    this.going = true
    this.after = undefined
    this.row.classList.add('cd-row--lifted')
    this.escape = key => { if (key.key === 'Escape') this.end() }
    addEventListener('keydown', this.escape)
  }

  // over marks the entry after which the dragged one would come to stand; null is the top.
  over (event) {
    if (!this.going) return
    const above = this.rows.filter(r => { const box = r.getBoundingClientRect(); return event.clientY > box.top + box.height / 2 })
    this.after = above.pop() || null
    for (const row of this.rows) row.classList.toggle('cd-row--under', row === this.after)
    this.row.parentElement.classList.toggle('cd-rows--top', !this.after)
    if (event.clientY < 60) scrollBy(0, -20)
    if (event.clientY > innerHeight - 60) scrollBy(0, 20)
  }

  drop () {
    const { after, going } = this
    this.end()
    if (!going || after === undefined || after === this.row || after === this.row.previousElementSibling) return
    const seen = this.row.querySelector('input[name="seen"]')?.value || ''
    this.post(`/desk/items/${this.row.dataset.item}/move`, { way: 'after', after: after?.dataset.item || '', seen }, `up-${this.row.dataset.item}`)
  }

  end () {
    this.going = false
    removeEventListener('keydown', this.escape)
    this.row.classList.remove('cd-row--lifted')
    this.row.parentElement.classList.remove('cd-rows--top')
    for (const row of this.rows) row.classList.remove('cd-row--under')
  }
}
