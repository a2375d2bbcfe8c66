// What a page does when its line ends: run by TestScripts (static/scripts_test.go), or by node --test.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { Line } from './line.js'

let sockets, timers, real

class Socket {
  static OPEN = 1
  readyState = 1
  heard = {}
  constructor (address) { this.address = String(address); sockets.push(this) }
  addEventListener (kind, f) { this.heard[kind] = f }
  close () {}
}

beforeEach(() => {
  real = { setTimeout, clearTimeout }
  sockets = []
  timers = []
  Object.assign(globalThis, {
    WebSocket: Socket, addEventListener () {}, location: { href: 'https://board.example/meetings/m/live' },
    setTimeout: (f, ms) => timers.push({ f, ms }), clearTimeout () {}
  })
})

afterEach(() => Object.assign(globalThis, real))

const hello = { data: '{"t":"hello","seq":5,"state":{}}' }

function page () {
  const said = []
  const line = new Line({ dataset: { seq: '5', socket: '/socket', poll: '/poll' } }, { frame () {}, event () {}, state: s => said.push(s) })
  line.start()
  return said
}

test('after a restart (1012) every page comes back after a pause of its own', () => {
  const pauses = []
  for (let n = 0; n < 300; n++) {
    const said = page()
    const socket = sockets.at(-1)
    socket.heard.message(hello)
    socket.heard.close({ code: 1012 })
    assert.equal(said.at(-1), 'off')
    const { f, ms } = timers.at(-1)
    pauses.push(ms)
    const before = sockets.length
    f()
    assert.equal(sockets.length, before + 1, 'it came back')
    assert.ok(sockets.at(-1).address.endsWith('/socket?since=5'), 'it goes on where it was')
  }
  assert.ok(Math.min(...pauses) >= 200 && Math.max(...pauses) <= 3000, 'between 0.2 and 3 seconds')
  for (const part of [0, 1, 2, 3, 4, 5, 6]) { // 300 pages spread over the whole time: in each 0.4 s some
    assert.ok(pauses.some(ms => ms >= 200 + part * 400 && ms < 600 + part * 400), `some come back in part ${part}`)
  }
})

test('a program that is still starting does not make the page give up its socket', () => {
  const said = page()
  for (let n = 0; n < 10; n++) {
    sockets.at(-1).heard.close({ code: 1012 })
    timers.at(-1).f()
  }
  assert.equal(sockets.length, 11)
  assert.ok(!said.includes('polling'))
})

test('where sockets are blocked it asks every few seconds', async () => {
  const asked = []
  globalThis.fetch = async address => { asked.push(String(address)); return { ok: true, json: async () => [JSON.parse(hello.data)] } }
  const said = page()
  sockets.at(-1).heard.close({ code: 1006 })
  timers.at(-1).f()
  sockets.at(-1).heard.close({ code: 1006 })
  await new Promise(resolve => setImmediate(resolve))
  assert.equal(asked.length, 1)
  assert.equal(said.at(-1), 'polling')
  assert.ok(timers.at(-1).ms >= 4000 && timers.at(-1).ms <= 6000)
})
