"""Articles in the database. Readers see what is published; an editor replaces an article as a whole."""

from dataclasses import dataclass

from psycopg import AsyncConnection
from psycopg.rows import DictRow

from stead.kit.database import Database
from stead.kit.http_problem import HttpProblem
from stead.kit.sql import Queries
from stead.services.content import rules
from stead.services.content.contract import Article, ArticleDraft, ArticleLine, Articles
from stead.services.content.page import AfterArticle, written

QUERIES = Queries.beside(__file__)
Connection = AsyncConnection[DictRow]


@dataclass(frozen=True, slots=True)
class Stored:
    """An article and its entity tag (RFC 9110 section 8.8.3), which changes with each write."""

    article: Article
    revision: int

    @property
    def tag(self) -> str:
        return f'"{self.revision}"'


class Library:
    """All articles."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, limit: int, after: AfterArticle) -> Articles:
        """Return published articles, newest first."""
        values = {"at": after.at, "slug": after.slug, "limit": limit + 1}
        async with self._database.connection() as connection:
            rows = await (await connection.execute(QUERIES["articles"], values)).fetchall()
        found = [ArticleLine(**row) for row in rows[:limit]]
        more = len(rows) > limit
        return Articles(found, written(AfterArticle(found[-1].published_at, found[-1].slug)) if more else None)

    async def read(self, slug: str) -> Stored:
        """Return a published article; Refusal 404 for a draft as for what does not exist."""
        async with self._database.connection() as connection:
            row = await _one(connection, "article", slug=slug) if rules.is_slug(slug) else None
        if row is None:
            raise HttpProblem(404, "unknown_article", "No such article.")
        return _stored(row)

    async def put(
        self, connection: Connection, slug: str, draft: ArticleDraft, user: str, expected: str | None
    ) -> Stored:
        """Write an article; `expected` is an If-Match header, and 412 the answer when another write came between."""
        if not rules.is_slug(slug):
            raise HttpProblem(422, "invalid_slug", "A slug is lower-case letters and digits, joined by hyphens.")
        if expected is not None:
            row = await _one(connection, "revision", slug=slug)
            if not rules.matches(expected, row["revision"] if row else None):
                raise HttpProblem(412, "changed_meanwhile", "The article is not the one that If-Match names.")
        values = {"title": draft.title, "body": draft.body, "published": draft.published}
        written_row = await _one(connection, "put_article", slug=slug, user=user, **values)
        assert written_row is not None
        return _stored(written_row)


def _stored(row: DictRow) -> Stored:
    revision = row.pop("revision")
    return Stored(Article(**row), revision)


async def _one(connection: Connection, query: str, **values: object) -> DictRow | None:
    return await (await connection.execute(QUERIES[query], values)).fetchone()
