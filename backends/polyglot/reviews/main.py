"""Reviews: what people say of an item. A FastAPI app as anyone writes it."""

from typing import Annotated

from fastapi import FastAPI, Header
from pydantic import BaseModel, Field

app = FastAPI(title="reviews")
said: list[dict[str, str]] = []


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
    return said[-1]
