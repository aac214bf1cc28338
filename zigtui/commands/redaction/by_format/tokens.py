"""Tokens of known formats, most of which begin with a prefix.

A row of a table of prefixes contains the kind, the prefixes and the pattern of the rest. Matching is case-sensitive.
"""

from zigtui.commands.redaction.rules import Rule, pattern_rule

__all__ = ["TOKEN_PREFIXES", "TOKEN_RULES"]

_START = r"(?:(?<![A-Za-z0-9])|(?<=\\[nrt]))"  # of a word, or after an escape such as ``\n``
_END = r"(?![A-Za-z0-9])"
_BASE58 = "[1-9A-HJ-NP-Za-km-z]"
_END_OF_BASE64 = r"(?![A-Za-z0-9]|[+/][A-Za-z0-9+/]{8})"
_UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

# Distinctive prefixes, which also match within a word
_LONG_PREFIXES = (
    # docs.github.com, "About authentication to GitHub"; docs.gitlab.com, "Token overview"
    ("github-token", "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_", r"[\w.-]{20,}"),
    (
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct- glwt- GR1348941",
        r"[\w.-]{16,}",
    ),
    ("gitlab-session", "_gitlab_session=", r"[0-9a-z]{32}"),
    ("atlassian-token", "ATATT3 ATCTT3", r"[\w=-]{20,}"),
    # Registries and CI: docs.npmjs.com, pypi.org/help, guides.rubygems.org, docs.docker.com, clojars.org
    ("npm-token", "npm_", r"[A-Za-z0-9]{30,}"),
    ("pypi-token", "pypi-AgE pypi-AgN", r"[\w-]{20,}"),
    ("rubygems-token", "rubygems_", r"[0-9a-f]{32,}"),
    ("docker-token", "dckr_pat_ dckr_oat_", r"[\w-]{16,}"),
    ("clojars-token", "CLOJARS_", r"[0-9A-Za-z]{40,}"),
    ("buildkite-token", "bkua_ bkaa_ bkaj_ bkat_", r"[A-Za-z0-9_]{30,}"),
    ("circleci-token", "CCIPAT_ CCIPRJ_", r"\w{30,}"),
    ("sonar-token", "squ_ sqp_ sqa_", r"[0-9a-f]{40}"),
    ("openvsx-token", "ovsxp_ ovsxat_", _UUID),
    ("socket-token", "sktsec_", r"[\w-]{30,}"),
    ("endor-token", "endr+", r"[A-Za-z0-9-]{16}"),
    ("deepsource-token", "dsp_", r"[a-z0-9]{40}"),
    ("weblate-token", "wlu_ wlp_", r"[A-Za-z0-9]{32,}"),
    ("jsr-token", "jsrp_ jsrd_", r"[A-Za-z0-9]{32,}"),
    ("snyk-token", "snyk_uat.", r"[\w.-]{20,}"),
    ("codeclimate-token", "CODECLIMATE-", r"[\w-]{30,}"),
    # AI: docs.anthropic.com, platform.openai.com, openrouter.ai, docs.smith.langchain.com
    ("anthropic-key", "sk-ant-", r"[\w-]{16,}"),
    ("openai-key", "sk-proj- sk-svcacct- sk-admin- sk-None-", r"[\w-]{16,}"),
    ("openrouter-key", "sk-or-v1-", r"[0-9a-f]{32,}"),
    ("e2b-key", "e2b_", r"[0-9a-f]{40}"),
    ("langsmith-key", "lsv2_pt_ lsv2_sk_ ls__", r"[0-9a-z_]{32,}"),
    ("helicone-key", "sk-helicone-", r"[a-z0-9-]{28,}"),
    ("wandb-key", "wandb_v1_", r"\w{40,}"),
    ("kaggle-token", "KGAT_", r"[0-9a-f]{32}"),
    ("cursor-key", "crsr_", r"[0-9a-f]{48,}"),
    ("anyscale-token", "aph0_ esecret_", r"[A-Za-z0-9]{24,}"),
    ("langfuse-key", "sk-lf- pk-lf-", r"[0-9a-f-]{32,}"),
    # Clouds: docs.aws.amazon.com, cloud.google.com, learn.microsoft.com, docs.digitalocean.com, devcenter.heroku.com
    ("aws-key", "ABSK bedrock-api-key-", r"[A-Za-z0-9+/=]{40,}"),
    ("google-key", "AIza", r"[\w-]{35}"),
    ("google-token", "ya29. 1//0 GOCSPX-", r"[\w.-]{20,}"),
    ("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_ DO00", r"(?:[0-9a-f]{32,}|(?<=DO00)[A-Z0-9]{16})"),
    ("heroku-key", "HRKU-", r"[\w-]{30,}"),
    ("cloudflare-key", "v1.0-", r"[0-9a-f]{24}-[0-9a-f]{100,}"),
    ("openshift-token", "sha256~", r"[\w-]{43}"),
    ("fly-token", "fo1_ fm1r_ fm1a_ fm2_", r"[A-Za-z0-9+/=_,-]{30,}"),
    ("aws-mws-token", "amzn.mws.", _UUID),
    ("scalingo-token", "tk-us- tk-eu-", r"[\w-]{40,}"),
    ("pulumi-token", "pul-", r"[0-9a-f]{40}"),
    ("planetscale-token", "pscale_tkn_ pscale_pw_ pscale_oauth_", r"[\w.=-]{30,}"),
    ("prefect-token", "pnu_ pnb_", r"[A-Za-z0-9]{36}"),
    ("tailscale-key", "tskey-", r"[\w-]{16,}"),
    ("dbt-token", "dbtc_ dbtu_", r"[\w-]{30,}"),
    ("materialize-password", "mzp_", r"[0-9a-f]{64}"),
    ("cockroach-key", "CCDB1_", r"[A-Za-z0-9]{22}_[A-Za-z0-9]{40}"),
    ("gitpod-token", "gitpod_pat_", r"[\w.-]{40,}"),
    ("codesandbox-token", "csb_v1_", r"[\w-]{30,}"),
    ("daytona-key", "dtn_", r"[0-9a-f]{64}"),
    ("neon-key", "napi_", r"[a-z0-9]{40,}"),
    ("render-key", "rnd_", r"[A-Za-z0-9]{28,}"),
    ("linode-key", "lin_api_ lin_oauth_", r"[A-Za-z0-9]{30,}"),
    # Chat and mail: api.slack.com, sendgrid.com/docs, developers.brevo.com, documentation.mailgun.com, telnyx.com
    (
        "slack-token",
        "xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxe. xoxc- xoxd- xapp- xwfp-",
        r"[\w.%+/=-]{10,}",
    ),
    ("brevo-key", "xkeysib- xsmtpsib-", r"[0-9a-f]{64}-\w{16}"),
    ("matrix-token", "syt_", r"[A-Za-z0-9+/=-]{2,}_[A-Za-z]{20}_[A-Za-z0-9]{6}"),
    ("vk-token", "vk1.a.", r"[\w-]{60,}"),
    ("mailersend-token", "mlsn.", r"[0-9a-f]{60,}"),
    ("intercom-token", "dG9rOj", r"[A-Za-z0-9+/]{40,}={0,2}"),
    # Payment: docs.stripe.com, developer.squareup.com, docs.adyen.com, duffel.com, easypost.com, goshippo.com
    (
        "stripe-key",
        "sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_ whsec_",
        r"[A-Za-z0-9+/=]{16,}",
    ),
    ("shopify-token", "shpat_ shpss_ shpca_ shppa_ shptka_", r"[0-9A-Fa-f]{32,}"),
    ("easypost-key", "EZAK EZTK", r"[A-Za-z0-9]{54}"),
    ("duffel-token", "duffel_live_ duffel_test_", r"[\w=-]{40,}"),
    ("shippo-token", "shippo_live_ shippo_test_", r"[0-9a-fA-F]{40}"),
    ("flutterwave-key", "FLWSECK_TEST- FLWSECK- FLWPUBK_TEST-", r"[0-9A-Za-z]{12,}"),
    ("paypal-token", "access_token$production$ access_token$sandbox$", r"[0-9A-Za-z]{10,}\$[0-9a-f]{32}"),
    (
        "adyen-key",
        "AQE",
        r"(?:[\w+/=-]{20,}\.[\w+/=-]{8,}|[\w+/=]{40,}-[\w+/=]{20,}(?:-[\w+/=]{8,})?|[\w+/]{90,}={0,2})",
    ),
    ("razorpay-key", "rzp_live_ rzp_test_", r"[A-Za-z0-9]{14,}"),
    ("plaid-token", "access-production- access-sandbox- access-development-", _UUID),
    # Monitoring: grafana.com, docs.sentry.io, docs.newrelic.com, posthog.com, sourcegraph.com, docs.dynatrace.com
    ("grafana-token", "glsa_ glc_", r"[\w+/=]{30,}"),
    ("sentry-token", "sntrys_ sntryu_", r"[\w+/=.-]{30,}"),
    ("newrelic-key", "NRAK- NRJS- NRII- NRIQ- NRAA- NRRA-", r"[\w-]{19,}"),
    ("posthog-key", "phc_ phx_ phs_", r"[A-Za-z0-9]{32,}"),
    ("sourcegraph-token", "sgp_ sgd_ slk_", r"(?:(?:[0-9a-fA-F]{16}|local)_)?[0-9a-fA-F]{40,}"),
    ("rootly-key", "rootly_", r"[0-9a-f]{64}"),
    ("stackhawk-key", "hawk.", r"[\w-]{20}\.[\w-]{20}"),
    ("honeycomb-key", "hcaik_ hcaic_ hcbik_ hcamk_", r"[A-Za-z0-9_]{26,}"),
    ("statsig-key", "secret-", r"(?=[A-Za-z]{0,40}[0-9])[A-Za-z0-9]{40,}"),
    # Tools: developers.notion.com, linear.app, figma.com, postman.com, docs.readme.com, docs.doppler.com, 1password.com
    ("figma-token", "figd_ figu_ figo_", r"[\w-]{30,}"),
    ("retool-token", "retool_", r"[a-z0-9]{26}"),
    ("wakatime-key", "waka_", _UUID),
    ("riot-key", "RGAPI-", _UUID),
    ("roblox-cookie", "DO-NOT-SHARE-THIS.--", r"[\w-]{20,200}\.?\|_[0-9A-Z]{100,}"),
    ("zuplo-key", "zpka_", r"[0-9a-f]{32}_[0-9a-f]{8}"),
    ("unkey-key", "unkey_", r"[A-Za-z0-9]{20,}"),
    ("ory-token", "ory_at_ ory_rt_ ory_ac_ ory_st_ ory_pat_", r"[\w.-]{30,}"),
    ("postman-key", "PMAK- PMAT-", r"[0-9A-Za-z-]{24,}"),
    ("readme-key", "rdme_", r"[a-z0-9]{60,}"),
    ("1password-token", "ops_eyJ", r"[A-Za-z0-9+/=_-]{100,}"),
    ("adobe-secret", "p8e-", r"[A-Za-z0-9_-]{32}"),
    ("frameio-token", "fio-u-", r"[\w=-]{40,}"),
    ("contentful-token", "CFPAT-", r"[\w-]{40,}"),
    ("typeform-token", "tfp_", r"[\w.-]{40,}"),
    ("hubspot-token", "pat-na1- pat-eu1-", _UUID),
    ("pinecone-key", "pcsk_", r"[A-Za-z0-9_]{40,}"),
    ("settlemint-token", "sm_aat_ sm_pat_ sm_sat_", r"[A-Za-z0-9]{16}"),
    ("launchdarkly-key", "api- sdk- mob-", _UUID),
    ("aiven-token", "AVNS_ aivenv1", r"[\w+/=-]{15,}"),
    ("axiom-token", "xaat- xapt-", _UUID),
    ("amazon-token", "amzn1.oa2-cs.v1.", r"[0-9a-f]{64}"),
    ("appsync-key", "da2-", r"[a-z0-9]{26}"),
    ("datastax-token", "AstraCS:", r"[\w:-]{40,}"),
    ("nebula-key", "dnkey-", r"[\w-]{40,}"),
    ("devcycle-key", "dvc_server_ dvc_client_ dvc_mobile_", r"[\w-]{20,}"),
    ("mongodb-key", "mdb_sa_sk_", r"[\w-]{30,}"),
    ("cloudflare-token", "cfut_ cfat_ cfk_", r"[A-Za-z0-9]{30,}"),
    ("linkedin-secret", "WPL_AP1.", r"[\w.]{20,}={0,2}"),
    ("pubnub-key", "sec-c-", r"(?:" + _UUID + r"|[A-Za-z0-9]{40,})"),
    ("stytch-secret", "secret-live- secret-test-", r"[\w=-]{30,}"),
    ("trello-token", "ATTA", r"[0-9a-f]{64,}"),
    ("neon-password", "npg_", r"[A-Za-z0-9]{12,}"),
    ("snowflake-token", "ETMsDgAAA", r"[A-Za-z0-9+/=]{60,}"),
    ("github-token", "ghe_ ghu_ v1.", r"(?:[0-9a-f]{40}(?![0-9A-Za-z])|(?<!v1\.)\w{20,})"),
    ("age-key", "AGE-SECRET-KEY-1", r"[0-9A-Z]{50,}"),
    ("minisign-key", "RWRTY0Iy", r"[A-Za-z0-9+/]{100,}={0,2}"),
    ("aptos-key", "ed25519-priv-0x secp256k1-priv-0x", r"[0-9a-f]{64}"),
    ("paseto", "v1.local. v2.local. v3.local. v4.local. v1.public. v2.public. v3.public. v4.public.", r"[\w-]{60,}"),
    ("confluent-secret", "cflt", r"[A-Za-z0-9+/]{60,}"),
    ("secret-token", "secret-token:", r"[\w.~%!$&'()*+,;=:@/-]{4,}"),  # RFC 8959
)

