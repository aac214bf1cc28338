"""Secrets in the options and arguments of commands.

There are two tables. A row of `_OPTIONS` holds programs, a word that the arguments must contain (or an empty string),
and the options whose value is a secret. A value of ``-p*`` follows without a separator, as in ``-psecret``. A value of
``-k=`` needs a separator. A comma precedes a prefix of the value, as in ``-pass,pass:``.

A row of `_ARGUMENTS` is a command line: ``*`` is any argument and ``S`` is the secret. An option of one letter also
matches within a group of options: ``-b`` matches ``-bB``.
"""

import re
from collections.abc import Iterator

from zigtui.commands.redaction.judging.prose import is_code_word, is_function_word, is_prose
from zigtui.commands.redaction.judging.values import has_common_ending, is_stand_in
from zigtui.commands.redaction.rules import Rule, Span, any_of, compiled, group_of_value, lower, matches_at

__all__ = ["COMMAND_RULES", "PROGRAM_HEAD", "PROGRAM_TAIL"]

_OPTIONS = (
    ("mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck mysqlsh mariadb mariadb-dump mycli", "", "-p*"),
    ("7z 7za 7zr 7zz rar unrar", "", "-p* -hp*"),
    (
        "sshpass mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat cqlsh cypher-shell influx"
        " evil-winrm veracrypt beeline hpilo",
        "",
        "-p",
    ),
    ("rdesktop crackmapexec netexec nxc hydra twine rabbitmqadmin psexec psexec.py ncftpget ncftpput", "", "-p"),
    ("docker podman nerdctl buildah skopeo crane helm oras az regctl oc argocd ibmcloud cf harbor", "login", "-p"),
    ("useradd usermod", "", "-p"),
    ("plink pscp putty psftp", "", "-pw"),
    ("redis-cli valkey-cli", "", "-a"),
    ("ldapsearch ldapmodify ldapadd ldapdelete ldapwhoami ldapcompare ldapmodrdn ldapexop", "", "-w"),
    ("ldappasswd", "", "-w -s -a"),
    ("sqlcmd bcp isql tsql ipmitool zip unzip zipcloak mosquitto_pub mosquitto_sub mosquitto_rr", "", "-P"),
    ("ssh-keygen", "", "-P -N"),
    ("snmpget snmpwalk snmpbulkwalk snmpset snmptrap snmpgetnext", "", "-c -A -X"),
    (
        "keytool jarsigner apksigner",
        "",
        "-storepass -keypass -srcstorepass -deststorepass -srckeypass -destkeypass -new",
    ),
    ("openssl", "", "-passin,pass: -passout,pass: -pass,pass: -password,pass: -k= -K= -hmac -psk"),
    ("apksigner", "", "--ks-pass,pass: --key-pass,pass:"),
    ("xfreerdp xfreerdp3 wlfreerdp mstsc", "", "/p:"),
    ("cmdkey runas psexec net schtasks sc", "", "/pass: /password: /rp -p"),
    ("gh", "secret", "--body -b"),
    ("vault consul nomad", "", "-token --token"),
    ("aws", "", "--secret-string --secret-binary --session-token --secret-key"),
    ("aws", "ssm", "--value"),
    ("az", "keyvault", "--value"),
    ("az", "sql", "-p"),
    ("codecov codecovcli anaconda conda", "", "-t --token"),
    ("rclone", "config", "pass password secret_access_key client_secret token account_key"),
    ("swaks sendemail sendEmail", "", "-ap --auth-password -xp"),
    ("mvn", "", "-ep -emp --encrypt-password --encrypt-master-password"),
    ("nuget dotnet", "push", "-k --api-key -apikey"),
    ("wget aria2c", "", "--http-passwd --rpc-secret"),
    ("curl", "", "--oauth2-bearer --pass --proxy-pass"),
    ("flyway liquibase influx", "", "-password"),
    ("doctl", "auth", "-t"),
    ("pdftk", "", "owner_pw user_pw input_pw"),
    ("nmcli", "", "password wifi-sec.psk"),
    ("vercel netlify surge", "", "--auth -t"),
    ("op", "", "--session"),
    ("sonar-scanner", "", "-Dsonar.login -Dsonar.token"),
    ("security", "", "-w -p -P -k"),
    ("altool notarytool", "", "-p --password"),
    ("signtool signtool.exe", "", "/p"),
    ("certutil", "", "-p"),
    ("pdftotext pdfinfo pdfimages pdftoppm pdftocairo pdftops pdftohtml pdfdetach pdffonts", "", "-upw -opw"),
    ("virsh", "secret", "--base64"),
    ("doveadm", "pw", "-p"),
    ("keybase", "login", "-p"),
    ("supabase conan", "", "-p"),
    ("tctl", "", "--value"),
    ("gotify pd pushover", "", "-t -u"),
    ("netsh", "wlan", "key keyMaterial"),
    ("iw", "connect", "keys,0: keys,1:"),
    ("knife", "", "-P"),
    ("kadmin kadmin.local addprinc", "", "-w -pw"),
    ("winrs wmic", "", "-p: /p: /password:"),
    ("rcon mcrcon rcon-cli", "", "-p"),
)

