"""Secrets without a format of their own, next to a keyword: the name of a vendor, an ID, a command that reads one."""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.judging.prose import is_prose
from zigtui.commands.redaction.judging.values import (
    is_branch,
    is_mixed,
    is_number,
    is_random,
    is_stand_in,
    is_very_random,
)
from zigtui.commands.redaction.rules import Rule, Span, any_of, listed, lower, pattern_rule

__all__ = ["NEIGHBOUR_RULES"]

# The IDs of keys, and the secrets beside them
_IDS = (
    ("aws-secret", "(?:AKIA|ASIA)[A-Z0-9]{12,16}", "[A-Za-z0-9/+]{40}"),
    ("alibaba-secret", "LTAI[A-Za-z0-9]{12,24}", "[A-Za-z0-9]{30}"),
    ("tencent-secret", "AKID[A-Za-z0-9]{32}", "[A-Za-z0-9]{32}"),
)
_ID_PREFIXES = ("akia", "asia", "ltai", "akid")
_BESIDE_IDS = [
    (kind, re.compile(known), re.compile(rf"(?<![A-Za-z0-9/+=_-]){secret}(?![A-Za-z0-9/+=_-])"))
    for kind, known, secret in _IDS
]
# The bytes of a key, as the tools of some wallets write them
_BYTES = re.compile(
    r"(?<![A-Za-z])(?:key|keypair|keypairs|secret|seed|wallet|signer)(?![A-Za-z])[^\[\n]{0,40}"
    r"\[(?P<secret>[ \t]{0,4}(?:[0-9]{1,3}[ \t]{0,4},[ \t]{0,4}){31,63}[0-9]{1,3})[ \t]{0,4}\]",
    re.IGNORECASE,
)
_FIRST_BYTE = re.compile(r"\[[ \t]{0,4}[0-9]{1,3}[ \t]{0,4},")  # a part of every match, which is quicker to find

# Vendors, some of whose keys have no prefix
_VENDORS = listed(
    "abuseipdb abyssale adafruit adobe ahrefs airtable aiven alchemy algolia alibaba aliyun amplitude anthropic"
    " apify apollo appcenter appwrite asana assemblyai atlassian auth0 axiom backblaze baseten beamer bitbucket"
    " bitly bittrex blynk braintree browserstack bugsnag buildkite bunny calendly campaignmonitor checkout circleci"
    " clearbit clerk clickup cloudflare cloudinary cockroach coda codeclimate codecov cohere coinbase comet"
    " confluent contentful convertkit coveralls crowdin currencylayer cursor customerio databricks datadog deepai"
    " deepgram deepl deepseek depot detectify discord docusign doppler drone dropbox duffel dwolla dynatrace"
    " easypost elastic elevenlabs etsy facebook fastly finicity finnhub fireworks fixer fleetbase flickr flutterwave"
    " foursquare freshbooks freshdesk fullstory gemini geocodio getresponse ghost giphy github gitlab gitter"
    " gocardless grafana gumroad happyscribe helpscout heroku honeycomb hubspot hunter ibm infura instagram intercom"
    " ipstack iterable jfrog jira jotform jumpcloud kickbox klaviyo kontent kraken kucoin lark launchdarkly linear"
    " linkedin lob loggly lokalise looker magento mailchimp mailgun mailjet mandrill mapbox marketstack mattermost"
    " maxmind meraki mercury messagebird mistral mixpanel mollie monday moonpay mux netlify newrelic ngrok nightfall"
    " nytimes octopus okta onesignal onfido openai openrouter openweather openweathermap opsgenie optimizely orbit"
    " outlook paddle pagerduty papertrail paypal pendo perplexity persona phrase pinecone pipedrive plaid plivo"
    " polar polygon posthog postmark prefect privateai proctorio pusher qdrant quay ramp rapidapi raygun razorpay"
    " reddit replicate resend ringcentral roaring rollbar rootly salesforce samsara saucelabs scaleway scalr segment"
    " sendbird sendgrid sentry serpapi shodan shopify sidekiq signalwire sirv skyscanner smartsheet snowflake snyk"
    " sonarqube sparkpost splunk spotify square squarespace stability statuspage stripe stytch sumologic supabase"
    " surge tatum tavily telegram telnyx textmagic thunderstore tiingo todoist together travelpayouts travis trello"
    " turso twilio twist twitch twitter typeform unsplash uploadcare upstash vapi vercel virustotal voyage vultr"
    " wakatime wandb weatherapi weaviate webex wistia workos yandex yelp youtube zapier zendesk zerobounce zoom"
)
# Those whose keys are UUIDs. Next to the name of another vendor, a UUID is usually an ID.
_VENDORS_OF_UUIDS = frozenset(
    listed("appcenter cloudsmith deepl docusign heroku kucoin loggly newrelic opsgenie postmark snyk resend uploadcare")
)
_BETWEEN = (
    r"(?:[_ -]?(?:api|app|application|access|auth|authentication|oauth|bot|client|consumer|secret|private|personal"
    r"|deploy|write|license|account|master|integration|routing|ssws|key|keys|token|tokens|password|login|id|pat|dsn|with|using|is"
    r"|for|configured|found|loaded|set|v?\d))*"
)
_VENDOR = re.compile(
    rf"(?<![a-z])(?P<vendor>{any_of(_VENDORS)})(?P<between>{_BETWEEN})"
    r"[\"']?[ \t]*(?:[:=]|=>|->|,|(?:\.\w{1,20})?\()?[ \t]*[\"']?"
    r"(?<![a-z0-9/])(?P<secret>[a-z0-9_-]{20,128}(?:\.[a-z0-9_-]{6,})*=?)(?![\w/])",
    re.ASCII,
)

