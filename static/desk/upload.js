// A folder of files: dropped on or chosen in a <form data-upload data-url="...">. First all are planned (where each
// belongs, what is here already, what has to be asked), then sent three at a time in pieces that survive a broken line
// and a reload. Each file has its own row, and nothing that happens to one touches another.
import { refresh } from '../shared/refresh.js'
import { chosen, dropped, hint } from './folder.js'
import { Row } from './row.js'
import { ask, piece } from './send.js'

const atOnce = 3
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))
const later = tries => pause(Math.min(1000 * 2 ** tries, 30000))

class Upload {
  constructor (form) {
    this.form = form
    this.list = form.querySelector('.cd-up')
    this.total = form.querySelector('[data-total]')
    this.status = form.querySelector('[role="status"]')
    this.waiting = []
    this.rows = []
    this.sending = 0
    this.looking = 0
    this.asked = Promise.resolve()
    this.said = ''
    this.quiet = 0 // a timer: a hundred files are not a hundred announcements
    this.taken = false // something has arrived that the agenda does not show yet
    this.abort = new AbortController() // aborted while paused
    for (const plain of form.querySelectorAll('[type="submit"], [data-plain]')) plain.hidden = true
    for (const hidden of form.querySelectorAll('[data-script]')) hidden.hidden = false
    for (const input of form.querySelectorAll('input[type="file"]')) {
      input.addEventListener('change', () => { this.add(chosen(input)); input.value = '' })
    }
    form.querySelector('[data-folder]')?.addEventListener('click', () => form.querySelector('input[webkitdirectory]').click())
    this.button = form.querySelector('[data-pause]')
    this.button.addEventListener('click', () => this.turn())
    form.addEventListener('submit', event => event.preventDefault())
    addEventListener('beforeunload', event => { if (this.sending || this.waiting.length) event.preventDefault() })
    this.drops(form.querySelector('.cd-drop') || form)
  }

  get url () { return this.form.dataset.url }
  get csrf () { return this.form.elements.csrf?.value || '' }
  get paused () { return this.abort.signal.aborted }

  drops (area) {
    const files = event => event.dataTransfer && [...event.dataTransfer.types].includes('Files')
    // A file that misses the area must not take the page away.
    for (const kind of ['dragover', 'drop']) addEventListener(kind, event => { if (files(event)) event.preventDefault() })
    for (const kind of ['dragenter', 'dragover']) area.addEventListener(kind, event => area.classList.toggle('cd-drop--over', files(event)))
    area.addEventListener('dragleave', event => { if (!area.contains(event.relatedTarget)) area.classList.remove('cd-drop--over') })
    area.addEventListener('drop', async event => {
      area.classList.remove('cd-drop--over')
      this.add(await dropped(event.dataTransfer))
    })
  }

  // add looks at the files, asks the server where they belong, and gives each a row.
  async add (files) {
    if (!files.length) return
    this.looking += files.length
    const hints = []
    for (const f of files) {
      hints.push(await hint(f, Number(this.form.dataset.most)))
      this.looking--
      this.sum()
    }
    const rows = files.map(({ file }) => new Row(file))
    for (const row of rows) this.list.append(row.element)
    this.rows.push(...rows)
    this.plan(files, hints, rows)
  }

  async plan (files, hints, rows) {
    const answer = await ask('POST', `${this.url}/uploads/plan`, this.csrf, { files: hints })
    if (!answer.ok) {
      for (const row of rows) row.fail(answer.sentence, () => { row.wait(); this.plan([files[rows.indexOf(row)]], [hints[rows.indexOf(row)]], [row]) })
      return this.settle()
    }
    const { files: plans, items } = answer.body
    rows.forEach((row, i) => this.sort({ row, hint: hints[i], items, upload: plans[i].upload || '', fields: {} }, plans[i], hints))
    this.next()
  }

  // sort sends what is sure and asks about the rest; what is asked holds up nothing else.
  sort (job, plan, hints) {
    const { row, items } = job
    const go = fields => { Object.assign(job.fields, fields); this.queue(job) }
    const leave = () => { row.skip('Left out.'); this.settle() }
    if (plan.skip) return row.skip(plan.skip)
    const belongs = () => {
      if (plan.paper) return row.choose(`Is this a new version of “${plan.paper_title}”?`, { items, first: plan.item, paper: plan.paper, title: plan.paper_title }, go, leave)
      if (!plan.sure) return row.choose('Which item does it belong to?', { items, first: plan.item }, go, leave)
      go({ item: plan.item })
    }
    if (plan.same) return row.doubt(plan.same, () => { job.fields.again = true; belongs() }, leave)
    if (plan.newer >= 0) return row.doubt(`A later version is in the folder too: ${hints[plan.newer].name}.`, belongs, leave)
    belongs()
  }

