// A form that saves itself. It says where it stands, keeps what could not be sent and tries again, and when somebody else
// changed the same field it shows both texts and asks.

const pause = 800

export class Autosave {
  constructor (form, saved) {
    this.form = form
    this.saved = saved
    this.status = form.querySelector('.cd-autosave')
    this.base = JSON.parse(form.elements.base.value)
    this.wait = 2000
    this.changed = false // something of this form was saved since the page was shown
    form.addEventListener('input', () => { this.mark(); this.later(pause) })
    form.addEventListener('change', () => this.later(0))
    addEventListener('online', () => { if (this.dirty) this.save() })
  }

  // value is what a field holds as the server writes it: a box that is not ticked is empty.
  value (name) {
    const field = this.form.elements[name]
    if (!field) return this.base[name]
    if (field.type === 'checkbox') return field.checked ? field.value : ''
    return field.value.replace(/\r\n/g, '\n').trim()
  }

  get names () { return Object.keys(this.base).filter(n => this.form.elements[n]) }
  get dirty () { return this.form.isConnected && this.names.some(n => this.value(n) !== this.base[n].trim()) }

  mark () { this.form.toggleAttribute('data-unsaved', this.dirty) }

  say (words, stop) {
    this.status.classList.toggle('cd-autosave--stop', Boolean(stop))
    if (this.status.textContent !== words) this.status.textContent = words
  }

  later (ms) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), ms)
  }

  // save sends the form if it holds anything new. It gives true when nothing is left to be saved.
  save () {
    clearTimeout(this.timer)
    if (this.clash) return Promise.resolve(false)
    if (this.running) return this.running.then(done => this.dirty && done ? this.save() : done)
    if (!this.dirty) return Promise.resolve(true)
    this.running = this.send().finally(() => { this.running = null })
    return this.running
  }

  async send () {
    this.say('Saving')
    const sent = Object.fromEntries(this.names.map(n => [n, this.value(n)]))
    const body = new URLSearchParams(new FormData(this.form))
    body.set('base', JSON.stringify(this.base))
    let answer, text
    try {
      answer = await fetch(this.form.getAttribute('action'), { method: 'POST', headers: { Accept: 'application/json' }, body })
      text = await answer.json()
    } catch {
      return this.again('no line. What you wrote is kept here and sent again')
    }
    if (answer.status === 409 && text.clashes) return this.ask(text)
    if (answer.status === 401 || answer.status === 403) return this.again('you are signed out. Sign in again in another window; it is sent again')
    if (answer.status >= 500 || answer.status === 429) return this.again('the server could not take it. It is sent again')
    if (!answer.ok) {
      this.say(`Not saved: ${text.detail}`, true)
      return false
    }
    this.take(sent, text)
    return true
  }

  again (why) {
    this.say(`Not saved: ${why}.`, true)
    this.later(this.wait)
    this.wait = Math.min(this.wait * 2, 30000)
    return false
  }

  // take puts what is saved now into the fields that nobody has changed since they were sent.
  take (sent, { values, revision, saved }) {
    for (const name of this.names) {
      const now = values[name] || ''
      if (this.value(name) === sent[name]) this.set(name, now)
      this.base[name] = now
    }
    this.form.elements.revision.value = revision
    this.form.elements.base.value = JSON.stringify(this.base)
    this.wait = 2000
    this.changed = true
    this.mark()
    this.say(`Saved ${saved}`)
    if (this.dirty) this.later(pause)
    this.saved(this.form)
  }

  set (name, value) {
    const field = this.form.elements[name]
    if (field.type === 'checkbox') field.checked = value !== ''
    else if (field.value.trim() !== value) field.value = value
  }

  // ask shows the fields that two people changed, and saves once each is decided.
  ask ({ who, clashes, revision }) {
    this.say('Not saved: two of you changed the same.', true)
    this.form.elements.revision.value = revision
    const box = this.clash = make('div', 'cd-clash')
    box.setAttribute('role', 'alert')
    box.append(make('p', '', `${who}, changed the same. Choose what stays.`))
    let left = clashes.length
    for (const { field, label, mine, theirs } of clashes) {
      const line = make('div', '', make('p', 'cd-lines', make('b', '', `${label} `), `Theirs: ${theirs || '(nothing)'}. Yours: ${mine || '(nothing)'}.`))
      const decide = value => {
        this.base[field] = theirs
        this.set(field, value)
        line.remove()
        if (--left > 0) return
        box.remove()
        this.clash = null
        this.form.elements[field]?.focus()
        this.save().then(done => { if (done && !this.dirty) this.say('Saved') })
      }
      line.append(button(`Keep mine: ${label}`, () => decide(this.value(field))), ' ', button(`Take theirs: ${label}`, () => decide(theirs)))
      box.append(line)
    }
    this.form.prepend(box)
    box.querySelector('button').focus()
    return false
  }
}

function make (tag, className, ...content) {
  const e = document.createElement(tag)
  if (className) e.className = className
  e.append(...content)
  return e
}

function button (words, act) {
  const b = make('button', 'nhsuk-button nhsuk-button--secondary cd-btn-small', words)
  b.type = 'button'
  b.addEventListener('click', act)
  return b
}
