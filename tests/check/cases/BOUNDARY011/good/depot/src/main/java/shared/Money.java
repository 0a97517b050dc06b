package shop.shared;

class Money {
}
