"""No answer is lost between two questions: a question asked while gradio's stream of answers ends is answered.

The instant is made here: a stand-in for the server in a real browser sends the stream's end while a question is on its
way, which by clicking happens about once in fifteen quick series of clicks.
"""

from pathlib import Path

import pytest
import workbench_app

SCRIPT = (Path(workbench_app.__file__).parent / "one_stream.js").read_text(encoding="utf-8")
SERVER = """() => {
  const answered = id => `data: {"msg": "process_completed", "event_id": "${id}"}\\n\\n`;
  const end = 'data: {"msg": "close_stream"}\\n\\n';
  const server = window.server = {streams: [], taken: []};
  window.fetch = async (input, init) => {
    const address = input instanceof Request ? input.url : input;
    if (address.endsWith('/other')) return new Response('other');
    if (address.includes('/queue/join')) return new Promise(take => server.taken.push(
      (id, status = 200) => take(new Response(JSON.stringify({event_id: id}), {status}))));
    let out;
    const body = new ReadableStream({start: controller => { out = controller; }});
    const say = text => out.enqueue(new TextEncoder().encode(text));
    server.streams.push({answer: id => say(answered(id)), end: () => { say(end); out.close(); }, say});
    return new Response(body, {headers: {'content-type': 'text/event-stream'}});
  };
}"""
CLIENT = """() => {
  const ask = async () => (await (await fetch('http://here/queue/join', {method: 'POST'})).json()).event_id;
  const heard = window.heard = [];
  window.ask = ask;
  window.listen = async () => {
    const answer = await fetch(new Request('http://here/queue/data?session_hash=s'));
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const {value, done} = await reader.read();
      if (done) return;
      heard.push(...value.split('\\n\\n').filter(Boolean).map(one => JSON.parse(one.slice(5))).map(
        one => one.event_id || one.msg));
    }
  };
}"""


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.goto("about:blank")
    page.evaluate(SERVER)
    page.evaluate(f"() => {{ {SCRIPT} }}")
    page.evaluate(CLIENT)
    page.evaluate("() => { ask(); }")
    page.evaluate("() => { server.taken[0]('first'); listen(); }")
    page.wait_for_function("() => server.streams.length === 1")
    yield page
    page.close()


def _heard(page, *wanted):
    page.wait_for_function("wanted => heard.join() === wanted", arg=",".join(wanted))


def test_the_end_comes_when_nothing_is_asked(page):
    page.evaluate("() => { server.streams[0].answer('first'); server.streams[0].end(); }")
    _heard(page, "first", "close_stream")
    assert page.evaluate("() => server.streams.length") == 1


@pytest.mark.parametrize("taken_first", [True, False])
def test_a_question_asked_at_the_end_is_answered(page, taken_first):
    page.evaluate("() => { ask(); }")
    page.wait_for_function("() => server.taken.length === 2")
    page.evaluate("() => server.streams[0].answer('first')")
    _heard(page, "first")
    if taken_first:
        page.evaluate("() => server.taken[1]('second')")
    page.evaluate("() => server.streams[0].end()")
    if not taken_first:
        page.evaluate("() => server.taken[1]('second')")
    page.wait_for_function("() => server.streams.length === 2")
    page.evaluate("() => { server.streams[1].answer('second'); server.streams[1].end(); }")
    _heard(page, "first", "second", "close_stream")


def test_an_answer_may_come_before_the_word_that_it_is_taken_and_in_pieces(page):
    page.evaluate("() => { ask(); }")
    page.wait_for_function("() => server.taken.length === 2")
    page.evaluate("""() => {
      server.streams[0].answer('first');
      server.streams[0].say('data: {"msg": "process_comp');
      server.streams[0].say('leted", "event_id": "second"}\\n');
      server.streams[0].say('\\n');
      server.streams[0].end();
      server.taken[1]('second');
    }""")
    _heard(page, "first", "second", "close_stream")


def test_a_refused_question_keeps_nothing_open(page):
    page.evaluate("() => { ask(); }")
    page.wait_for_function("() => server.taken.length === 2")
    page.evaluate(
        "() => { server.taken[1]('full', 503); server.streams[0].answer('first'); server.streams[0].end(); }"
    )
    _heard(page, "first", "close_stream")


def test_other_requests_pass(page):
    assert page.evaluate("async () => (await fetch('http://here/other')).text()") == "other"
