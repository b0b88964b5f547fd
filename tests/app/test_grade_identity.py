"""Who is grading; passwords and how wrong ones are slowed down."""

import json
import stat
import subprocess
import sys

import pytest
from argon2 import PasswordHasher, extract_parameters
from support.graded import CHEAP, known
from workbench_app.access import Access
from workbench_app.grade import passwords
from workbench_app.grade.identity import GRADER, Identity, secret
from workbench_app.grade.passwords import Passwords, set_password
from workbench_app.grade.store import Refused

from workbench.base.errors import BadInput

KEY = b"k" * 32


@pytest.fixture
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "HASHER", CHEAP)


# Cookies


def test_everybody_is_somebody_else_and_stays_the_same():
    identity = Identity(KEY, Passwords())
    cookies = [identity.new_grader() for _ in range(20)]
    graders = [identity.grader({GRADER: cookie}) for cookie in cookies]
    assert len(set(graders)) == 20
    assert Identity(KEY, Passwords()).grader({GRADER: cookies[0]}) == graders[0]  # after a restart


def test_a_cookie_cannot_be_made_up_or_changed():
    identity = Identity(KEY, Passwords())
    cookie = identity.new_grader()
    payload, signature = cookie.split(".")
    forged = [
        "",
        ".",
        payload,
        f"{payload}.",
        f"{payload}x.{signature}",
        f"account.ann.{signature}",
        f"{payload}.é",
        f"é.{signature}",
    ]
    forged += [Identity(b"another", Passwords()).new_grader(), Access(KEY, token="t" * 32).cookie()]
    assert [identity.known({GRADER: text}) for text in forged] == [None] * len(forged)


def test_without_cookies_the_session_tells_who_it_is_and_without_either_nobody_is():
    identity = Identity(KEY, Passwords())
    assert identity.grader({}, "session") == identity.grader({}, "session") != identity.grader({}, "another")
    assert "session" not in identity.grader({}, "session")
    with pytest.raises(Refused, match="Who is grading"):
        identity.grader({}, None)


def test_with_a_password_only_those_who_entered_count(cheap):
    before = Identity(KEY, Passwords()).new_grader()
    identity = Identity(KEY, known(graders={"": "correct horse"}))
    for cookies in ({}, {GRADER: before}):
        with pytest.raises(Refused, match="Enter the password"):
            identity.grader(cookies, "session")
    assert identity.grader({GRADER: identity.new_grader()})


def test_an_account_is_the_same_grader_everywhere_until_its_password_changes(cheap):
    identity = Identity(KEY, known(graders={"ann": "correct horse"}))
    cookie = identity.new_grader("ann")
    assert (
        identity.grader({GRADER: cookie})
        == identity.grader({GRADER: identity.new_grader("ann")})
        == "account.ann"
    )
    for changed in ({"ann": "another horse"}, {"bob": "correct horse"}):
        with pytest.raises(Refused):
            Identity(KEY, known(graders=changed)).grader({GRADER: cookie})
    anonymous = Identity(KEY, Passwords()).new_grader()
    with pytest.raises(Refused):
        identity.grader({GRADER: anonymous})


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    key = secret(tmp_path)
    assert secret(tmp_path) == key
    assert len(key) == 32
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    (tmp_path / "secret").write_bytes(b"")
    with pytest.raises(BadInput, match="damaged"):
        secret(tmp_path)


# Passwords


def test_a_password_is_known_by_its_salted_argon2_hash_only(tmp_path):
    for name in ("a", "b"):
        set_password(tmp_path / "p.json", "graders", name, "correct horse")
    one, two = json.loads((tmp_path / "p.json").read_text())["graders"].values()
    assert one != two
    assert "correct" not in one
    assert PasswordHasher().verify(one, "correct horse")
    assert extract_parameters(one).memory_cost >= 19 * 1024  # KiB, what OWASP asks for at least


def test_wrong_guesses_are_slowed_down_for_their_address_only(cheap):
    now = [0.0]
    guarded = known(lambda: now[0], results={"": "correct horse"})
    for _ in range(passwords.GUESSES):
        with pytest.raises(Refused, match="Wrong password"):
            guarded.check("results", "", "guess", "1.1.1.1")
    with pytest.raises(Refused, match=r"Too many wrong passwords\. Try again in 60 s"):
        guarded.check("results", "", "correct horse", "1.1.1.1")
    guarded.check("results", "", "correct horse", "2.2.2.2")
    now[0] = 61
    guarded.check("results", "", "correct horse", "1.1.1.1")