  queue (job) {
    job.row.wait()
    this.waiting.push(job)
    this.next()
  }

  // next starts what may start; each sending calls it again when it ends.
  next () {
    while (!this.paused && this.sending < atOnce && this.waiting.length) {
      this.sending++
      const job = this.waiting.shift()
      this.one(job).finally(() => { this.sending--; this.next() })
    }
    this.settle()
  }

  // turn stops what is on its way, or lets it go on from where it is.
  turn () {
    if (this.paused) this.abort = new AbortController()
    else this.abort.abort()
    this.button.textContent = this.paused ? 'Go on' : 'Pause'
    this.next()
  }

  // one sends what is missing of a file, then adds it. A broken line is waited for.
  async one (job) {
    const { row } = job
    for (let tries = 0; ; tries++) {
      const answer = await this.send(job, () => { tries = 0 })
      if (this.paused && answer.status === 0) {
        row.say('Paused')
        this.waiting.unshift(job)
        return
      }
      if (answer.ok) return this.follow(row, answer.body)
      if (answer.body.which) return row.choose(answer.sentence, { items: answer.body.which }, fields => { Object.assign(job.fields, fields); this.queue(job) }, () => this.drop(job))
      if (answer.body.same) return row.doubt(answer.sentence, () => { job.fields.again = true; this.queue(job) }, () => this.drop(job))
      if (answer.status === 0 || answer.status === 429 || answer.status >= 502 && answer.status !== 507) {
        row.say('No connection. Trying again')
        await Promise.race([later(tries), new Promise(resolve => addEventListener('online', resolve, { once: true }))])
        continue
      }
      const mayHelp = answer.status >= 500 || [401, 403, 408, 409].includes(answer.status)
      return row.fail(answer.sentence, mayHelp && (() => this.queue(job)))
    }
  }

  async send (job, moved) {
    const { row, hint } = job
    let state = job.upload ? await ask('GET', `/desk/uploads/${job.upload}`, this.csrf) : { status: 404 }
    if (state.status === 404) state = await ask('POST', `${this.url}/uploads`, this.csrf, hint)
    if (!state.ok) return state
    job.upload = state.body.id
    for (let at = state.body.received; at < row.file.size && !state.body.paper; at = state.body.received) {
      row.progress(at)
      state = await piece(`/desk/uploads/${job.upload}`, this.csrf, row.file, at, sent => { row.progress(at + sent); this.sum() }, this.abort.signal)
      if (!state.ok) return state
      moved()
    }
    row.progress(row.file.size)
    return ask('POST', `/desk/uploads/${job.upload}/add`, this.csrf, job.fields)
  }

  drop (job) {
    ask('POST', `/desk/uploads/${job.upload}/remove`, this.csrf)
    job.row.skip('Left out.')
    this.settle()
  }

  // follow shows how far the server has read the file; it does not hold one of the three places.
  follow (row, paper) {
    this.taken = true
    row.show(paper)
    this.poll(row, paper).then(() => this.settle())
  }

  async poll (row, paper) {
    for (let gap = 500; paper.state === 'checking';) {
      await pause(gap)
      const answer = await this.state(paper)
      if (answer.ok) {
        gap = Math.min(gap * 1.2, 3000)
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

  // state asks where a paper stands, one question at a time however many files there are.
  state (paper) {
    this.asked = this.asked.then(() => ask('GET', `/desk/papers/${encodeURIComponent(paper.id)}/state`, this.csrf))
    return this.asked
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
    const parts = [['ready', 'ready'], ['blocked', 'blocked'], ['ask', 'to be answered'], ['failed', 'not taken'], ['skipped', 'left out'], ['busy', 'on the way']]
    const words = parts.filter(([kind]) => count(kind)).map(([kind, word]) => `${count(kind)} ${word}`)
    const busy = this.sending + this.waiting.length > 0
    this.button.hidden = !busy
    const all = this.rows.filter(row => row.kind !== 'skipped')
    this.total.hidden = !busy
    this.total.max = all.reduce((sum, row) => sum + row.file.size, 0) || 1
    this.total.value = all.reduce((sum, row) => sum + row.sent, 0)
    let text = `${this.rows.length} ${this.rows.length === 1 ? 'file' : 'files'}: ${words.join(', ')}`
    if (this.looking) text = `Looking at the files. ${this.looking} to go`
    if (this.rows.length || this.looking) this.say(text, !busy && !this.looking)
  }

  say (text, now) {
    if (text === this.said || this.quiet && !now) return
    this.status.textContent = this.said = text
    clearTimeout(this.quiet)
    this.quiet = setTimeout(() => { this.quiet = 0; this.sum() }, 2000)
  }
}

for (const form of document.querySelectorAll('form[data-upload]')) new Upload(form)
