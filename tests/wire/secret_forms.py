# SPDX-License-Identifier: MIT
"""Secrets that are known by their form, as their makers give them out."""
import secrets


def random_letters(count, letters="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"):
    return "".join(secrets.choice(letters) for _ in range(count))


def patterns():
    upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return {
        "AWS": "AKIA" + random_letters(16, upper), "GitHub": "ghp_" + random_letters(36),
        "GitLab": "glpat-" + random_letters(20), "Slack": "xoxb-" + random_letters(24),
        "Stripe": "sk_live_" + random_letters(24), "Google": "AIza" + random_letters(35),
        "npm": "npm_" + random_letters(36), "PyPI": "pypi-" + random_letters(60),
        "SendGrid": f"SG.{random_letters(22)}.{random_letters(43)}",
        "Vault": "hvs." + random_letters(24), "DigitalOcean": "dop_v1_" + secrets.token_hex(32),
        "Daybook": "dbk_" + secrets.token_hex(32),
        "JWT": f"eyJ{random_letters(20)}.eyJ{random_letters(30)}.{random_letters(43)}",
        "age": "AGE-SECRET-KEY-1" + random_letters(58, upper),
        "GitLab SCIM": "glsoat-" + random_letters(20), "Google OAuth": "GOCSPX-" + random_letters(28),
        "OpenAI": "sk-svcacct-" + random_letters(60), "Hugging Face": "hf_" + random_letters(34),
        "Grafana": f"glsa_{random_letters(32)}_{secrets.token_hex(4)}", "Sentry": "sntryu_" + secrets.token_hex(32),
        "Atlassian": f"ATATT3xFfGF0{random_letters(170)}={secrets.token_hex(4).upper()}", "Linear": "lin_api_" + random_letters(40),
        "New Relic": "NRAK-" + random_letters(27, upper),
        "Postman": f"PMAK-{secrets.token_hex(12)}-{secrets.token_hex(17)}", "Doppler": "dp.pt." + random_letters(43),
        "Pulumi": "pul-" + secrets.token_hex(20), "RubyGems": "rubygems_" + secrets.token_hex(24),
        "Heroku": f"HRKU-{random_letters(60)}", "PlanetScale": "pscale_tkn_" + random_letters(43),
        "Bearer": "Bearer " + random_letters(20) + "7",
    }