# Short prefixes, which match only at the start of a word
_SHORT_PREFIXES = (
    ("api-key", "sk-", r"(?=[A-Za-z]{0,60}[0-9])[A-Za-z0-9]{20,}"),
    ("api-key", "sk_", r"[0-9a-f]{40,}" + _END),
    ("bitbucket-token", "ATBB", r"[A-Za-z0-9]{24,}"),
    ("crates-token", "cio", r"[A-Za-z0-9]{32}" + _END),
    ("huggingface-token", "hf_ api_org_", r"[A-Za-z0-9]{30,}"),
    ("api-key", "gsk_ xai- pplx- tgp_v1_ nvapi- r8_ csk- tvly- fc- jina_ exa_ dg_ el_", r"[A-Za-z0-9_-]{28,}"),
    ("api-key", "fw_", r"(?=\w{0,24}[0-9])[A-Za-z0-9]{22,}"),
    ("voyage-key", "pa- al-", r"(?=[\w-]{0,40}[0-9])[A-Za-z0-9_-]{43}(?![\w-])"),
    ("nuget-key", "oy2", r"[a-z0-9]{43}" + _END),
    ("clickup-token", "pk_", r"[0-9]{6,9}_[A-Z0-9]{32}" + _END),
    ("salesforce-token", "00D", r"[A-Za-z0-9]{12,15}![\w.]{60,}"),
    ("salesforce-token", "5Aep861", r"[\w.]{60,}"),
    ("infisical-token", "st.", r"[0-9a-f]{24}\.[0-9a-f]{32}\.[0-9a-f]{32}"),
    ("asana-token", "1/ 2/", r"[0-9]{13,16}(?:/[0-9]{13,16})?:[0-9a-f]{32}" + _END),
    ("yandex-key", "AQVN", r"[\w-]{35,38}(?![\w-])"),
    ("yandex-token", "y0_ t1.", r"[\w-]{40,}(?:={0,2}\.[\w-]{80,})?"),
    ("twitch-token", "oauth:", r"[a-z0-9]{30}" + _END),
    ("lob-key", "live_ test_", r"(?:pub_)?[0-9a-f]{31,35}" + _END),
    # Wallets: the import format of Bitcoin, BIP 38, and the keys of Stellar, Tezos, Sui, Cardano and the XRP Ledger
    ("wallet-key", "5H 5J 5K", _BASE58 + "{49}" + _END),
    (
        "wallet-key",
        "Kw Kx Ky Kz L1 L2 L3 L4 L5 cM cN cP cQ cR cS cT cU cV cW",
        _BASE58 + "{50}" + _END_OF_BASE64,
    ),
    ("wallet-key", "6PR 6PY", _BASE58 + "{55}" + _END),
    ("wallet-key", "SA SB SC SD", r"(?=[A-Z]{0,53}[0-9])[A-Z2-7]{54}" + _END),
    ("wallet-key", "edsk spsk p2sk", _BASE58 + "{50,94}" + _END),
    ("wallet-key", "suiprivkey1 ed25519_sk1", r"[02-9ac-hj-np-z]{58,}"),
    ("wallet-key", "sEd", _BASE58 + "{28}" + _END),
    ("nats-seed", "SU SA SO SN SC SX", r"(?=[A-Z]{0,55}[0-9])[A-Z2-7]{56}" + _END),
    ("okta-token", "00", r"(?=[\w-]{0,39}[A-Z])(?=[\w-]{0,39}[a-z])[\w-]{40}(?![\w-])"),
    ("twitter-token", "AAAAAAAAAAAAAAAAAAAA", r"A{0,4}(?=[A-Z0-9%]{0,30}[a-z])[A-Za-z0-9%]{40,}"),
    ("aws-key", "AKIA ASIA ABIA ACCA A3T", r"[A-Z0-9]{16,17}" + _END),
    ("alibaba-key", "LTAI", r"[A-Za-z0-9]{16,}"),
    ("dingtalk-secret", "SEC", r"[0-9a-f]{64}" + _END),
    ("tencent-key", "AKID", r"[A-Za-z0-9]{32,}"),
    ("netlify-token", "nfp_ nfc_ nfo_ nfb_", r"[A-Za-z0-9]{30,}"),
    ("vercel-token", "vcp_ vci_ vca_ vcr_ vck_", r"[A-Za-z0-9]{24,}"),
    ("dropbox-token", "sl. sl.B. sl.u.", r"[\w-]{60,}"),
    ("wallet-key", "xprv yprv zprv tprv", _BASE58 + "{100,}"),
    ("wallet-key", "nsec1", r"[02-9ac-hj-np-z]{58}"),
    ("square-token", "sq0atp- sq0csp- EAAA", r"[\w-]{20,}"),
    ("facebook-token", "EAACEdEose0cBA", r"[A-Za-z0-9]{20,}"),
    ("facebook-token", "EAA", r"[A-Z][A-Za-z0-9]{100,}"),
    ("databricks-token", "dapi dose", r"[0-9a-f]{32,}(?:-[0-9])?"),
    ("vault-token", "hvs. hvb. hvr.", r"[\w-]{20,}"),
    ("pushbullet-token", "o.", r"(?=[A-Za-z]{0,31}[0-9])[A-Za-z0-9]{32}" + _END),
    ("porkbun-key", "sk1_ pk1_", r"[0-9a-f]{60,}"),
    ("vault-token", "s.", r"(?=[A-Za-z]{0,24}[0-9])[A-Za-z0-9]{24}" + _END),
    ("notion-token", "ntn_ secret_", r"[A-Za-z0-9]{40,}"),
    ("doppler-token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", r"[\w.-]{30,}"),
    ("supabase-key", "sbp_ sb_secret_", r"[\w-]{20,}"),
    ("twilio-key", "SK", r"[0-9a-fA-F]{32}" + _END),
    ("sendgrid-key", "SG.", r"[\w=-]{16,32}\.[\w=-]{32,64}"),
    ("resend-key", "re_", r"(?=\w{0,30}[0-9])(?:[A-Za-z0-9]{6,12}_[A-Za-z0-9]{20,}|[A-Za-z0-9]{30,40}(?!\w))"),
    ("octopus-key", "API-", r"(?=[A-Z]{0,20}[0-9])[A-Z0-9]{25,32}" + _END),
    ("infracost-key", "ico-", r"[A-Za-z0-9]{32}" + _END),
    ("clickhouse-key", "4b1d", r"[A-Za-z0-9]{38}" + _END),
    ("artifactory-token", "AKCp cmVmd", r"[A-Za-z0-9]{59,69}" + _END),
    ("artifactory-token", "cmVmdGtu", r"[A-Za-z0-9+/]{40,}={0,2}"),
    ("beamer-token", "b_", r"(?=[a-z_=-]{0,40}[0-9])[a-z0-9=_-]{44}" + _END),
    ("dynatrace-token", "dt0c01. dt0s01. dt0s16. dt0a01.", r"[A-Za-z0-9]{8,}\.[A-Za-z0-9]{40,}"),
    ("rancher-token", "token-", r"[a-z0-9]{5}:[a-z0-9]{54}" + _END),
    ("portainer-token", "ptr_", r"[A-Za-z0-9+/]{43,}={0,2}"),
    ("k3s-token", "K10", r"[0-9a-f]{64}::[\w:-]{8,}"),
    ("harness-token", "pat. sat.", r"[\w-]{22}\.[0-9A-Za-z]{24}\.[0-9A-Za-z]{20}"),
    ("airtable-token", "pat", r"[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    ("1password-key", "A3-", r"[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}"),
    ("mailgun-key", "key-", r"[0-9a-f]{32}" + _END),
    ("mailgun-key", "pubkey-", r"[0-9a-f]{32}" + _END),
    ("mapbox-token", "sk.", r"[A-Za-z0-9_-]{50,}\.[\w-]{20,}"),
    ("discord-token", "mfa.", r"[\w-]{80,}"),
    ("youtrack-token", "perm: perm-", r"[\w=+/-]{8,}\.[\w=+/-]{6,}\.\w{20,}"),
    ("google-code", "4/0A", r"[\w-]{50,}"),
    ("onfido-token", "api_live. api_sandbox.", r"[\w-]{11}\.[\w-]{32}"),
    ("mollie-key", "live_ test_", r"(?=[A-Za-z]{0,30}[0-9])(?=[a-z0-9]{0,30}[A-Z])[A-Za-z0-9]{24,}" + _END),
    ("lambda-key", "secret_", r"\w{4,40}\.[A-Za-z0-9]{32}"),
    ("volcengine-key", "AKLT", r"[A-Za-z0-9]{36,}"),
    ("pagerduty-key", "u+", r"[\w-]{18}" + _END),
    ("fcm-key", "AAAA", r"[\w-]{7}:[\w-]{100,}"),
    ("airtable-token", "key", r"(?=[A-Za-z]{0,14}[0-9])(?=[a-z0-9]{0,14}[A-Z])[A-Za-z0-9]{14}" + _END),
    ("intra42-secret", "s-s4t2ud- s-s4t2af-", r"[0-9a-f]{64}"),
    # RFC 7515 and 7516: a JSON object in base64url, then more parts after dots
    ("jwt", "eyJ", r"[\w-]{8,1024}+\.{1,2}[\w-]{8,}(?:\.[\w-]*)*"),
    ("jwt", "ZXlK", r"[A-Za-z0-9+/=_-]{60,}"),  # a JWT in base64
    ("grafana-token", "eyJrIjoi", r"[A-Za-z0-9]{40,}={0,2}"),
    ("docker-auth", "eyJ1c2VybmFtZSI6", r"[A-Za-z0-9+/=]{20,}"),  # {"username": in base64
)

_FORMED = (
    ("azure-secret", "Q~", _START + r"[\w~.-]{3}[0-9]{words}[\w~.-]{31,34}(?![\w~.-])", r"[\w~.-]{31}"),
    ("azure-key", "+ASt", r"[A-Za-z0-9+/]{40,90}{words}[A-Za-z0-9+/=]{3,12}", r""),
    ("azure-key", "JQQJ99", r"[A-Za-z0-9]{40,60}{words}[A-Za-z0-9]{10,40}", r"[a-z0-9]{10}"),
    ("azure-token", "AZDO", r"[A-Za-z0-9]{70,80}{words}[A-Za-z0-9]{4}", r"[a-z0-9]{4}"),
    ("newrelic-key", "FFFFNRAL NRAL", r"(?<![0-9A-Za-z])[0-9a-fF]{32,36}{words}(?![0-9A-Za-z])", r"(?![0-9a-z])"),
    ("mailgun-key", "-", _START + r"[0-9a-f]{32}{words}[0-9a-f]{8}-[0-9a-f]{8}(?![\w-])",
     r"[0-9a-f]{8}-[0-9a-f]{8}(?![\w-])"),
    # The numeric ID of the bot in base64, a timestamp, a signature
    ("discord-token", ".", _START + r"[MNO][\w-]{21,28}{words}[\w-]{6}\.[\w-]{27,40}(?![\w-])", r"[\w-]{6}\.[\w-]{27}"),
    ("fcm-key", ":APA91b", r"[\w-]{8,24}{words}[\w-]{100,}", r"[\w-]{100}"),
    ("terraform-token", ".atlasv1.", r"[A-Za-z0-9]{14}{words}[\w=-]{40,}", r""),
    ("maxmind-key", "_mmk", _START + r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}{words}" + _END, r""),
    ("telegram-token", ":AA", r"(?<![0-9])[0-9]{8,10}{words}[\w-]{32,34}(?![\w-])", r"[\w-]{32}"),
    ("mailchimp-key", "-us", _START + r"[0-9a-f]{32}{words}[0-9]{1,2}(?![0-9A-Za-z])", r"[0-9]"),
    ("password-hash", "$1$ $2a$ $2b$ $2x$ $2y$ $5$ $6$ $7$ $y$ $gy$ $apr1$ $argon2i$ $argon2id$ $argon2d$",
     r"{words}(?:v=[0-9]{1,3}\$)?(?:[a-z]=[0-9]{1,9},){0,3}[^\s:\"'`,;|]{20,}", ""),
    # Kerberos: a ticket as tools that test passwords read it
    ("password-hash", "$krb5tgs$ $krb5asrep$ $krb5pa$", r"{words}[^\s\"'`]{40,}", ""),
    # The LM and the NT hash of an account of Windows, as tools dump them
    ("password-hash", ":::", r"(?<![0-9A-Fa-f])(?P<secret>[0-9A-Fa-f]{32}:[0-9A-Fa-f]{32}){words}", ""),
    ("authress-key", ".acc_ .acc-", _START +
     r"(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}{words}[a-z0-9-]{10,32}\.[\w+/=-]{30,}", ""),
    # An ID and a secret: access tokens of Bitwarden, keys of Ghost, tokens of Unleash
    ("bitwarden-token", ":", _START + rf"0\.{_UUID}\.[A-Za-z0-9]{{30}}{{words}}[A-Za-z0-9+/]{{22}}==",
     r"[a-z0-9+/]{22}=="),
    ("ghost-key", ":", r"(?<![0-9a-zA-Z:])[0-9a-f]{24}{words}(?P<secret>[0-9a-f]{64})(?![0-9A-Za-z])", r"[0-9a-f]{64}"),
    ("unleash-token", ":",
     r"(?<![\w:])(?:[\w-]{1,64}|\*|\[\]){words}[\w-]{1,64}\.(?P<secret>[0-9a-f]{56,64})(?![0-9A-Za-z])",
     r"[a-z0-9_-]{1,64}\.[0-9a-f]{56}"),
    ("convex-key", "|", r"(?:prod|dev|preview|project):[\w:-]{3,60}{words}[\w+/=-]{30,}", r"[\w+/=-]{30,}"),
    ("facebook-token", "|", r"(?<![0-9])[0-9]{15,16}{words}[0-9A-Za-z_-]{27,40}(?![\w-])", r"[\w-]{27}"),
)  # fmt: skip


def _prefixed(kind: str, words: str, body: str, start: str = "") -> Rule:
    """A rule for tokens with a prefix. The prefilter also uses the pattern of the body, with a zero for each digit."""
    pattern = f"{start}{{words}}{body}"
    tail = body.lower().replace("1-9", "0-9").replace("2-7", "0-7")
    return pattern_rule(kind, words, pattern, ignore_case=False, tail=tail, head=start.lower())


TOKEN_PREFIXES = tuple(prefix for _, words, _ in (*_LONG_PREFIXES, *_SHORT_PREFIXES) for prefix in words.split())
TOKEN_RULES = (
    *(_prefixed(kind, words, body) for kind, words, body in _LONG_PREFIXES),
    *(_prefixed(kind, words, body, _START) for kind, words, body in _SHORT_PREFIXES),
    *(pattern_rule(kind, words, pattern, ignore_case=False, tail=tail) for kind, words, pattern, tail in _FORMED),
    # 32 bytes in base64, as Laravel prints a key
    pattern_rule(
        "key", "base64:", r"(?<![\w/]){words}(?P<secret>[A-Za-z0-9+/]{43}=)", ignore_case=False, tail="[a-z0-9+/]{43}="
    ),
    # 64 bytes in base64, but not the digest in ``sha512-...``
    pattern_rule(
        "key",
        "==",
        r"(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/]{86}|[\w-]{86}){words}(?![A-Za-z0-9+/=])",
        ignore_case=False,
        tail="(?![a-z0-9+/=])",
        head="(?<=[a-z0-9+/_-]{30})",
    ),
)
