"""Reviews: what people say of an item. A FastAPI app as anyone writes it."""

import asyncio
from typing import Annotated

from fastapi import FastAPI, Header, WebSocket
from pydantic import BaseModel, Field

app = FastAPI(title="reviews")
said: list[dict[str, str]] = []
readers: set[asyncio.Queue[dict[str, str]]] = set()


class Review(BaseModel):
    """One review."""

    item: str = Field(min_length=1, max_length=40)
    text: str = Field(min_length=1, max_length=500)


@app.get("/v1/reviews")
async def list_reviews() -> dict[str, list[dict[str, str]]]:
    return {"reviews": said}


@app.post("/v1/reviews", status_code=201)
async def add_review(review: Review, x_user_id: Annotated[str, Header()]) -> dict[str, str]:
    said.append({"user": x_user_id, **review.model_dump()})
    for reader in readers:
        reader.put_nowait(said[-1])
    return said[-1]


@app.websocket("/v1/reviews/live")
async def send_new_reviews(socket: WebSocket) -> None:
    """Send each review as it is written, until the reader goes."""
    await socket.accept()
    reader: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    readers.add(reader)
    try:
        async with asyncio.TaskGroup() as tasks:
            leaving = tasks.create_task(_wait_for_the_end(socket))
            sending = tasks.create_task(_send(socket, reader))
            await leaving
            sending.cancel()
    finally:
        readers.discard(reader)


async def _wait_for_the_end(socket: WebSocket) -> None:
    async for _ in socket.iter_text():
        pass  # a reader has nothing to say


async def _send(socket: WebSocket, reader: "asyncio.Queue[dict[str, str]]") -> None:
    while True:
        await socket.send_json(await reader.get())