def test_guesses_at_one_account_are_slowed_down_wherever_they_come_from(cheap):
    guarded = known(lambda: 0.0, graders={"ann": "correct horse", "bob": "battery staple"})
    for n in range(passwords.ACCOUNT_GUESSES):
        with pytest.raises(Refused, match="Wrong"):
            guarded.check("graders", "ann", "guess", f"1.1.1.{n}")
    with pytest.raises(Refused, match="Too many"):
        guarded.check("graders", "ann", "correct horse", "2.2.2.2")
    guarded.check("graders", "bob", "battery staple", "2.2.2.2")


def test_one_network_of_ipv6_is_one_visitor(cheap):
    guarded = known(lambda: 0.0, results={"": "correct horse"})
    for n in range(passwords.GUESSES):
        with pytest.raises(Refused, match="Wrong"):
            guarded.check("results", "", "guess", f"2001:db8::{n}")
    with pytest.raises(Refused, match="Too many"):
        guarded.check("results", "", "guess", "2001:db8::ffff")
    guarded.check("results", "", "correct horse", "2001:db8:1::1")


def test_guesses_from_everywhere_at_everybody_are_slowed_down_too(cheap):
    guarded = known(lambda: 0.0, graders={str(n): "correct horse" for n in range(passwords.MOST_GUESSES)})
    for n in range(passwords.MOST_GUESSES):
        with pytest.raises(Refused, match="Wrong"):
            guarded.check("graders", str(n), "guess", f"1.1.1.{n}")
    with pytest.raises(Refused, match="Too many"):
        guarded.check("graders", "0", "guess", "2.2.2.2")


def test_roles_and_names_are_apart(cheap):
    guarded = known(results={"": "for results"}, graders={"ann": "for ann"})
    for role, name, password in (
        ("results", "", "for ann"), ("graders", "", "for ann"), ("graders", "bob", "for ann"),
        ("graders", "ann", "for results"), ("graders", "ann", ""), ("graders", "ann", "for ann" + "x" * 500),
    ):  # fmt: skip
        with pytest.raises(Refused):
            guarded.check(role, name, password, f"{role} {name} {password}")
    guarded.check("graders", "ann", "for ann", "here")


def test_the_file_is_written_by_the_command_and_holds_no_password(tmp_path):
    file = tmp_path / "passwords.json"
    command = [sys.executable, "-m", "workbench", "passwords", file]
    for arguments, password in ((["graders", "ann"], "correct horse\n"), (["results"], "battery staple\n")):
        subprocess.run([*command, *arguments], input=password, text=True, check=True)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "horse" not in file.read_text()
    read = Passwords.open(file)
    assert (read.asked("graders"), read.asked("results"), read.named()) == (True, True, True)
    read.check("results", "", "battery staple", "here")
    short = subprocess.run([*command, "results"], input="short\n", text=True, capture_output=True)
    assert short.returncode == 2
    assert "8 to 200 characters" in short.stderr


def test_hashes_of_an_earlier_version_are_refused_with_the_way_to_renew_them(tmp_path, cheap):
    file = tmp_path / "passwords.json"
    old = "scrypt$16384$8$1$00112233445566778899aabbccddeeff$" + "0" * 64
    file.write_text(json.dumps({"graders": {"ann": old, "bob": old}}))
    with pytest.raises(
        BadInput, match=r"earlier version \(graders ann, graders bob\).*passwords .* graders ann"
    ):
        Passwords.open(file)
    for name in ("ann", "bob"):
        set_password(file, "graders", name, "correct horse")
    Passwords.open(file).check("graders", "bob", "correct horse", "here")


@pytest.mark.parametrize(
    "content",
    [None, "", "[]", "{}x", '{"graders": {}}', '{"other": {"": "x"}}', '{"results": {"": "plain"}}'],
)
def test_a_lost_or_damaged_file_opens_no_door(tmp_path, content):
    file = tmp_path / "passwords.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(BadInput, match="no file of passwords"):
        Passwords.open(file)


@pytest.mark.parametrize(
    ("role", "name"), [("admin", ""), ("results", "ann"), ("graders", "a b"), ("graders", "<b>")]
)
def test_odd_roles_and_names_are_refused(tmp_path, role, name):
    with pytest.raises(BadInput, match="a role of"):
        set_password(tmp_path / "p.json", role, name, "correct horse")
    assert json.dumps(sorted(p.name for p in tmp_path.iterdir())) == "[]"
