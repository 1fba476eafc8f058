// The customer's phone: sends without leaving the page, says what was seen, quotes, records. Without it every form still works.

import '/live.js';

const phone = document.querySelector('.phone');
const customer = phone.dataset.customer;
const part = (name) => phone.querySelector(`[data-part="${name}"]`);
const scroll = part('scroll');
const composer = part('composer');
const text = composer.elements.namedItem('body');
const quote = composer.elements.namedItem('quote');
const state = part('state');

async function post(address, body) {
  const answer = await fetch(address, { method: 'POST', body, headers: { 'x-live': '1' } });
  if (!answer.ok) throw new Error(await answer.text());
}

const say = (words) => { state.textContent = words; };
const calm = () => say('Business account');

async function tried(action) {
  try {
    await action();
    calm();
    return true;
  } catch (error) {
    say(error instanceof TypeError ? 'Waiting for network…' : error.message);
    return false;
  }
}

// Writing

function grow() {
  text.rows = Math.min(6, text.value.split('\n').length);
}

function stopQuoting() {
  quote.value = '';
  part('quoting').hidden = true;
}

composer.addEventListener('submit', async (event) => {
  event.preventDefault();
  if (!text.value.trim()) return;
  const written = new URLSearchParams(new FormData(composer));
  const kept = text.value;
  text.value = '';
  grow();
  const sent = await tried(() => post('/send', written));
  if (sent) stopQuoting();
  else if (!text.value) text.value = kept;
  text.focus();
  toEnd();
});

text.addEventListener('input', grow);
text.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    composer.requestSubmit();
  }
});

// Files, samples, taps

const fileForm = part('file-form');
fileForm.addEventListener('change', () => tried(async () => {
  const form = new FormData(fileForm);
  fileForm.reset();
  await post('/file', form);
}));

phone.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-part="sample-form"], [data-part="tap-form"]')) return;
  event.preventDefault();
  tried(() => post(form.getAttribute('action'), new URLSearchParams(new FormData(form, event.submitter))));
});

phone.querySelector('#customer').addEventListener('change', (event) => event.target.form.requestSubmit());

// Quoting

phone.addEventListener('click', (event) => {
  const button = event.target.closest('[data-quote]');
  if (button) {
    const bubble = button.closest('.bubble');
    quote.value = button.dataset.quote;
    part('quoting-words').textContent = bubble.querySelector('.text, .kind, .paper, .place, .small')?.textContent.trim() || 'Photo';
    part('quoting').hidden = false;
    text.focus();
  } else if (event.target.closest('[data-part="unquote"]')) {
    stopQuoting();
    text.focus();
  }
});

// Looking: the business's messages are read when this page has really been in front of someone for a moment. A frame that
// is not shown is not looked at; what just came is not read in the same instant.

const JUST_CAME = 1800;
const JUST_SHOWN = 600;
let shown = false;
let looking = 0;

function seen() {
  looking = 0;
  if (shown && document.visibilityState === 'visible' && phone.querySelector('[data-unseen]')) {
    post('/seen', new URLSearchParams({ customer })).catch(() => {});
  }
}
function seenAfter(pause) {
  clearTimeout(looking);
  looking = setTimeout(seen, pause);
}
new IntersectionObserver(([entry]) => {
  shown = entry.isIntersecting;
  seenAfter(JUST_SHOWN);
}).observe(phone);

let atEnd = true;
function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
}
scroll.addEventListener('scroll', () => {
  atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 80;
});

phone.addEventListener('live-updated', () => {
  if (atEnd) toEnd();
  if (!looking) seenAfter(JUST_CAME);
});
// A picture becomes tall when it has loaded.
phone.addEventListener('load', () => { if (atEnd) toEnd(); }, true);
phone.addEventListener('live-gone', () => say('Waiting for network…'));
phone.addEventListener('live-back', calm);
document.addEventListener('visibilitychange', () => seenAfter(JUST_SHOWN));

// Recording, where the browser can make what a phone would send

const recordButton = part('record');
const format = 'audio/ogg;codecs=opus';
if (navigator.mediaDevices && window.MediaRecorder?.isTypeSupported(format)) {
  recordButton.hidden = false;
  let recorder = null;
  recordButton.addEventListener('click', () => tried(async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    const pieces = [];
    recorder = new MediaRecorder(stream, { mimeType: format });
    recorder.addEventListener('dataavailable', (event) => pieces.push(event.data));
    recorder.addEventListener('stop', () => {
      stream.getTracks().forEach((track) => track.stop());
      recorder = null;
      recordButton.classList.remove('on');
      recordButton.setAttribute('aria-label', 'Record a voice note');
      const form = new FormData();
      form.set('customer', customer);
      form.set('voice', '1');
      form.set('file', new Blob(pieces, { type: 'audio/ogg; codecs=opus' }), 'voice.ogg');
      tried(() => post('/file', form));
    });
    recorder.start();
    recordButton.classList.add('on');
    recordButton.setAttribute('aria-label', 'Stop and send');
  }));
}

toEnd();
