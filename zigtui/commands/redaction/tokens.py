"""Tokens that can be told by their form.

The table holds forms that their issuers document (named in each row), so that it can be checked and is the same on
every machine: the scanners that exist for Python (detect-secrets, secretscreen) find lines, files and pairs rather
than spans in a stream of lines. A pattern is only tried on a line that holds one of its keywords, and takes time
linear in the line.
"""

import re
from typing import NamedTuple

__all__ = ["mask", "token_kind", "tokens_masked"]


def mask(kind: str) -> str:
    """What stands in the place of a secret."""
    return f"[redacted: {kind}]"


class _TokenFormat(NamedTuple):
    """A kind of token; one of the ``keywords`` is in every line that holds such a token."""

    kind: str
    keywords: tuple[str, ...]
    pattern: re.Pattern[str]


_START = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"  # of a word; an escaped newline may be before it


def _prefixed(kind: str, prefixes: str, body: str, *, is_short: bool = False) -> _TokenFormat:
    """A token with a prefix. A short one only counts at the start of a word."""
    words = prefixes.split()
    start = _START if is_short else ""
    pattern = re.compile(f"{start}(?:{'|'.join(map(re.escape, words))}){body}")
    return _TokenFormat(kind, tuple(words), pattern)


def _formed(kind: str, keywords: str, pattern: str) -> _TokenFormat:
    return _TokenFormat(kind, tuple(keywords.split()), re.compile(pattern))


