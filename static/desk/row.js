// One file in the list of uploads: its name, where it stands, and what can be done about it.

let rows = 0

/** Sizes as people write them, both in the unit of the larger: "4.8 of 11 MB". */
export function sizes (part, whole) {
  const [unit, by, digits] = whole >= 1e6 ? ['MB', 1e6, whole < 1e7 ? 1 : 0] : ['kB', 1e3, 0]
  const small = unit === 'MB' ? 1 : 0
  return `${(part / by).toFixed(small)} of ${(whole / by).toFixed(digits)} ${unit}`
}

const make = (tag, className, ...content) => {
  const e = document.createElement(tag)
  if (className) e.className = className
  e.append(...content)
  return e
}

export class Row {
  constructor (file) {
    this.file = file
    this.sent = 0
    this.id = `cd-up-${++rows}`
    this.where = make('span', 'cd-up__state')
    this.bar = make('progress')
    this.bar.max = 100
    this.more = make('div', 'cd-up__more')
    this.element = make('li', '', make('span', 'cd-up__name', file.name), this.where, this.bar, this.more)
    this.element.tabIndex = -1
    this.wait()
  }

  // kind is one of busy, ask, ready, blocked, failed, skipped; it decides what is shown besides the words.
  set (kind, where) {
    this.kind = kind
    this.say(where)
    this.bar.hidden = kind !== 'busy'
    this.more.replaceChildren()
  }

  get busy () { return this.kind === 'busy' }

  say (where) { this.where.replaceChildren(where) }

  fill (percent, doing) {
    this.bar.value = percent
    this.bar.setAttribute('aria-label', `${this.file.name}, ${doing}`)
  }

  wait () {
    this.set('busy', 'Waiting')
    this.fill(this.file.size ? this.sent / this.file.size * 100 : 0, 'waiting')
  }

  progress (sent) {
    const all = this.file.size
    this.sent = sent
    this.say(sent < all ? sizes(sent, all) : 'Sent. Checking')
    this.fill(all ? Math.min(100, sent / all * 100) : 100, 'uploading')
  }

  /** Shows the server's answer about a paper: {state, doing, done, all, item_number, pages, message}. */
  show (paper) {
    if (paper.state === 'checking') {
      if (!this.busy) this.set('busy', '')
      const { doing, done, all } = paper
      this.say(doing)
      return all ? this.fill(done / all * 100, 'checking') : this.bar.removeAttribute('value')
    }
    const blocked = paper.state === 'blocked'
    this.set(blocked ? 'blocked' : 'ready', badge(blocked ? 'cd-badge cd-badge--stop' : 'cd-badge', blocked ? 'Blocked' : 'Ready'))
    const facts = [paper.item_number && `Item ${paper.item_number}`, paper.pages && `${paper.pages} ${paper.pages === 1 ? 'page' : 'pages'}`]
    const line = facts.filter(Boolean).join(', ')
    this.tell([line, paper.message].filter(Boolean).join('. '))
  }

  tell (sentence) {
    if (sentence) this.more.append(make('p', '', sentence))
  }

  /** Says why it did not work, and offers to try again when a way is given. */
  fail (sentence, retry) {
    this.set('failed', badge('cd-badge cd-badge--stop', 'Not taken'))
    this.tell(sentence)
    if (retry) this.more.append(this.button('Try again', retry))
  }

  /** Says why the file is not sent. */
  skip (why) {
    this.set('skipped', badge('cd-state', 'Left out'))
    if (why !== 'Left out.') this.tell(why)
  }

  /** Asks whether a file is wanted at all, with the reason for the doubt. */
  doubt (sentence, yes, no) {
    this.set('ask', badge('cd-badge cd-badge--late', 'Add it?'))
    this.tell(sentence)
    this.more.append(make('div', 'cd-acts', this.button('Leave it out', no), this.button('Add it all the same', yes)))
  }

  /**
   * Asks where a file goes: into one of the items [{id, number, title}], or as the new version of a paper, which wants
   * a reason. answer gets {item} or {paper, reason}.
   */
  choose (question, { items, first, paper, title }, answer, leave) {
    this.set('ask', badge('cd-badge cd-badge--late', paper ? 'New version?' : 'Which item?'))
    const label = make('label', '', question, make('span', 'cd-hide', ` ${this.file.name}`))
    const select = make('select', 'nhsuk-select', ...items.map(i => new Option([i.number, i.title].filter(Boolean).join(' '), i.id)))
    if (paper) select.prepend(new Option(`New version of ${title}`, 'paper', true, true))
    else select.prepend(new Option('Choose an item', ''))
    if (!paper) select.value = first || ''
    label.htmlFor = select.id = this.id
    const why = make('input', 'nhsuk-input')
    why.id = `${this.id}-why`
    const whyLabel = make('label', '', 'What changed, for the public page')
    whyLabel.htmlFor = why.id
    const wants = () => { whyLabel.hidden = why.hidden = select.value !== 'paper' }
    select.addEventListener('change', wants)
    wants()
    const add = () => {
      if (!select.value) return select.focus()
      if (select.value !== 'paper') return answer({ item: select.value, paper: '', reason: '' })
      if (!why.value.trim()) return why.focus()
      answer({ item: '', paper, reason: why.value })
    }
    this.more.append(label, select, whyLabel, why, make('div', 'cd-acts', this.button('Add', add), this.button('Leave it out', leave)))
  }

  button (words, act) {
    const b = make('button', 'nhsuk-button nhsuk-button--secondary cd-btn-small', words, make('span', 'cd-hide', ` ${this.file.name}`))
    b.type = 'button'
    b.addEventListener('click', () => {
      act()
      if (!b.isConnected) this.element.focus() // the button went with its act: the row keeps the keyboard's place
    })
    return b
  }
}

const badge = (className, words) => make('span', className, words)