_UUID = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

# Commands that print a secret. In many logs, an arrow and the output follow.
_READERS = listed("secrets secret kv ssm vault op:// pass keyring keychain bw lpass credential password token")
_ARROWS = ("->", "=>", "→", "⇒")
_ARROW = re.compile(
    rf"{any_of(_READERS)}[^\n]{{0,200}}?[ \t]=?{any_of(_ARROWS)}[ \t]+[\"'`]?(?P<secret>[^\s\"'`]{{5,}})[\"'`]?[ \t]*$"
)
_LONGEST_ANSWER = 2_000  # characters at the end of a text

# Not a path, a URL or a version
_ANSWER = re.compile(r"(?!(?:https?|file)://|\.{0,2}/|[0-9.]+$|v[0-9])[\w+/=.~!@#%^*:-]+")

# Hashes have the same format. A keyword or a number must come first, as in ``(0) 0x...`` of Ethereum test networks.
_HEX_KEY = re.compile(
    r"(?:^[ \t]{0,8}\([0-9]{1,3}\)[ \t]{1,8}"
    r"|(?<!public )(?<!public[_-])(?:key|secret|mnemonic|signer)\b[^\n]{0,40}?)"
    r"(?<![A-Za-z0-9])(?P<secret>0x[0-9A-Fa-f]{64})(?![0-9A-Za-z])",
    re.IGNORECASE,
)


def _beside_ids(text: str) -> Iterator[Span]:
    for kind, known, secret in _BESIDE_IDS:
        if known.search(text) is None:
            continue
        for found in secret.finditer(text):
            if re.search("[A-Z]", found[0]) and re.search("[a-z]", found[0]) and re.search("[0-9+/]", found[0]):
                yield Span(*found.span(), kind)


def _bytes(text: str) -> Iterator[Span]:
    if _FIRST_BYTE.search(text) is None:
        return iter(())
    return (Span(*found.span("secret"), "key") for found in _BYTES.finditer(text))


def _vendor_keys(text: str) -> Iterator[Span]:
    for found in _VENDOR.finditer(lower(text)):
        secret = text[slice(*found.span("secret"))]
        is_name = len(secret) < 40 and re.search(r"[a-z]{4,}[_-][a-z]{3,}|-.*-.*-", secret) is not None
        if _UUID.fullmatch(secret) is not None:
            is_name = found["vendor"] not in _VENDORS_OF_UUIDS or found["between"].endswith("id")
        if is_very_random(secret) and not is_name:
            yield Span(*found.span("secret"), "key")


def _answers(text: str) -> Iterator[Span]:
    if not any(arrow in text for arrow in _ARROWS):
        return
    start = max(0, len(text) - _LONGEST_ANSWER)
    found = _ARROW.search(lower(text[start:]))
    if found is None:
        return
    span = Span(start + found.start("secret"), start + found.end("secret"), "secret")
    secret = text[span.start : span.end]
    if is_branch(secret):
        return
    is_answer = _ANSWER.fullmatch(secret) is not None and (is_mixed(secret) or is_random(secret))
    if is_answer and not is_stand_in(secret) and not secret.endswith(":"):  # the type of a function's result
        yield span


def _hex_keys(text: str) -> Iterator[Span]:
    return (Span(*found.span("secret"), "key") for found in _HEX_KEY.finditer(text))


NEIGHBOUR_RULES = (
    Rule("secret beside its ID", _ID_PREFIXES, _beside_ids, longest=30),
    Rule(
        "bytes",
        ("key", "keypair", "keypairs", "secret", "seed", "wallet", "signer"),
        _bytes,
        tail="(?![a-z])",
        also=("[",),
    ),
    Rule("vendor", tuple(_VENDORS), _vendor_keys, head="(?<![a-z])", longest=20),
    Rule("answer", tuple(_READERS), _answers, also=_ARROWS),
    Rule("hex key", ("0x",), _hex_keys, tail="[0-9a-f]{64}"),
    pattern_rule(
        "token",
        "codecov.io codecov.sh sonar.login sonar.token",
        r"{words}[^|;\n]{0,200}?(?:[ \t](?:-t|-T|--token)[ \t=]|=)[\"']?(?P<secret>[\w-]{20,})(?![\w/])",
        accept=is_random,
    ),
    # X-Vault-Token: ...
    pattern_rule(
        "token",
        "x-",
        r"(?<![\w-]){words}[\w-]{0,40}(?:token|secret|password|key|team)[\"']?[ \t]?:[ \t]?[\"']?"
        r"(?P<secret>[\w+/=.~!-]{8,})(?=$|[\s\"',])",
        accept=lambda value: not (is_stand_in(value) or is_number(value) or is_prose(value)),
        tail="[a-z-]{0,40}(?:token|secret|password|key|team)",
        head=r"(?<![\w-])",
    ),
    # A labelled secret, as in ``secret value: x``
    pattern_rule(
        "secret",
        "secret password passphrase",
        r"\b{words}(?:[ \t](?:value|string|text|data|is))[ \t]?[:=][ \t]?[\"']?(?P<secret>[^\s\"']{5,})",
        accept=lambda value: (is_mixed(value) or is_random(value)) and not is_stand_in(value),
        also=": =",
    ),
)
