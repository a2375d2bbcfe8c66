// The line to a room: a socket where there can be one, asking every few seconds where not. It gives each frame to
// frame() and each event to event() in the order of their numbers, each once, and says how things stand to state().
const pause = (from, to) => (from + Math.random() * (to - from)) * 1000

export class Line {
  // on: { frame, event, state }. state gets 'connected', 'polling' or 'off'.
  constructor (main, on) {
    this.on = on
    this.seq = Number(main.dataset.seq ?? -1)
    this.socketAddress = new URL(main.dataset.socket, location.href)
    this.socketAddress.protocol = this.socketAddress.protocol.replace('http', 'ws')
    this.pollAddress = new URL(main.dataset.poll, location.href)
    this.failures = 0 // sockets in a row that brought nothing
    this.whole = false // this page has had its hello or its own side
  }

  start () {
    addEventListener('online', () => { if (!this.socket) this.soon(0.1, 1) })
    addEventListener('pagehide', () => this.socket?.close())
    addEventListener('pageshow', event => { if (event.persisted) this.soon(0, 0.1) })
    this.open()
  }

  /** Sends a command. False when there is no socket just now: the caller keeps it. */
  send (command) {
    if (this.socket?.readyState !== WebSocket.OPEN || !this.heard) return false
    this.socket.send(JSON.stringify(command))
    return true
  }

  get polling () { return this.mode === 'polling' }

  // say tells every look of a poll too: what waits may be sent then.
  say (mode) {
    if (mode === this.mode && mode !== 'polling') return
    this.mode = mode
    this.on.state(mode)
  }

  soon (from, to) {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.open(), pause(from, to))
  }

  open () {
    clearTimeout(this.timer)
    if (this.socket) return
    this.heard = false
    if (this.seq >= 0) this.socketAddress.searchParams.set('since', this.seq)
    let socket
    try { socket = new WebSocket(this.socketAddress, 'clearday.live.v1') } catch { return this.lost(0) }
    this.socket = socket
    const late = setTimeout(() => socket.close(), 15000) // a proxy that takes it and says nothing
    socket.addEventListener('message', event => {
      clearTimeout(late)
      this.heard = true
      this.failures = 0
      this.take(JSON.parse(event.data))
      this.say('connected')
    })
    socket.addEventListener('close', event => {
      clearTimeout(late)
      if (this.socket !== socket) return
      this.socket = null
      this.lost(event.code)
    })
  }

  lost (code) {
    if (code === 1012) { // the service restarts: everybody comes back, not all at once
      this.say('off')
      return this.soon(0.2, 3)
    }
    if (!this.heard) this.failures++
    if (this.failures >= 2) return this.poll()
    this.say('off')
    this.soon(0.5, 2 ** Math.min(this.failures + 1, 5))
  }

  // poll asks for what is new. After each dozen it tries a socket again.
  async poll () {
    clearTimeout(this.timer)
    if (this.failures++ % 12 === 11) return this.open()
    const address = new URL(this.pollAddress)
    if (this.seq >= 0 && this.whole) address.searchParams.set('since', this.seq)
    try {
      const answer = await fetch(address, { headers: { Accept: 'application/json' }, cache: 'no-store' })
      if (!answer.ok) throw new Error(String(answer.status))
      const body = await answer.json()
      for (const frame of Array.isArray(body) ? body : body.frames || []) this.take(frame)
      this.say('polling')
    } catch {
      this.say('off')
    }
    this.timer = setTimeout(() => this.poll(), pause(4, 6))
  }

  take (frame) {
    if (frame.t === 'hello' || frame.t === 'you') this.whole = true
    if (frame.t === 'hello') this.seq = frame.seq
    if (frame.t === 'resume' || frame.t === 'events') {
      for (const event of frame.events) {
        if (event.seq <= this.seq) continue
        this.seq = event.seq
        this.on.event(event)
      }
    }
    this.on.frame(frame)
  }
}
