// The file is read and hashed here and goes nowhere: only its fingerprint is asked for.
const form = document.querySelector('[data-verify]')
const drop = form.querySelector('[data-drop]')
const doing = form.querySelector('[data-doing]')

async function check (file) {
  doing.textContent = 'Computing the fingerprint of ' + file.name
  try {
    const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', await file.arrayBuffer()))
    form.elements.sha256.value = Array.from(sum, b => b.toString(16).padStart(2, '0')).join('')
    form.requestSubmit()
  } catch {
    doing.textContent = 'This file could not be read. Choose it again, or paste its fingerprint.'
  }
}

if (window.crypto?.subtle) {
  drop.hidden = false
  drop.querySelector('input').addEventListener('change', e => { if (e.target.files[0]) check(e.target.files[0]) })
  document.addEventListener('dragover', e => { e.preventDefault() })
  document.addEventListener('drop', e => { e.preventDefault(); if (e.dataTransfer.files[0]) check(e.dataTransfer.files[0]) })
}