_TOKENS = (
    # docs.github.com, About authentication to GitHub; docs.gitlab.com, Token overview
    _prefixed("github-token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", r"[\w.-]{20,}"),
    _prefixed(
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- GR1348941",
        r"[\w.-]{16,}",
    ),
    _prefixed("bitbucket-token", "ATBB", r"[A-Za-z0-9]{24,}", is_short=True),  # support.atlassian.com, token formats
    _prefixed("atlassian-token", "ATATT3 ATCTT3", r"[\w=-]{20,}"),
    # Registries: docs.npmjs.com, pypi.org/help, guides.rubygems.org, docs.docker.com, crates.io
    _prefixed("npm-token", "npm_", r"[A-Za-z0-9]{30,}"),
    _prefixed("pypi-token", "pypi-AgE", r"[\w-]{20,}"),
    _prefixed("rubygems-token", "rubygems_", r"[0-9a-f]{32,}"),
    _prefixed("docker-token", "dckr_pat_ dckr_oat_", r"[\w-]{16,}"),
    _prefixed("crates-token", "cio", r"[A-Za-z0-9]{32}(?![A-Za-z0-9])", is_short=True),
    # Models: docs.anthropic.com, platform.openai.com, openrouter.ai, huggingface.co, console.groq.com, docs.x.ai ...
    _prefixed("anthropic-key", "sk-ant-", r"[\w-]{16,}"),
    _prefixed("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None-", r"[\w-]{16,}"),
    _prefixed("openrouter-key", "sk-or-v1-", r"[0-9a-f]{32,}"),
    _prefixed("langsmith-key", "lsv2_pt_ lsv2_sk_", r"[0-9a-z_]{32,}"),
    _prefixed("api-key", "sk-", r"(?=[A-Za-z]{0,60}[0-9])[A-Za-z0-9]{20,}", is_short=True),
    _prefixed("huggingface-token", "hf_ api_org_", r"[A-Za-z0-9]{30,}", is_short=True),
    _prefixed("api-key", "gsk_ xai- pplx- fw_ tgp_v1_ nvapi- r8_ csk- tvly-", r"[A-Za-z0-9_-]{28,}", is_short=True),
    # Clouds: docs.aws.amazon.com (IAM identifiers), cloud.google.com, learn.microsoft.com, docs.digitalocean.com ...
    _formed("aws-key", "AKIA ASIA ABIA ACCA", _START + r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])"),
    _prefixed("aws-key", "ABSK bedrock-api-key-", r"[A-Za-z0-9+/=]{40,}"),
    _prefixed("google-key", "AIza", r"[\w-]{35}"),
    _prefixed("google-token", "ya29. 1//0 GOCSPX-", r"[\w.-]{20,}"),
    _formed("azure-secret", "Q~", _START + r"[\w~.-]{3}[0-9]Q~[\w~.-]{31,34}(?![\w~.-])"),
    _formed("azure-key", "+ASt", r"[A-Za-z0-9+/]{40,90}\+ASt[A-Za-z0-9+/=]{3,12}"),
    _prefixed("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", r"[0-9a-f]{32,}"),
    _prefixed("alibaba-key", "LTAI", r"[A-Za-z0-9]{16,}", is_short=True),
    _prefixed("tencent-key", "AKID", r"[A-Za-z0-9]{32,}", is_short=True),
    _formed("cloudflare-key", "v1.0-", r"v1\.0-[0-9a-f]{24}-[0-9a-f]{100,}"),
    _prefixed("heroku-key", "HRKU-", r"[\w-]{30,}"),
    _prefixed("fly-token", "fo1_ fm1r_ fm2_", r"[A-Za-z0-9+/=_,-]{30,}", is_short=True),
    _prefixed("netlify-token", "nfp_", r"[A-Za-z0-9]{30,}", is_short=True),
    # Tools: api.slack.com, discord.com/developers, docs.stripe.com, developer.hashicorp.com, grafana.com, ...
    _prefixed("slack-token", "xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxe. xoxc- xoxd- xapp- xwfp-", r"[\w.%+/=-]{10,}"),
    _formed("slack-webhook", "hooks.slack.com", r"hooks\.slack\.com/(?:services|workflows|triggers)/[\w/+-]{16,}"),
    _formed("discord-webhook", "/webhooks/", r"discord(?:app)?\.com/api/(?:v\d{1,2}/)?webhooks/\d{10,25}/[\w-]{20,}"),
    _formed("telegram-token", ":AA", _START + r"[0-9]{8,10}:AA[\w-]{32,34}"),
    _prefixed("stripe-key", "sk_live_ sk_test_ rk_live_ rk_test_ whsec_", r"[A-Za-z0-9+/=]{16,}"),
    _formed("sendgrid-key", "SG.", _START + r"SG\.[\w-]{16,32}\.[\w-]{32,64}"),
    _formed("twilio-key", "SK", _START + r"SK[0-9a-f]{32}(?![A-Za-z0-9])"),
    _formed("mailgun-key", "key-", r"(?<![\w-])key-[0-9a-f]{32}(?![0-9A-Za-z])"),
    _prefixed("shopify-token", "shpat_ shpss_ shpca_ shppa_", r"[0-9A-Fa-f]{32,}"),
    _prefixed("square-token", "sq0atp- sq0csp- EAAAl", r"[\w-]{20,}", is_short=True),
    _prefixed("databricks-token", "dapi", r"[0-9a-f]{32,}(?:-[0-9])?", is_short=True),
    _prefixed("vault-token", "hvs. hvb. hvr.", r"[\w-]{20,}", is_short=True),
    _formed("terraform-token", ".atlasv1.", r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}"),
    _prefixed("grafana-token", "glsa_ glc_", r"[\w+/=]{30,}"),
    _prefixed("sentry-token", "sntrys_ sntryu_", r"[\w+/=.-]{30,}"),
    _prefixed("newrelic-key", "NRAK- NRJS- NRII- NRIQ-", r"[\w-]{19,}"),
    _formed("dynatrace-token", "dt0", r"dt0[a-z][0-9]{2}\.[A-Z0-9]{16,}\.[A-Z0-9]{40,}"),
    _prefixed("linear-key", "lin_api_ lin_oauth_", r"[A-Za-z0-9]{30,}"),
    _prefixed("notion-token", "ntn_ secret_", r"[A-Za-z0-9]{40,}", is_short=True),
    _prefixed("figma-token", "figd_ figu_", r"[\w-]{30,}"),
    _prefixed("postman-key", "PMAK-", r"[0-9a-f-]{40,}"),
    _prefixed("doppler-token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim.", r"[\w.-]{30,}", is_short=True),
    _prefixed("supabase-key", "sbp_ sb_secret_", r"[\w-]{20,}", is_short=True),
    _prefixed("planetscale-token", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[\w.=-]{30,}"),
    _prefixed("pulumi-token", "pul-", r"[0-9a-f]{40}", is_short=True),
    _prefixed("tailscale-key", "tskey-", r"[\w-]{16,}"),
    _prefixed("buildkite-token", "bkua_ bkaa_ bkaj_", r"[A-Za-z0-9_]{30,}"),
    _prefixed("circleci-token", "CCIPAT_ CCIPRJ_", r"\w{30,}"),
    _prefixed("age-key", "AGE-SECRET-KEY-1", r"[0-9A-Z]{50,}"),
    _formed("airtable-token", "pat", _START + r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    # RFC 7515 and 7516: a JSON object in base64url, a dot, and more of that
    _formed("jwt", "eyJ", r"eyJ[\w-]{8,1024}+\.[\w-]{8,}(?:\.[\w-]*)*"),
)

_BY_KEYWORD = tuple((keyword, row) for row in _TOKENS for keyword in row.keywords)


def tokens_masked(text: str) -> str:
    """The text without tokens of a known form."""
    masked = text
    for keyword, row in _BY_KEYWORD:
        if keyword in text:
            masked = row.pattern.sub(mask(row.kind), masked)
    return masked


def token_kind(text: str) -> str | None:
    """The kind of a token in the text, None if there is none."""
    return next((row.kind for row in _TOKENS if row.pattern.search(text) is not None), None)
