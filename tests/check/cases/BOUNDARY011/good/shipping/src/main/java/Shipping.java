package shop.shipping;

import shop.shared.Money;
import shop.depot.contract.Shelf;

class Shipping {
    String health = "/health";
}
