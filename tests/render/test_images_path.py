"""In an image, as on a laptop, the folder of the backend comes after the libraries on Python's path."""

from stead.model import Backend, Service
from stead.render.docker.images import LAST_ON_PATH, python


def test_the_folder_of_the_backend_comes_last_on_the_path_of_an_image():
    text = "\n".join(map(str, python(Backend("shop", services=[Service("orders", app="orders:create")])).instructions))
    assert LAST_ON_PATH in text
    assert "PYTHONPATH" not in text
    assert 'ENTRYPOINT ["python", "-P", "-m"]' in text
    assert '"python", "-c"' not in text
