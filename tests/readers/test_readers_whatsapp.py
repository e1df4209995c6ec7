"""Chats of WhatsApp: which of two days, whose words, which lines are nobody's."""

from __future__ import annotations

import time
import zipfile

import pytest
from imports import answering, left_out, rows

from outsourcing_kit.exceptions import OutsourcingKitError
from outsourcing_kit.readers.importing import OpenQuestions, plan_import


def chat(path, *lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_an_iphones(imported):
    plan = imported("whatsapp_ios_chat.txt", dates="day first", zone="Manila")
    messages = rows(plan, "messages")
    # The second line belongs to the message before it, and a picture is a message, too.
    assert [(row["sender"], row["sent"]) for row in messages] == [
        ("p02", "2026-03-03T13:05:11+00:00"), ("p01", "2026-03-03T14:20:40+00:00"),
        ("p03", "2026-03-03T14:21:02+00:00"), ("p01", "2026-03-06T14:40:00+00:00"),
    ]  # fmt: skip
    # Among three a question that calls nobody is open to both readings.
    assert "needs_answer" not in messages[0]
    assert [(row["giver"], row["receiver"]) for row in rows(plan, "recognition")] == [("p01", "p03")]


def test_an_android_phones(imported):
    plan = imported("whatsapp_android.txt", dates="month first", zone="Manila")
    assert [(row["sender"], row["sent"], row["needs_answer"]) for row in rows(plan, "messages")] == [
        ("p02", "2026-03-03T13:05:00+00:00", "yes"), ("p01", "2026-03-03T14:20:00+00:00", "no"),
        ("p01", "2026-03-06T14:40:00+00:00", "no"),
    ]  # fmt: skip
    assert left_out(plan) == {"lines that WhatsApp wrote itself": 1}
    # Mark is thanked, and he is not in the chat: nobody else is thanked in his place.
    assert rows(plan, "recognition") == []


def test_which_day_is_asked_unless_the_chat_would_go_back_in_time(tmp_path):
    both = chat(tmp_path / "a.txt", "3/3/26, 9:05 PM - Joy: Hello", "3/4/26, 9:05 PM - Ines: Hello")
    with pytest.raises(OpenQuestions, match="3/3/26"):
        plan_import(tmp_path / "ours", [both])
    back = chat(tmp_path / "b.txt", "9/3/26, 9:05 PM - Joy: Hello", "3/4/26, 9:05 PM - Ines: Hello")
    plan = plan_import(tmp_path / "ours", [back], prompt=answering(zone="UTC"))
    assert [row["sent"][:10] for row in rows(plan, "messages")] == ["2026-03-09", "2026-04-03"]


@pytest.mark.parametrize(
    ("line", "sent"),
    [
        ("[31.03.26, 21:05:11] Joy: Hallo", "2026-03-31T21:05:11+00:00"),
        ("\u200e[2026-03-31, 9:05:11\u202fPM] ~\u00a0Joy: Hello", "2026-03-31T21:05:11+00:00"),
        ("31/03/2026, 21:05 - Joy: Hola: ya", "2026-03-31T21:05:00+00:00"),
        ("31/03/26 9:05 p. m. - Joy: Hola", "2026-03-31T21:05:00+00:00"),
        ("31.3.2026 klo 21.05 - Joy: Hei", None),
        ("31.3.2026, 21.05 - Joy: Hei", "2026-03-31T21:05:00+00:00"),
    ],
)
def test_regional_formats(tmp_path, line, sent):
    path = chat(tmp_path / "a.txt", line)
    if sent is None:
        with pytest.raises(OutsourcingKitError, match="no reader knows"):
            plan_import(tmp_path / "ours", [path], prompt=answering(zone="UTC"))
    else:
        plan = plan_import(tmp_path / "ours", [path], prompt=answering(zone="UTC"))
        assert [row["sent"] for row in rows(plan, "messages")] == [sent]


def test_no_word_of_the_chat_is_kept(tmp_path):
    path = chat(
        tmp_path / "a.txt", "31/03/26, 21:05 - Joy: my bank code is 1234?", "31/03/26, 21:06 - Ines: Thanks Joy"
    )
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(zone="UTC"))
    assert not any("1234" in text or "Joy" in text for text in plan.texts.values())


def test_what_an_iphone_writes_in_the_groups_name_is_nobodys(tmp_path):
    path = chat(
        tmp_path / "_chat.txt", "[31/03/26, 21:05:11] Desk: \u200eMessages and calls are end-to-end encrypted.",
        "[31/03/26, 21:05:12] Desk: \u200eInes created this group", "[31/03/26, 21:06:00] Ines: Hello",
        "\u200e[31/03/26, 21:07:00] Joy: \u200eimage omitted",
    )  # fmt: skip
    with zipfile.ZipFile(tmp_path / "chat.zip", "w") as archive:
        archive.write(path, "_chat.txt")
        archive.writestr("photo.jpg", b"x")
    for file in (path, tmp_path / "chat.zip"):
        plan = plan_import(tmp_path / "ours", [file], prompt=answering(zone="UTC"))
        assert [(row["sender"], row["recipient"]) for row in rows(plan, "messages")] == [
            ("p01", "p02"), ("p02", "p01"),
        ]  # fmt: skip
        assert left_out(plan) == {"lines that WhatsApp wrote itself": 2}


def test_between_two_the_first_line_is_in_the_others_name(tmp_path):
    notice = "[31/03/26, 21:05:11] Joy: \u200eMessages and calls are end-to-end encrypted."
    path = chat(tmp_path / "a.txt", notice, "[31/03/26, 21:06:00] Ines: Hello", "[31/03/26, 21:07:00] Joy: Hello")
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(zone="UTC"))
    assert [row["sender"] for row in rows(plan, "messages")] == ["p01", "p02"]


def test_of_sixteen_thousand_people_the_import_says_so_at_once(tmp_path):
    lines = (f"31/03/26, 21:05 - Person{n} Name: {'person ' * 6}" for n in range(16_000))
    begun = time.process_time()
    with pytest.raises(OutsourcingKitError, match="name 16,000 people"):
        plan_import(tmp_path / "ours", [chat(tmp_path / "a.txt", *lines)], prompt=answering(zone="UTC"))
    assert time.process_time() - begun < 6


def test_the_same_words_twice_in_a_minute_are_two_messages(tmp_path):
    path = chat(tmp_path / "a.txt", *["31/03/26, 21:05 - Joy: ok"] * 3, "31/03/26, 21:06 - Ines: ok")
    plan = plan_import(tmp_path / "ours", [path], prompt=answering(zone="UTC"))
    assert len({row["message"] for row in rows(plan, "messages")}) == 4
