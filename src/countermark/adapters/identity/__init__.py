"""What shows who somebody is: passwords, one-time codes, passkeys, a provider; and the key that seals secrets."""

from countermark.adapters.identity.oidc import Provider, ProviderAddress
from countermark.adapters.identity.passkeys import Passkeys, Site
from countermark.adapters.identity.passwords import Argon2Hasher
from countermark.adapters.identity.sealing import AesVault, make_vault_key, open_vault
from countermark.adapters.identity.totp import TotpCodes

__all__ = [
    "AesVault",
    "Argon2Hasher",
    "Passkeys",
    "Provider",
    "ProviderAddress",
    "Site",
    "TotpCodes",
    "make_vault_key",
    "open_vault",
]
