"""Identity providers: the sources of the gateway's users. Each is an object in the description."""

from dataclasses import dataclass, field

from stead.model.call import Call
from stead.model.service import AnyService
from stead.model.setting import REQUIRED, Dev, Setting
from stead.model.source_location import SourceLocation, here

DISCOVERY = "/.well-known/openid-configuration"  # OpenID Connect Discovery 1.0, section 4
ALGORITHMS = ("RS256", "ES256", "EdDSA")


@dataclass(frozen=True, eq=False)
class IdentityProvider:
    """Decides which credentials belong to a user. `settings` and `calls` are those that the gateway needs for it."""

    where: SourceLocation = field(default_factory=here, repr=False, kw_only=True)

    @property
    def settings(self) -> tuple[Setting, ...]:
        return ()

    @property
    def calls(self) -> tuple[Call, ...]:
        return ()


CLERK_SETTINGS = (
    Setting("CLERK_ISSUER", help="Clerk's Frontend API URL: the `iss` of every token.", dev=Dev.ISSUER),
    Setting("CLERK_JWKS_URL", help="Clerk's public keys: an https: or file: URL.", dev=Dev.KEY_SET),
    Setting("CLERK_JWT_SECRET", default=None, secret=True, help="Clerk's shared secret, if it signs with HS256."),
    Setting("CLERK_AUTHORIZED_PARTIES", tuple, default=(), help="Origins allowed in `azp`. Default: any."),
)


@dataclass(frozen=True, eq=False)
class Clerk(IdentityProvider):
    """Clerk session tokens: RS256 by its key set, or HS256 when `CLERK_JWT_SECRET` is set.

    roles_claim  the claim of the session token that holds the user's roles, separated by spaces
    """

    roles_claim: str = "roles"

    @property
    def settings(self) -> tuple[Setting, ...]:
        return CLERK_SETTINGS


@dataclass(frozen=True, eq=False)
class Oidc(IdentityProvider):
    """Access tokens of any OpenID Connect provider, such as Keycloak: JWTs, verified by the provider's key set.

    issuer         the `iss` of every token; empty: each environment gives it in `OIDC_ISSUER`
    audience       the `aud` that a token must name: a token for another client of the same provider is refused
    keys           the URL of the key set; empty: the provider's discovery document says it
    algorithm      what the provider signs with: RS256, ES256 or EdDSA
    roles_claim    the claim that holds the user's roles: a list, or one text with spaces; dots lead into objects
    tenants_claim  the claim that holds the tenants for which the token is good, in the same forms; empty: all
    name           what this provider is called; its settings begin with it, such as `OIDC_ISSUER`
    """

    issuer: str
    audience: str
    keys: str = ""
    algorithm: str = "RS256"
    roles_claim: str = "roles"
    tenants_claim: str = ""
    name: str = "oidc"

    def setting_name(self, suffix: str) -> str:
        """Return the name of one of its settings, such as `OIDC_ISSUER`."""
        return f"{self.name.upper().replace('-', '_')}_{suffix}"

    @property
    def settings(self) -> tuple[Setting, ...]:
        keys = self.keys or (f"{self.issuer.rstrip('/')}{DISCOVERY}" if self.issuer else REQUIRED)
        return (
            Setting(
                self.setting_name("ISSUER"),
                default=self.issuer or REQUIRED,
                help="The provider's issuer: the `iss` of every token.",
                dev=Dev.ISSUER,
            ),
            Setting(
                self.setting_name("JWKS_URL"),
                default=keys,
                help="The provider's public keys, or its discovery document: an https: or file: URL.",
                dev=Dev.KEY_SET,
            ),
            Setting(self.setting_name("AUDIENCE"), default=self.audience, help="The `aud` that a token must name."),
        )


@dataclass(frozen=True, eq=False)
class Introspection(IdentityProvider):
    """Opaque credentials that a service of this backend issues: the gateway looks each up there.

    service    the service that issued the credentials
    prefix     the first characters of such a credential, e.g. `pat_`
    path       the path that answers 200 with the identity headers, or 401
    operation  the operation of that path's route
    """

    service: AnyService
    prefix: str
    path: str
    operation: str = "introspect"

    @property
    def calls(self) -> tuple[Call, ...]:
        return (Call(self.service, (self.operation,), where=self.where),)


@dataclass(frozen=True, eq=False)
class AccessTokens(IdentityProvider):
    """Short-lived signed tokens that a service of this backend issues: the gateway verifies each by itself.

    service    the service that issues the tokens
    keys       the path of its public keys, which the gateway reads with its own service token
    operation  the operation of that path's route
    """

    service: AnyService
    keys: str
    operation: str = "keys"

    @property
    def settings(self) -> tuple[Setting, ...]:
        return (Setting("ACCESS_TOKEN_AUDIENCE", default="api", help="The `aud` of access tokens."),)

    @property
    def calls(self) -> tuple[Call, ...]:
        return (Call(self.service, (self.operation,), where=self.where),)
