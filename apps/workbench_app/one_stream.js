/* gradio sends all answers of a page through one stream, which the server closes once it knows of no open question. A
   question that is asked while the word of the end is on its way finds the stream still open, and its answer is never
   fetched: the page waits for ever. So the end is passed on only when nothing is open here, too; else the stream is
   fetched anew, and gradio's client reads on without knowing. Stands in the head, before gradio's own scripts. */
(() => {
  const fetched = window.fetch;
  const asked = new Set(); // requests under way that ask a question
  const open = new Set(); // ids of questions without an answer
  const early = new Set(); // ids whose answer came before the server's word that the question is taken

  async function ask(...request) {
    const sent = fetched(...request);
    const settled = sent.then(async answer => {
      if (!answer.ok) return;
      const { event_id: id } = await answer.clone().json();
      if (!early.delete(id)) open.add(id);
    }).catch(() => null).finally(() => asked.delete(settled)); // gradio's client tells what went wrong
    asked.add(settled);
    await settled;
    return sent;
  }

  /** Notes what is answered by this message; true for the end of the stream. */
  function isEnd(message) {
    const said = message.startsWith('data:') ? JSON.parse(message.slice(5)) : {};
    if (said.msg === 'process_completed' && !open.delete(said.event_id)) early.add(said.event_id);
    return said.msg === 'close_stream';
  }

  /** All messages of the stream and of those that follow it, each with the blank line after it. */
  async function* messages(request, answer) {
    let rest = '', reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const parts = (rest + value).split('\n\n');
      rest = parts.pop();
      for (const part of parts) {
        if (!isEnd(part)) { yield part + '\n\n'; continue; }
        while (asked.size) await Promise.all(asked);
        if (!open.size) { yield part + '\n\n'; return; }
        const next = await fetched(request.clone());
        if (!next.ok) throw new Error(`the stream of answers: ${next.status}`);
        reader.cancel();
        [rest, reader] = ['', next.body.pipeThrough(new TextDecoderStream()).getReader()];
        break;
      }
    }
  }

  async function stream(request) {
    const answer = await fetched(request.clone());
    if (!answer.ok) return answer;
    const all = messages(request, answer), encoder = new TextEncoder();
    const body = new ReadableStream({
      async pull(out) {
        const { value, done } = await all.next();
        if (done) out.close(); else out.enqueue(encoder.encode(value));
      },
      cancel: () => all.return(),
    });
    return new Response(body, { status: answer.status, headers: answer.headers });
  }

  window.fetch = (input, init) => {
    const { pathname } = new URL(input instanceof Request ? input.url : input, document.baseURI);
    if (pathname.endsWith('/queue/join')) return ask(input, init);
    if (pathname.endsWith('/queue/data')) return stream(new Request(input, init));
    return fetched(input, init);
  };
})();