_ARGUMENTS = (
    "htpasswd -b * * S",
    "htpasswd -n * S",
    "htpasswd -C * * * S",
    "samba-tool user add * S",
    "samba-tool user create * S",
    "mc alias set * * * S",
    "mc config host add * * * S",
    "mc admin user add * * S",
    "vault login S",
    "vault operator unseal S",
    "vault token revoke S",
    "vault unwrap S",
    "cargo login S",
    "snyk auth S",
    "ngrok authtoken S",
    "ngrok config add-authtoken S",
    "nuget setapikey S",
    "conda token set S",
    "wandb login S",
    "rabbitmqctl add_user * S",
    "rabbitmqctl change_password * S",
    "rabbitmqctl authenticate_user * S",
    "wpa_passphrase * S",
    "rclone obscure S",
    "rclone reveal S",
    "mkpasswd S",
    "openssl passwd S",
    "caddy hash-password S",
    "net user * S",
    "net use * S",
    "net use * * S",
    "bw unlock S",
    "bw login * S",
    "poetry config pypi-token.* S",
    "poetry config http-basic.* * S",
    "composer config http-basic.* * S",
    "composer config github-oauth.* S",
    "composer config gitlab-oauth.* S",
    "composer config gitlab-token.* S",
    "composer config bitbucket-oauth.* * S",
    "composer config bearer.* S",
    "redis-cli auth S",
    "redis-cli auth * S",
    "mysqladmin -u * password S",
    "mysqladmin password S",
    "requirepass S",
    "masterauth S",
    "snmp-server community S",
    "enable secret S",
    "enable password S",
    "username * privilege 15 secret S",
    "username * password 7 S",
    "username * secret 9 S",
    "cloudflared service install S",
    "ykman piv change-pin -n S",
    "iwconfig * key S",
    "insecure-password S",
    "plain-text-password-value S",
    "set_password * S",
    "circleci context store-secret * * S",
    "discord login S",
    "railway login S",
    "net use * /user:* S",
    "net use * * /user:* S",
    "smbclient * S",
    "convertto-securestring S",
    "qpdf --encrypt S",
    "qpdf --encrypt * S",
    "mosquitto_passwd -b * * S",
    "ipmitool user set password * S",
    "isql * * S",
    "ansible-vault encrypt_string S",
    "rootpw S",
    "mkpasswd -m * S",
    "shadow.set_password * S",
    "plaintext-password-value S",
    "smbpasswd -a * S",
    "net rpc password * S",
    "dscl * -passwd * S",
    "ejabberdctl register * * S",
    "ejabberdctl change_password * * S",
    "prosodyctl register * * S",
    "radtest * S",
    "radtest * * * * S",
    "radtest -t * * S",
    "radtest -t * * * * * S",
    "twilio login * S",
    "pro attach S",
    "ua attach S",
    "neptune login S",
)

_BEFORE_COMMAND = " \t/;|&(`\"'$"
_COMMAND_START = rf"(?:^|(?<=[{re.escape(_BEFORE_COMMAND)}]))"
PROGRAM_TAIL = r"(?:\.exe)?$"  # the name of a program ends at whitespace
PROGRAM_HEAD = r"(?<![\w.-])"
_ARGUMENT = r"""(?:"[^"\n]{0,256}"|'[^'\n]{0,256}'|[^\s"'|;]{1,256})"""
_SECRET = r"""(?:"(?P<double>[^"\n]+)"|'(?P<single>[^'\n]+)'|(?P<bare>[^\s"'|;<>]+))"""
_REST_OF_COMMAND = re.compile(r"(?:\.exe)?([ \t][^|;\n]{0,1000})")
_NEXT_WORD = re.compile(r"[ \t]+([A-Za-z]+)\b")
_WORD = re.compile(r"[a-z]+[.,:;!?)]*")  # in the middle of a sentence or at its end
_TRACED = re.compile(r"(?:^|[ \t])(?:\+{1,4}|[$#%>])[ \t]{1,4}$")  # by a shell, or at its prompt
_LONGEST_SIGN = 12  # characters, with the whitespace around it
_WORDS_OF_COMMAND = 3  # before the secret; a sentence with so many words of a command contains function words
_NO_SECRET = re.compile(r"[-/\\].*|[0-9]{1,5}|[0-9]{1,5}:[0-9:]+")  # an option, a file, a port


