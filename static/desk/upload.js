// Many files at once: dropped on or chosen in a <form data-upload data-url="...">, sent three at a time, followed until
// they are read. Each file has its own row, and nothing that happens to one touches another.
import { refresh } from '../shared/refresh.js'
import { Row } from './row.js'
import { send, state } from './send.js'

const atOnce = 3
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

class Upload {
  constructor (form) {
    this.form = form
    this.input = form.querySelector('input[type="file"]')
    this.list = form.querySelector('.cd-up')
    this.waiting = []
    this.rows = []
    this.sending = 0
    this.said = ''
    this.taken = false // something has arrived that the agenda does not show yet
    this.status = form.querySelector('[role="status"]') || this.addStatus()
    for (const plain of form.querySelectorAll('[type="submit"], [data-plain]')) plain.hidden = true
    this.input.addEventListener('change', () => this.add(this.input.files))
    form.addEventListener('submit', event => { event.preventDefault(); this.add(this.input.files) })
    addEventListener('beforeunload', event => { if (this.sending || this.waiting.length) event.preventDefault() })
    this.drops(form.querySelector('.cd-drop') || form)
  }

  addStatus () {
    const p = document.createElement('p')
    p.className = 'cd-hide'
    p.setAttribute('role', 'status')
    return this.form.appendChild(p)
  }

  drops (area) {
    const files = event => event.dataTransfer && [...event.dataTransfer.types].includes('Files')
    // A file that misses the area must not take the page away.
    for (const kind of ['dragover', 'drop']) addEventListener(kind, event => { if (files(event)) event.preventDefault() })
    for (const kind of ['dragenter', 'dragover']) area.addEventListener(kind, event => area.classList.toggle('cd-drop--over', files(event)))
    area.addEventListener('dragleave', event => { if (!area.contains(event.relatedTarget)) area.classList.remove('cd-drop--over') })
    area.addEventListener('drop', event => {
      area.classList.remove('cd-drop--over')
      const folder = item => item.webkitGetAsEntry?.()?.isDirectory
      this.add([...event.dataTransfer.items].filter(i => i.kind === 'file' && !folder(i)).map(i => i.getAsFile()))
    })
  }

  add (files) {
    for (const file of files) {
      const row = new Row(file)
      this.list.append(row.element)
      this.rows.push(row)
      this.waiting.push({ row, fields: {} })
    }
    this.input.value = ''
    this.next()
  }

  // next starts what may start; each sending calls it again when it ends.
  next () {
    while (this.sending < atOnce && this.waiting.length) {
      this.sending++
      const job = this.waiting.shift()
      this.one(job).finally(() => { this.sending--; this.next() })
    }
    this.settle()
  }

  again (row, fields) {
    row.wait()
    this.waiting.push({ row, fields })
    this.next()
  }

  // one sends a file, or only the answer to "Which item?" when the server has kept the file under a token.
  async one ({ row, fields }) {
    const file = fields.token ? null : row.file
    const answer = await send(this.url(), { csrf: this.csrf(), ...fields }, file, sent => row.progress(sent))
    if (answer.status === 409 && answer.body.which?.length) {
      return row.ask(answer.body.which, item => this.again(row, { item, token: answer.body.token || '' }))
    }
    if (answer.ok) return this.follow(row, answer.body)
    if (fields.token && answer.status) return this.again(row, { item: fields.item }) // the token is spent: send the file itself
    const mayHelp = answer.status < 400 || answer.status >= 500 || [401, 403, 408, 429].includes(answer.status)
    row.fail(answer.sentence, mayHelp && (() => this.again(row, fields)))
  }

  url () { return this.form.dataset.url || this.form.action }
  csrf () { return this.form.elements.csrf?.value || '' }

  // follow shows how far the server has read the file; it does not hold one of the three places.
  async follow (row, paper) {
    this.taken = true
    row.show(paper)
    this.poll(row, paper).then(() => this.settle())
  }

  async poll (row, paper) {
    for (let gap = 500; paper.state === 'checking';) {
      await pause(gap)
      const answer = await state(paper.id)
      if (answer.ok) {
        gap = 500
        paper = answer.body
        row.show(paper)
      } else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
        return row.fail(answer.sentence)
      } else {
        gap = Math.min(gap * 2, 5000)
        row.say('No answer yet. Trying again')
      }
    }
  }

  // settle says where all files stand, and shows the agenda anew when the last of them has come to rest.
  settle () {
    this.sum()
    if (!this.taken || this.rows.some(row => row.busy)) return
    this.taken = false
    refresh('agenda', 'publish')
  }

  sum () {
    const count = kind => this.rows.filter(row => row.kind === kind).length
    const parts = [['ready', 'ready'], ['blocked', 'blocked'], ['ask', 'waiting for an item'], ['failed', 'not taken'], ['busy', 'on the way']]
    const words = parts.filter(([kind]) => count(kind)).map(([kind, word]) => `${count(kind)} ${word}`)
    const text = `${this.rows.length} ${this.rows.length === 1 ? 'file' : 'files'}: ${words.join(', ')}`
    if (this.rows.length && text !== this.said) this.status.textContent = this.said = text
  }
}

for (const form of document.querySelectorAll('form[data-upload]')) new Upload(form)
