import fastapi  #! IMAGE040
import httpx


def create():
    return fastapi.FastAPI(), httpx