def _option_pattern(option: str) -> str:
    if option.endswith("*"):
        return re.escape(option[:-1]) + _SECRET
    if "," in option:
        name, prefix = option.split(",")
        return rf"{re.escape(name)}[ \t=]{{1,8}}[\"']?{re.escape(prefix)}{_SECRET}"
    if option.endswith(":"):
        return re.escape(option) + _SECRET
    glue = "(?:[ \t]{1,8}|=)" + ("?" if re.fullmatch("-[A-Za-z]", option) else "")
    return re.escape(option.rstrip("=")) + glue + _SECRET


def _option_rule(programs: list[str], word: str, options: list[str]) -> Rule:
    name = any_of(programs)
    program = f"{_COMMAND_START}{name}(?=[ \t.])"
    beginnings = [re.escape(re.split("[*=,]", option)[0]) for option in options]
    patterns = [rf"(?<=[ \t]){_option_pattern(option)}" for option in options]

    def find(text: str) -> Iterator[Span]:
        done = 0
        for found in matches_at(name, program, text):
            rest = _REST_OF_COMMAND.match(text, found.end()) if found.end() >= done else None
            if rest is None or word not in rest[1]:
                continue
            done = rest.end()
            for beginning, pattern in zip(beginnings, patterns, strict=True):
                matches = matches_at(beginning, pattern, text, found.end(), done)
                yield from (_span(match) for match in matches if _is_secret(match))

    also = tuple(re.split(r"[*=,]|:$", option)[0].lower() for option in options)
    return Rule(f"option of {programs[0]}", tuple(map(str.lower, programs)), find, PROGRAM_TAIL, PROGRAM_HEAD, also)


def _argument_pattern(word: str) -> str:
    if word == "S":
        return "(?!-)" + _SECRET
    if re.fullmatch("-[A-Za-z]", word):
        return f"-[A-Za-z]*{word[1]}[A-Za-z]*"
    return _ARGUMENT if word == "*" else re.escape(word).replace(r"\*", r"\S*")


def _argument_rule(command: str) -> Rule:
    words = command.split()
    between = r"[ \t]+(?:--?[a-z0-9][\w-]*(?:=\S+)?[ \t]+)*"  # other options
    pattern = f"(?i){between.join(map(_argument_pattern, words))}"

    def find(text: str) -> Iterator[Span]:
        lowered, start, done = lower(text), -1, 0
        while (start := lowered.find(words[0], start + 1)) >= 0:
            if start < done or (start and text[start - 1] not in _BEFORE_COMMAND):
                continue
            match = compiled(pattern).match(text, start)
            if match is not None and _is_secret(match) and not _is_in_sentence(match):
                done = match.end()
                yield _span(match)

    return Rule(command, (words[0],), find, PROGRAM_TAIL, PROGRAM_HEAD)


def _value(match: re.Match[str]) -> tuple[str, str]:
    group = group_of_value(match)
    return group, match[group]


def _span(match: re.Match[str]) -> Span:
    return Span(*match.span(_value(match)[0]), "password")


def _is_secret(match: re.Match[str]) -> bool:
    _, value = _value(match)
    if _NO_SECRET.fullmatch(value) or is_stand_in(value):
        return False
    return not value.isupper() or any(map(str.isdigit, value))  # a placeholder of a synopsis, such as PASSWORD


def _is_in_sentence(match: re.Match[str]) -> bool:
    """Whether an argument is a word of a sentence about the command, as in ``requirepass is not set``."""
    group, value = _value(match)
    if group != "bare":
        return False
    if is_prose(value):
        return True
    if not _WORD.fullmatch(value):
        return False
    before = match[0][: match.start(group) - match.start()].split()
    if any(map(is_function_word, before)):
        return True
    is_command = len(before) >= _WORDS_OF_COMMAND and not (has_common_ending(value) or is_code_word(value))
    if is_command or _TRACED.search(match.string, max(0, match.start() - _LONGEST_SIGN), match.start()) is not None:
        return False
    following = _NEXT_WORD.match(match.string, match.end())
    return following is not None and is_function_word(following[1])


COMMAND_RULES = (
    *(_option_rule(programs.split(), word, options.split()) for programs, word, options in _OPTIONS),
    *(_argument_rule(command) for command in _ARGUMENTS),
)
