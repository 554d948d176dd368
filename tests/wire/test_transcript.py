from tests.wire.transcript import names, parse, read, resolve


def test_resolve_puts_statics_in_the_place_of_references():
    rendered = {
        "0": {"s": 0, "k": {"0": {"0": {"0": "x", "s": 1}}, "1": [0, {"0": "y"}], "kc": 2}},
        "s": 1,
        "r": 1,
        "p": {"0": ["<li>", "</li>"], "1": ["<ul>", "</ul>"]},
        "c": {"1": {"0": {"s": 0}, "s": -1}},
        "t": "title",
        "e": [["named", {"s": 0}]],
    }
    assert resolve(rendered) == {
        "0": {
            "s": ["<li>", "</li>"],
            "k": {
                "0": {"0": {"0": "x", "s": ["<ul>", "</ul>"]}},
                "1": [0, {"0": "y"}],
                "kc": 2,
            },
        },
        "s": ["<ul>", "</ul>"],
        "r": 1,
        "c": {"1": {"0": {"s": ["<li>", "</li>"]}, "s": -1}},
        "t": "title",
        "e": [["named", {"s": 0}]],
    }


def test_lines_are_parsed_by_their_mark():
    frame = parse('WS< ["4",null,"lv:x","diff",{"0":"1"}]')
    assert frame.kind == "received"
    assert frame.frame == ["4", None, "lv:x", "diff", {"0": "1"}]
    assert parse("WS> hello").frame is None
    assert parse("WS> BINARY 0001ff").binary == b"\x00\x01\xff"
    response = parse('HTTP< 200 {"content-type":"text/html"} "<p>\\n"')
    assert (response.status, response.headers, response.body) == (
        200,
        {"content-type": "text/html"},
        "<p>\n",
    )
    request = parse('HTTP> POST /live/longpoll?vsn=2.0.0 ["4"]')
    assert (request.method, request.url, request.body) == (
        "POST",
        "/live/longpoll?vsn=2.0.0",
        '["4"]',
    )


def test_every_transcript_is_readable():
    for name in names():
        transcript = read(name)
        assert transcript.title.startswith(name)
        assert list(transcript.lines)
        for rendered in transcript.joins:
            assert isinstance(rendered["s"], list)
            assert "p" not in rendered
        for line in transcript.lines:
            match line.frame:
                case [_, _, _, "phx_reply", {"response": {"diff": diff}}] | [_, _, _, "diff", diff]:
                    resolve(diff)
                case _:
                    pass


def test_a_step_has_its_frames_in_order():
    step = read("js").step("click #push")
    assert [frame[3] for frame in step.sent] == ["event"]
    assert step.received[0][4]["response"]["diff"]["2"]["0"] == "1"
    assert "phx-connected" in (read("js").steps[-1].dom or "")
