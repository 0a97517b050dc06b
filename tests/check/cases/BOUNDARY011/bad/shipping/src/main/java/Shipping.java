package shop.shipping;

import shop.depot.Shelf; // #! BOUNDARY011

class Shipping {
    String health = "/health";
}
