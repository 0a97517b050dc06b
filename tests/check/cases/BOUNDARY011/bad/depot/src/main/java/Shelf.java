package shop.depot;

class Shelf {
    String health = "/health";
}
