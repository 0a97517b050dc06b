package shop.depot.contract;

class Shelf {
    String health = "/health";
}
