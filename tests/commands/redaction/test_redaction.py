import random
import string
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.cases import each_case
from tests.support.growth import assert_grows_linearly, assert_takes_at_most
from zigtui.commands.redaction import Redactor

WORD = "Hunter2Fish"
DIGITS = random.Random(7)
PATHS = ["/home/kimberly/src/shop", "./flow.zwf"]


def made_up(length: int, characters: str = string.ascii_letters + string.digits) -> str:
    """Random characters. They are generated, so that scanners do not report a token in this file."""
    return "".join(DIGITS.choice(characters) for _ in range(length))


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(PATHS, "/data/people/alice", "alice")


TOKENS = {
    "github-token": ["gh" + "p_" + made_up(36), "github" + "_pat_" + made_up(22) + "_" + made_up(59)],
    "gitlab-token": ["gl" + "pat-" + made_up(20)],
    "npm-token": ["npm" + "_" + made_up(36)],
    "pypi-token": ["pypi-" + "AgEIcHlwaS5vcmc" + made_up(80)],
    "anthropic-key": ["sk-" + "ant-api03-" + made_up(95)],
    "openai-key": ["sk-" + "proj-" + made_up(100)],
    "api-key": ["sk-" + made_up(20) + "T3" + made_up(26), "gsk" + "_" + made_up(52), "xai" + "-" + made_up(80)],
    "huggingface-token": ["hf" + "_" + made_up(34)],
    "aws-key": ["AKIA" + made_up(16, string.ascii_uppercase), "ASIA" + made_up(16, string.ascii_uppercase)],
    "google-key": ["AIza" + made_up(35)],
    "google-token": ["ya29" + "." + made_up(60)],
    "azure-secret": [made_up(3) + "8Q~" + made_up(34)],
    "digitalocean-token": ["dop" + "_v1_" + made_up(64, "0123456789abcdef")],
    "slack-token": ["xox" + "b-123456789012-123456789012-" + made_up(24)],
    "slack-webhook": ["https://hooks.slack.com/services/T0" + made_up(8) + "/B0" + made_up(8) + "/" + made_up(24)],
    "telegram-token": ["123456789" + ":AA" + made_up(33)],
    "stripe-key": ["sk" + "_live_" + made_up(24), "whsec" + "_" + made_up(32)],
    "sendgrid-key": ["SG" + "." + made_up(22) + "." + made_up(43)],
    "twilio-key": ["SK" + made_up(32, "0123456789abcdef")],
    "databricks-token": ["dapi" + made_up(32, "0123456789abcdef")],
    "vault-token": ["hvs" + "." + made_up(90)],
    "jwt": ["eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + made_up(43)],
}


@each_case(("kind", "token"), [(kind, token) for kind, tokens in TOKENS.items() for token in tokens])
def test_tokens_are_recognized_by_their_form(redactor: Redactor, kind: str, token: str) -> None:
    for text in (token, f"using {token} now", f'"{token}"', f"a\\n{token}\\n", f"({token}),", f"x={token}&y=1"):
        redacted = redactor.text(text)
        assert token not in redacted
        assert token[-12:] not in redacted
        assert f"[redacted: {kind}]" in redacted


@each_case(
    ("text", "expected"),
    [
        (f"password={WORD}", "password=[redacted: password]"),
        ("password=1234", "password=[redacted: password]"),
        ("password=secret", "password=[redacted: password]"),
        ('password = "required(1)"', 'password = "[redacted: password]"'),
        ("password=ab1(cd", "password=[redacted: password]"),
        ("password=$2b$12$abcdef", "password=[redacted: password]"),
        (f"PGPASSWORD={WORD} psql", "PGPASSWORD=[redacted: password] psql"),
        (f"net user do {WORD} /add", "net user do [redacted: password] /add"),
        ("net user Will hunterfish", "net user Will [redacted: password]"),
        (f"smtp pass: Kd8s/Hjkl/{WORD}", "smtp pass: [redacted: password]"),
        ("Pass: coffee/Beans22", "Pass: [redacted: password]"),
        (f"ok pass: Test{WORD}", "ok pass: [redacted: password]"),
        (f"pass: {WORD} 2s", "pass: [redacted: password] 2s"),
        (f"Password: {WORD}", "Password: [redacted: password]"),
        ("db.password='it is a secret'", "db.password='[redacted: password]'"),
        (f"password=b'{WORD}'", "password=b'[redacted: password]'"),
        (f'password={WORD}"and;more,of=it', "password=[redacted: password],of=it"),
        (f'{{"password": "{WORD} two", "x": 1}}', '{"password": "[redacted: password]", "x": 1}'),
        (rf"{{\"password\": \"a\\\"{WORD}\", \"x\": 1}}", r"{\"password\": \"[redacted: password]\", \"x\": 1}"),
        (f'"password": "{WORD} without an end', '"password": "[redacted: password]'),
        (f"<password>{WORD}</password>", "<password>[redacted: password]</password>"),
        (f"url?token={WORD}&user=7", "url?token=[redacted: token]&user=7"),
        (f"Server=x;Password={WORD};Database=y", "Server=x;Password=[redacted: password];Database=y"),
        (f"mysql --password {WORD} db", "mysql --password [redacted: password] db"),
        (f"['mysql', '--password', '{WORD}', 'db']", "['mysql', '--password', '[redacted: password]', 'db']"),
        (f"mysql -u root -p{WORD} db", "mysql -u root -p[redacted: password] db"),
        (f"curl -u kim:{WORD} https://a.example", "curl -u [redacted: credentials] https://a.example"),
        (f"curl -H 'Authorization: Bearer {WORD}'", "curl -H 'Authorization: Bearer [redacted: authorization]'"),
        (f'{{"Authorization": "Basic {WORD}"}}', '{"Authorization": "Basic [redacted: authorization]"}'),
        (f'Authorization: Digest username="kim", response="{WORD}"', "Authorization: [redacted: authorization]"),
        (f"got bearer {WORD}", "got bearer [redacted: authorization]"),
        (f"X-Api-Key: {WORD}", "X-Api-Key: [redacted: key]"),
        (f"Set-Cookie: sid={WORD}; Path=/", "Set-Cookie: [redacted: cookie]"),
        (f"postgres://kim:{WORD}@db.example/x", "postgres://[redacted: credentials]@db.example/x"),
        (f"redis://:{WORD}@h:6379/0", "redis://[redacted: credentials]@h:6379/0"),
        (f"the password is {WORD}.", "the password is [redacted: password]"),
        ("token 9fK2mQ8xLw4Rt7Zp3Vb6", "token [redacted: token]"),
        ("aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYabcdefghij", "aws_secret_access_key = [redacted: key]"),
        ("mail kim.b@example.com now", "mail [redacted: email] now"),
        ("DB_PASS=dbpass", "DB_PASS=[redacted: password]"),
        ("apikey k3yk3", "apikey [redacted: key]"),
        ("DB_PASS=dbpassX91", "DB_PASS=[redacted: password]"),
        (f"SECRET_KEY_BASE={WORD}", "SECRET_KEY_BASE=[redacted: key]"),
        (f"RAILS_SECRET_KEY_BASE: {WORD}", "RAILS_SECRET_KEY_BASE: [redacted: key]"),
        ("client-key-data: LS0tLS1CRUdJTiBSU0E", "client-key-data: [redacted: key]"),
        ("machine x login jane password netrcPw55", "machine x login jane password [redacted: password]"),
        ("  password netrcPw55", "  password [redacted: password]"),
        ("TOKEN=abc123", "TOKEN=[redacted: token]"),
        ("MY_TOKEN=8f3kd9", "MY_TOKEN=[redacted: token]"),
        ("MY_TOKEN: 8f3kd9", "MY_TOKEN: [redacted: token]"),
        ("otp=123456", "otp=[redacted: credential]"),
        ("PIN=1234", "PIN=[redacted: credential]"),
        ("apikey k3yk3yk3yk3y", "apikey [redacted: key]"),
        (f"private key: 0x{'4c0883a6' * 8}", "private key: [redacted: key]"),
        (f"the key of the wallet is 0x{'4c0883a6' * 8}.", "the key of the wallet is [redacted: key]."),
        (f"(0) 0x{'4c0883a6' * 8}", "(0) [redacted: key]"),
    ],
)
def test_secrets_are_recognized_by_the_text_before_them(redactor: Redactor, text: str, expected: str) -> None:
    assert redactor.text(text) == expected


@each_case(
    ("text", "expected"),
    [
        ("/home/kimberly/src/shop/x.py", "~/src/shop/x.py"),
        ("file:///home/kimberly", "file://~"),
        ("PATH=/home/kimberly/bin:/usr/bin", "PATH=~/bin:/usr/bin"),
        ("/data/people/alice/x", "~/x"),
        ("/data/people/alice2/x", "/data/people/alice2/x"),
        ("/Users/someone/x", "~/x"),
        (r"C:\Users\someone\x", r"~\x"),
        (r'"C:\\Users\\someone\\x"', r'"~\\x"'),
        ("/mnt/c/Users/someone/x", "~/x"),
        ("cd ~someone/x", "cd ~/x"),
        (r"~someone\x", r"~\x"),
        ("projects/home-someone-src-shop/logs", "projects/~-src-shop/logs"),
        ("~/.claude/projects/-Users-someone-src/a.jsonl", "~/.claude/projects/~-src/a.jsonl"),
        ("file:///C:/Users/someone/x", "file:///~/x"),
        ("projects/home-kimberly-src-shop/logs", "projects/~-src-shop/logs"),
        ("/tmp/pytest-of-alice/pytest-0", "/tmp/pytest-of-[redacted: user]/pytest-0"),
        ("/media/kimberly/disk", "/media/[redacted: user]/disk"),
        ("/x/home/dev/proj", "~/proj"),
        ("/tmp/x/home/someone", "~"),
        ("in /tmp/job-7/root/home/someone/proj/x", "in ~/proj/x"),
        ("alice@laptop:~$ ls", "[redacted: user]@laptop:~$ ls"),
    ],
)
def test_homes_and_names_in_paths_are_masked(redactor: Redactor, text: str, expected: str) -> None:
    assert redactor.text(text) == expected


@each_case(
    "form",
    [
        "PASSWORD: @-PASSWORD: @",
        "passwd: @-passwd: @",
        "password=@-password= @",
        "password=\r@-password=\r@",
        "PASSWORD: @,PASSWORD: @",
        "TOKEN: @-x-TOKEN: @-TOKEN: @",
        "Proxy-Authorization: Basic @-Proxy-Authorization: Basic @",
        "authorization: @-authorization: @",
        "zig-user=@%40example.com-user=@%40example.com",
        "zig-user=@@example.com-user=@@example.com",
    ],
)
def test_each_of_several_secrets_is_masked(redactor: Redactor, form: str) -> None:
    secrets = [f"{made_up(5)}{number}x7{made_up(9)}" for number in range(form.count("@"))]
    text = form.replace("@@", "\0@").replace("\0@", "@%40") if "@@" in form else form
    for secret in secrets:
        text = text.replace("@", secret, 1)
    redacted = redactor.text(text.replace("%40", "@") if "@@" in form else text)
    assert [secret for secret in secrets if secret in redacted] == []


def test_a_flag_in_a_path_announces_a_secret(redactor: Redactor) -> None:
    for path in ("/data/run --password s3cretCliPw", "/data/--password s3cretCliPw/x", "/d/--password=s3cretCliPw"):
        assert "s3cretCliPw" not in redactor.text(path)
        assert "s3cretCliPw" not in redactor.text(f"in {path}")


def test_a_path_is_masked_like_any_other_text(redactor: Redactor) -> None:
    path = f"/data/export API_TOKEN={made_up(14)}7/password={WORD}/logs/sessions/x.jsonl"
    masked = redactor.text(path)
    assert redactor.value({"log_path": path, "cwd": path}) == {"log_path": masked, "cwd": masked}
    assert masked == "/data/export API_TOKEN=[redacted: token]"


@each_case(
    "text",
    [
        "about ~5/6 of them, HEAD~1/x, a~b/c, ~root/x, ~/x",
        "projects/home-page/x my-home-page-x -home-x",
        "tokens: 34767 in / 6117 out, cost=$0.0891",
        "commit 3f786850e387550fdab836ed7e6dc881de23001b",
        "session 0b5c3d52-6a0f-4a39-9d7f-2f8f6f1f7a11",
        "poetry.lock sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        '"integrity": "sha512-abcDEF123/+abcDEF123abcDEF123abcDEF123abcDEF123abcDEF123abcDEF123abcDEF123abcDEF12=="',
        "max_tokens=4096, token_count: 12345678",
        "SyntaxError: Unexpected token: }",
        "def f(password: str) -> None:",
        "password = os.environ['DB_PASSWORD']",
        "password: ${{ secrets.DB_PASSWORD }}",
        "token = get_token()",
        "token = self.token",
        "running tests/test_password_reset_v2.py::test_token_refresh ... ok",
        "cache key: Linux-npm-3f786850e387550fdab836ed7e6dc881",
        "git@github.com:owner/repo.git",
        "https://cdn.example/npm/pkg@1.2.3/x.js and @types/node@18.0.0-beta.rc",
        "http://localhost:5173/@vite/client",
        "https://example.com/home/news",
        "PWD=/src/shop",
        "invalid password: must contain a digit",
        "bearer authentication is used, and the token must not be empty",
        "use --token to pass it, or --password-stdin",
        "mkdir -p src/dir && cp -a x y && docker run -p 8080:80 x",
        "API_KEY=<your key> password=$DB_PASS password: '***'",
        "secrets: inherit",
        "tokens: 10 in / 2 out",
        "token: expected ;",
        "pin=internal pin=D7 spin=1 pinning=1234 mapping: 1234",
        "first-pass: done, tests_pass=12 no_pass: 3/4 pass: 12",
        f"transaction 0x{'4c0883a6' * 8} mined",
        "/work/src/components/home/Header/index.tsx",
        "GET /api/home/news/1",
        "password reset",
        "auth=oauth2",
        "the api key was rotated, apikey missing",
        "key: base data",
        "--- a/src/auth/tokens.py 2026-03-01 12:00:00",
        "\x1b[32m2 passed\x1b[0m, \x1b[31m1 failed\x1b[0m in 3.2s\r",
    ],
)
def test_ordinary_text_stays(redactor: Redactor, text: str) -> None:
    assert redactor.text(text) == text


@given(st.text(alphabet=st.characters(exclude_characters="@-:=/\\.kKpPtTsS"), max_size=200))
def test_text_without_any_sign_of_a_secret_stays(text: str) -> None:
    assert Redactor(PATHS, "/data/people/alice", "alice").text(text) == text


KEY = [
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "Proc-Type: 4,ENCRYPTED",
    "",
    *(made_up(64) for _ in range(20)),
    "kQ==",
    "-----END OPENSSH PRIVATE KEY-----",
]


@each_case("before", ["", "12:00:01 INFO | ", "\x1b[2m   ", "+"])
def test_a_private_key_is_masked_over_its_lines(redactor: Redactor, before: str) -> None:
    stream = redactor.stream()
    assert stream("here it comes") == "here it comes"
    redacted = [stream(before + line) for line in KEY]
    assert not any(part in "\n".join(redacted) for line in KEY for part in (line[:12], line[-12:]) if line)
    assert stream("and it goes on") == "and it goes on"


def test_a_private_key_within_one_line_or_one_text(redactor: Redactor) -> None:
    assert redactor.text('{"k": "' + "\\n".join(KEY) + '"}') == '{"k": "[redacted: private-key]"}'
    assert not any(line[:12] in redactor.text("\n".join(KEY)) for line in KEY if line)


def test_a_private_key_that_is_only_mentioned_or_torn_hides_little(redactor: Redactor) -> None:
    stream = redactor.stream()
    stream("grep -r '-----BEGIN RSA PRIVATE KEY-----' .")
    lines = ["no match was found", "the job is done", "all is well here", "x" * 40, "-----END"]
    assert [stream(line) for line in lines] == lines


def test_values_of_json_are_walked_and_keys_stay(redactor: Redactor) -> None:
    value = {"password=x1": ["password=x1", {"b": ("alice@a.example")}], "n": 1, "none": None}
    assert redactor.value(value) == {
        "password=x1": ["password=[redacted: password]", {"b": "[redacted: email]"}],
        "n": 1,
        "none": None,
    }


def test_many_ordinary_lines_stay_as_they_are(redactor: Redactor) -> None:
    lines = [
        f"12:00 INFO worker[{n}]: compiled src/module_{n}.py in {n % 97} ms (tests/test_{n}.py)" for n in range(20_000)
    ]
    stream = redactor.stream()
    assert [stream(line) for line in lines] == lines


@pytest.mark.parametrize(
    "part",
    [
        *[
            "token=",
            "eyJ",
            "://a:",
            "a@",
            KEY[0],
            "\x9d",
            'token="',
            "token='token=\"",
            "password ",
            "bearer ",
            "/home/",
        ],
        *[
            "mysql -p ",
            "Authorization: ",
            "a.",
            "token=\\",
            "api",
            "cookie: a=b",
            "curl -u ",
            "a,",
            "\x1b]",
            "-----BEGIN ",
            "%2F",
            "%252F",
            "&#47;home&#47;",
            "\\/home",
            "~a",
            "projects/home-",
            "key ",
            "key 0x",
            "a/",
            "/a",
            "/home/a",
            "TOKEN=a-",
            "password: ",
            "password: a-",
            "authorization: a-",
            "machine a ",
            "login a password b1",
            "-",
            "key 0x" + "1" * 64,
        ],
    ],
)
def test_long_hostile_lines_come_to_an_end(redactor: Redactor, part: str) -> None:
    numbers = count()  # no line comes twice: its result is kept
    assert_grows_linearly(5_000, lambda length: part * (length // len(part)) + f"@{next(numbers)}", redactor.text)


@pytest.mark.parametrize("name", ["BUNDLE_A" + "_" * 60, "BUNDLE_A" + "__a" * 25, "BUNDLE_A__" + "_a" * 30])
def test_a_name_that_a_pattern_could_divide_in_many_ways_takes_little_time(redactor: Redactor, name: str) -> None:
    numbers = count()

    def redact(name: str) -> None:
        numbered = f"{next(numbers)} {name}"  # no line comes twice: its result is kept
        assert redactor.text(numbered) == numbered

    assert_takes_at_most(100, lambda: redact(name), lambda: redact("BUNDLE_A" + "b" * 60))


def test_a_line_that_was_seen_before_still_depends_on_the_lines_above_it() -> None:
    redactor = Redactor([])
    header, row = "name,password,note", "bob,kLmN0pQrS7tUv,key"
    for _ in range(2):
        assert redactor.text(row) == row
        assert redactor.text(f"{header}\n{row}") == f"{header}\nbob,[redacted: secret],key"
